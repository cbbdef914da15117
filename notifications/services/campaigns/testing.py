"""A test message to oneself, before anybody else gets anything."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import InvalidInput
from common.phones import mask, parse_phone
from common.transactions import one_transaction
from notifications.campaign_workflow import Verb
from notifications.lanes import Lane
from notifications.models import CampaignEvent
from notifications.services import outbox
from notifications.services.campaigns import change
from notifications.services.campaigns.wording import Wording
from notifications.services.samples import samples_for

EVENT = "announcement_test"
MOST_AN_HOUR = 10
_WORTH_SENDING = timedelta(minutes=10)


@one_transaction()
def send_test(*, actor: User, campaign_id: int, phone: str) -> int:
    """Send every text of a campaign to ``phone``, marked as a test, its fields filled with examples.

    So that nobody writes to strangers this way, each test stands in the history with its phone masked, and one
    person sends at most ten an hour. Returns how many messages. Raises what ``change.begin`` raises, and
    InvalidInput on ``phone``.
    """
    receiver = parse_phone(phone)
    step = change.begin(campaign_id=campaign_id, verb=Verb.TEST, actor=actor)
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
            reference=f"campaign:{campaign_id}",
            expires_in=_WORTH_SENDING,
        )
    change.append(step.campaign, Verb.TEST, actor=actor, now=step.now, note=mask(receiver))
    return len(wording.languages)
