"""While a campaign is being sent: pause, resume, cancel.

No call is begun later than two seconds after one of them (``LanePolicy.begun_within``).
"""

from accounts.models import User
from common import bell
from common.transactions import one_transaction
from notifications.campaign_workflow import Verb
from notifications.lanes import CAMPAIGNS_QUEUE, CAMPAIGNS_TASK, Lane, deliver_task
from notifications.models import Campaign
from notifications.services.campaigns import change


@one_transaction()
def pause(*, actor: User, campaign_id: int, reason: str = "") -> Campaign:
    """Send nothing more for now. Takes no version: stopping must never fail for a detail. Raises like ``begin``."""
    step = change.begin(campaign_id=campaign_id, verb=Verb.PAUSE, actor=actor)
    return change.finish(step, note=reason)


@one_transaction()
def resume(*, actor: User, campaign_id: int) -> Campaign:
    """Go on where it stopped. Raises what ``change.begin`` raises."""
    step = change.begin(campaign_id=campaign_id, verb=Verb.RESUME, actor=actor)
    step.campaign.halted_because = ""
    campaign = change.finish(step, fields=("halted_because",))
    if campaign.planned_at is None:
        bell.ring(CAMPAIGNS_TASK, queue=CAMPAIGNS_QUEUE)
        return campaign
    bell.ring(deliver_task(Lane.BULK), queue=Lane.BULK.value)
    return change.finish(change.begin(campaign_id=campaign_id, verb=Verb.RUN, actor=None))


@one_transaction()
def cancel(*, actor: User, campaign_id: int, reason: str = "") -> Campaign:
    """Send nothing more, ever. What was handed to an operator cannot be called back. Raises like ``begin``."""
    step = change.begin(campaign_id=campaign_id, verb=Verb.CANCEL, actor=actor)
    cancelled = change.finish(step, note=reason)
    bell.ring(CAMPAIGNS_TASK, queue=CAMPAIGNS_QUEUE)
    return cancelled
