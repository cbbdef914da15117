"""An announcement on its way, for tests of what happens in the middle of one."""

from django.contrib.auth.models import Permission

from accounts.models import User
from notifications.models import BulkMessage, Campaign
from notifications.services import consents
from notifications.services.campaigns import approval
from notifications.services.campaigns.advance import advance


def announce(*phones: str, is_urgent: bool = True) -> list[BulkMessage]:
    """Let ``phones`` agree, write and approve an announcement to them, and list its messages; by phone."""
    for phone in phones:
        consents.give(phone=phone, text_version="tr-1", source="portal", language="tr")
    author, second = (_staff(f"{name}@example.org") for name in ("author", "second"))
    campaign = approval.create(
        actor=author,
        name="Su kesintisi",
        bodies={"tr": "Yarın su kesilecektir."},
        purpose=Campaign.Purpose.PUBLIC_INFORMATION,
        is_urgent=is_urgent,
    )
    campaign = approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    approval.approve(actor=second, campaign_id=campaign.pk, expected_version=campaign.version)
    advance()
    return list(BulkMessage.objects.order_by("phone"))


def _staff(email: str) -> User:
    known = User.objects.filter(email=email).first()
    user = known or User.objects.create_user(email, full_name="Ayşe Yazar", is_staff=True)
    names = ("view_campaign", "add_campaign", "approve_campaign")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return User.objects.get(pk=user.pk)
