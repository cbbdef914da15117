"""SMS parts set aside for a campaign before they are sent: never more than its own limit and the year's quota allow."""

import logging
from contextlib import suppress

from common.errors import TransitionRefused
from notifications.campaign_workflow import Status, Verb
from notifications.models import Campaign
from notifications.services.campaigns import change, quota

log = logging.getLogger(__name__)


def reserve(campaign: Campaign, segments: int) -> Campaign.Limit | None:
    """Set ``segments`` more aside for ``campaign``, or nothing at all; returns the limit that forbids it.

    The campaign is locked by the caller, who saves ``planned_segments`` in the same transaction.
    """
    if campaign.most_segments is not None and campaign.planned_segments + segments > campaign.most_segments:
        return Campaign.Limit.BUDGET
    if segments and not quota.reserve(segments, at=campaign.begun_at):
        return Campaign.Limit.QUOTA
    campaign.planned_segments += segments
    return None


def reserve_more(campaign_id: int, segments: int) -> bool:
    """Set ``segments`` more aside while a campaign is being sent; False where they do not fit: it is then halted.

    Inside the caller's transaction.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    limit = reserve(campaign, segments)
    if limit is None:
        campaign.save(update_fields=["planned_segments"])
    elif campaign.status == Status.RUNNING:
        halt(campaign_id, limit)
    return limit is None


def halt(campaign_id: int, limit: Campaign.Limit) -> None:
    """Stop a campaign because of ``limit``, unless somebody has stopped it already. Inside the caller's transaction."""
    with suppress(TransitionRefused):
        step = change.begin(campaign_id=campaign_id, verb=Verb.HALT, actor=None)
        step.campaign.halted_because = limit
        change.finish(step, fields=("halted_because",), note=str(limit.label))
        log.warning("campaign.halted", extra={"campaign_id": campaign_id, "limit": limit.value})
