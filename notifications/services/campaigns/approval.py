"""From a draft to an approved campaign, by two people."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import bell
from common.errors import InvalidInput, NotPermitted
from common.transactions import one_transaction
from notifications.campaign_workflow import Verb
from notifications.lanes import CAMPAIGNS_QUEUE, CAMPAIGNS_TASK, Lane
from notifications.models import Campaign
from notifications.services import routes
from notifications.services.campaigns import change, receivers, ways
from notifications.services.campaigns.wording import Wording, check_fits
from notifications.services.rendering import check_body, fields_of

NEEDS_REGISTER = _(
    "A commercial announcement goes only where the gateway leaves out whoever refused such messages (İYS). "
    "No route in use for announcements does."
)
NEEDS_LINKS = _("No route in use for announcements carries links, and the text has one.")
# What the author decides about; the rest of the row belongs to its life.
WRITTEN = (
    "name",
    "bodies",
    "plain_letters",
    "purpose",
    "audience",
    "topics",
    "languages",
    "starts_at",
    "ends_at",
    "is_urgent",
    "most_segments",
)


@one_transaction()
def create(*, actor: User, neighbourhoods: tuple[int, ...] = (), **written: Any) -> Campaign:
    """A new draft. ``written`` are the fields named in ``WRITTEN``; who chooses the class is kept with it.

    Needs ``notifications.add_campaign``. Raises NotPermitted, InvalidInput.
    """
    if not actor.has_perm("notifications.add_campaign"):
        raise NotPermitted
    _check(written)
    campaign = Campaign.objects.create(created_by=actor, purpose_chosen_by=actor, **written)
    campaign.neighbourhoods.set(neighbourhoods)
    change.append(campaign, Verb.CREATE, actor=actor, now=timezone.now())
    return campaign


@one_transaction()
def edit(
    *, actor: User, campaign_id: int, expected_version: int, neighbourhoods: tuple[int, ...] = (), **written: Any
) -> Campaign:
    """Change a draft. Raises what ``change.begin`` raises, and InvalidInput."""
    step = change.begin(campaign_id=campaign_id, verb=Verb.CHANGE, actor=actor, expected_version=expected_version)
    _check(written)
    campaign = step.campaign
    if campaign.purpose != written.get("purpose", campaign.purpose):
        campaign.purpose_chosen_by = actor
    for name, value in written.items():
        setattr(campaign, name, value)
    campaign.neighbourhoods.set(neighbourhoods)
    return change.finish(step, fields=(*written, "purpose_chosen_by"))


@one_transaction()
def submit(*, actor: User, campaign_id: int, expected_version: int) -> Campaign:
    """Send a draft for approval. Raises what ``change.begin`` raises, and InvalidInput where something is missing."""
    step = change.begin(campaign_id=campaign_id, verb=Verb.SUBMIT, actor=actor, expected_version=expected_version)
    _complete(step.campaign, step.now)
    step.campaign.submitted_by = actor
    return change.finish(step, fields=("submitted_by",))


@one_transaction()
def send_back(*, actor: User, campaign_id: int, expected_version: int, reason: str) -> Campaign:
    """Make it a draft again, with the reason. Raises what ``change.begin`` raises, and InvalidInput."""
    step = change.begin(campaign_id=campaign_id, verb=Verb.RETURN, actor=actor, expected_version=expected_version)
    if not reason.strip():
        raise InvalidInput("reason", _("Write the reason."))
    step.campaign.approved_by = step.campaign.submitted_by = None
    return change.finish(step, fields=("approved_by", "submitted_by"), note=reason)


@one_transaction()
def approve(*, actor: User, campaign_id: int, expected_version: int) -> Campaign:
    """Agree to text, receivers and time as they are in ``expected_version``; begins at once or at its time.

    Needs ``notifications.approve_campaign`` and somebody who never wrote, changed or submitted it.
    Raises what ``change.begin`` raises, and InvalidInput where its time has passed.
    """
    step = change.begin(campaign_id=campaign_id, verb=Verb.APPROVE, actor=actor, expected_version=expected_version)
    _complete(step.campaign, step.now)
    step.campaign.approved_by = actor
    approved = change.finish(step, fields=("approved_by",))
    bell.ring(CAMPAIGNS_TASK, queue=CAMPAIGNS_QUEUE)
    return approved


def obstacle(campaign: Campaign) -> str:
    """Why ``campaign`` could not be sent for approval as it is now, in words; nothing where it could."""
    try:
        _complete(campaign, timezone.now())
    except InvalidInput as refusal:
        return str(refusal.message)
    return ""


def _check(written: dict[str, Any]) -> None:
    beyond = set(written) - set(WRITTEN)
    if beyond:
        raise TypeError(f"not for the author to decide: {sorted(beyond)}")
    for body in written.get("bodies", {}).values():
        check_body(body, allowed=fields_of(body))


def _complete(campaign: Campaign, now: datetime) -> None:
    if not campaign.bodies:
        raise InvalidInput("bodies", _("Write the text of the message."))
    if campaign.ends_at is not None and campaign.ends_at <= now:
        raise InvalidInput("ends_at", _("This time has passed already."))
    for body in campaign.bodies.values():
        check_fits(body, audience=campaign.audience, purpose=campaign.purpose)
    _check_ways(Wording(campaign))
    if campaign.audience == Campaign.Audience.LIST:
        receivers.check_ready(campaign)


def _check_ways(wording: Wording) -> None:
    """Whether a route may carry the texts; what any route may carry waits where none is in use."""
    if ways.open_to(wording):
        return
    filtering = any(route.can_carry(links=False, commercial=True) for route in routes.usable(Lane.BULK))
    if wording.campaign.is_commercial and not filtering:
        raise InvalidInput("purpose", NEEDS_REGISTER)
    if wording.has_link:
        raise InvalidInput("bodies", NEEDS_LINKS)
