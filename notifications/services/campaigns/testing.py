"""A test message to oneself, before anybody else gets anything.

It goes to the phone that the person proved by a code to be their own, once; so nobody writes to strangers this way.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from common.phones import mask
from common.transactions import one_transaction
from departments.services.organisation import municipality
from notifications import policies
from notifications.campaign_workflow import Verb
from notifications.lanes import Lane
from notifications.models import CampaignEvent, OwnPhone
from notifications.services import codes, outbox
from notifications.services.campaigns import change
from notifications.services.campaigns.wording import Wording
from notifications.services.samples import samples_for

EVENT = "announcement_test"
PURPOSE = "test"
CAMPAIGN = "campaign"
MOST_AN_HOUR = 10
_WORTH_SENDING = timedelta(minutes=10)


def phone_of(user: User) -> str:
    """The phone that ``user`` proved; nothing without one."""
    found = OwnPhone.objects.filter(user=user).first()
    return found.phone if found else ""


def send_code(*, actor: User, phone: str, asker: str, language: str, remote_address: str) -> None:
    """Send a code to ``phone``, in stored form, which ``actor`` says is theirs. ``asker`` is the browser's secret.

    For whoever may send tests. Raises NotPermitted, InvalidInput on ``phone``.
    """
    if not policies.plays_a_part(actor, Verb.TEST):
        raise NotPermitted
    place = municipality()
    codes.issue(
        _proof(actor, phone, asker),
        language=language,
        remote_address=remote_address,
        fields={"municipality": place.short_name if place else ""},
    )


def prove(*, actor: User, phone: str, asker: str, code: str) -> None:
    """Remember ``phone`` as the actor's own. Not inside a transaction. Raises InvalidInput on ``code``."""
    codes.check(_proof(actor, phone, asker), code=code)
    with transaction.atomic():
        OwnPhone.objects.update_or_create(user=actor, defaults={"phone": phone, "proved_at": timezone.now()})


@one_transaction()
def send_test(*, actor: User, campaign_id: int) -> int:
    """Send every text of a campaign to the actor's own phone, marked as a test, its fields filled with examples.

    Each test stands in the history with its phone masked, and one person sends at most ten an hour. Returns how many
    messages. Raises what ``change.begin`` raises, and InvalidInput on ``phone``.
    """
    step = change.begin(campaign_id=campaign_id, verb=Verb.TEST, actor=actor)
    receiver = phone_of(actor)
    if not receiver:
        raise InvalidInput("phone", _("First prove by a code which phone is yours."))
    sent = CampaignEvent.objects.filter(actor=actor, verb=Verb.TEST, at__gt=step.now - timedelta(hours=1))
    if sent.count() >= MOST_AN_HOUR:
        raise InvalidInput("phone", _("You have sent ten tests within an hour. Wait a little."))
    wording = Wording(step.campaign)
    for language in wording.languages:
        text = wording.text(language, samples_for(wording.fields(), language=language))
        outbox.enqueue(
            event=EVENT,
            lane=Lane.TRANSACTIONAL,
            phone=receiver,
            language=settings.LANGUAGE_CODE,
            context={"text": text},
            reference=f"{CAMPAIGN}:{campaign_id}",
            expires_in=_WORTH_SENDING,
        )
    change.append(step.campaign, Verb.TEST, actor=actor, now=step.now, note=mask(receiver))
    return len(wording.languages)


def _proof(actor: User, phone: str, asker: str) -> codes.Proof:
    return codes.Proof(phone, PURPOSE, f"user:{actor.pk}", asker)
