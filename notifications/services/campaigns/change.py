"""The one shape of every change of a campaign: lock, check, change, append to the history.

Used by the other modules of this package inside their own transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import StaleVersion, TransitionRefused
from common.workflow import Transition
from notifications import policies
from notifications.campaign_workflow import TABLE, Status, Verb
from notifications.models import Campaign, CampaignEvent

CHANGED = _("Somebody else has changed this announcement since you opened it. Look at it as it is now.")
NOT_NOW = _("This announcement is “%(status)s” now; that cannot be done any more.")


@dataclass(slots=True)
class Change:
    """A campaign locked for one verb. ``actor`` None is the system itself."""

    campaign: Campaign
    transition: Transition
    actor: User | None
    now: datetime


def begin(*, campaign_id: int, verb: Verb, actor: User | None, expected_version: int | None = None) -> Change:
    """Lock the campaign and make sure that ``actor`` may do ``verb`` to it now.

    Must be called inside a transaction. Raises Campaign.DoesNotExist outside the actor's scope, StaleVersion,
    TransitionRefused, NotPermitted.
    """
    scope = Campaign.objects.all() if actor is None else Campaign.objects.all().visible_to(actor)
    campaign = scope.select_for_update().get(pk=campaign_id)
    if expected_version is not None and expected_version != campaign.version:
        raise StaleVersion(CHANGED)
    transition = TABLE.find(status=campaign.status, verb=verb)
    if transition is None:
        message = NOT_NOW % {"status": Status(campaign.status).label}
        raise TransitionRefused(status=campaign.status, verb=verb, message=message)
    policies.check_campaign(actor, transition, campaign)
    return Change(campaign, transition, actor, timezone.now())


def finish(change: Change, *, fields: tuple[str, ...] = (), note: str = "") -> Campaign:
    """Move to the verb's target, save exactly what changed and append the history row."""
    campaign = change.campaign
    campaign.status = change.transition.target
    campaign.version += 1
    campaign.save(update_fields={*fields, "status", "version"})
    append(campaign, Verb(change.transition.verb), actor=change.actor, now=change.now, note=note)
    return campaign


def append(campaign: Campaign, verb: Verb, *, actor: User | None, now: datetime, note: str = "") -> None:
    """One line of the history."""
    CampaignEvent.objects.create(
        campaign=campaign, verb=verb, at=now, actor=actor, status=campaign.status, note=note.strip()
    )
