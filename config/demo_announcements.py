"""Two announcements of the demonstration: one that reached its receivers, one that waits for approval."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from config.demo import ACCOUNTS, clock_at
from config.demo_stories import PEOPLE
from notifications.lanes import Lane
from notifications.models import Campaign
from notifications.services import consents, delivery
from notifications.services.campaigns import approval
from notifications.services.campaigns.advance import advance

SENT_DAYS_AGO = 5  # receipts come for three days; then the totals are final

FINISHED: dict[str, Any] = {
    "name": "Meydan konseri",
    "bodies": {
        "tr": "Örnek Belediyesi: Cumartesi 20.00'de meydanda halk konseri var. Giriş ücretsizdir.",
        "en": "Örnek Municipality: free concert on the square on Saturday at 8 p.m.",
    },
    "topics": ["kultur"],
}
WAITING: dict[str, Any] = {
    "name": "Kış spor okulları",
    "bodies": {
        "tr": "Örnek Belediyesi: Kış spor okulları kayıtları başladı. 7-14 yaş, ücretsiz. Bilgi: 0500 000 00 00"
    },
    "topics": ["spor", "cocuk"],
}


def announce() -> int:
    """Live through both, unless there are announcements already. Returns how many were made.

    Not in a transaction: what is sent is sent in its own ones.
    """
    if Campaign.objects.exists():
        return 0
    author, approver = _who("pr_specialist"), _who("pr_manager")
    noon = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=SENT_DAYS_AGO), time(12)))
    with clock_at(noon):
        _agree()
        sent = _submit(FINISHED, author)
        approval.approve(actor=approver, campaign_id=sent.pk, expected_version=sent.version)
        advance()
        while delivery.deliver(Lane.BULK):
            pass
        advance()
    advance()
    _submit(WAITING, author)
    return 2


def _agree() -> None:
    for number, (_name, phone) in enumerate(PEOPLE[2:]):
        consents.give(phone=phone, text_version="tr-1", source="portal", language="en" if number == 1 else "tr")
        consents.prefer(phone=phone, topics=["kultur"] if number % 2 else [], neighbourhood_id=None)


def _submit(written: dict[str, Any], author: User) -> Campaign:
    draft = approval.create(actor=author, purpose=Campaign.Purpose.PUBLIC_INFORMATION, **written)
    return approval.submit(actor=author, campaign_id=draft.pk, expected_version=draft.version)


def _who(role: str) -> User:
    return User.objects.get(email=next(account.email for account in ACCOUNTS if account.role == role))
