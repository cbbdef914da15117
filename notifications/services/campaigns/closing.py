"""The end of a campaign: when nothing of it is open any more, its totals are counted once and kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from notifications.campaign_workflow import ENDED, Status, Verb
from notifications.models import BulkMessage, Campaign
from notifications.services.campaigns import change, quota, receivers
from notifications.services.campaigns.alone import alone
from notifications.services.ledgers.base import execute
from notifications.services.partitions import bounds_of
from notifications.workflow import OPEN, State

# Receipts come this long after the last message was handed over; until then an accepted one may still change.
RECEIPTS_COME_FOR = timedelta(hours=72)
LATELY = timedelta(minutes=1)

_COUNT = """
SELECT state, route, count(*), sum(segments), coalesce(sum(segments) FILTER (WHERE sent_at IS NOT NULL), 0),
       count(*) FILTER (WHERE sent_at > %(lately)s)
  FROM notifications_bulkmessage
 WHERE campaign_id = %(campaign)s AND id >= %(low)s AND id < %(high)s
 GROUP BY state, route
"""

_COUNT_EACH = """
SELECT campaign_id, state, count(*) FROM notifications_bulkmessage
 WHERE campaign_id = ANY(%(campaigns)s) AND id >= %(low)s AND id < %(high)s
 GROUP BY campaign_id, state
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a campaign is: messages by state, SMS parts planned and sent, and messages sent in the last minute.

    ``segments`` are those that were sent, and of what was not, those set aside. ``by_route``: sent ones by route.
    """

    by_state: dict[str, int]
    segments: int
    sent_segments: int
    by_route: dict[str, int] = field(default_factory=dict)
    sent_lately: int = 0

    @property
    def total(self) -> int:
        """Messages in all."""
        return sum(self.by_state.values())

    @property
    def open(self) -> int:
        """Messages something is still to be done for."""
        return sum(self.by_state.get(state.value, 0) for state in OPEN)

    def as_totals(self) -> dict[str, Any]:
        """What stays of it when the messages are gone."""
        kept = ("by_state", "segments", "sent_segments", "by_route")
        return {name: getattr(self, name) for name in kept}


def tally(campaign: Campaign) -> Tally:
    """The figures of ``campaign`` as they are now, or as they were when it was closed."""
    if campaign.closed_at is not None:
        return Tally(**campaign.totals)
    if campaign.started_at is None:
        return Tally({}, 0, 0)
    low, high = bounds_of(campaign.started_at)
    rows = execute(_COUNT, campaign=campaign.pk, low=low, high=high, lately=timezone.now() - LATELY)
    by_state: Counter[str] = Counter()
    by_route: Counter[str] = Counter()
    for state, route, count, _segments, sent, _lately in rows:
        by_state[state] += count
        by_route[route] += int(sent)
    return Tally(
        by_state=dict(by_state),
        segments=int(sum(row[3] for row in rows)),
        sent_segments=by_route.total(),
        by_route=dict(+by_route),
        sent_lately=sum(row[5] for row in rows),
    )


def states_of(campaigns: Sequence[Campaign]) -> dict[int, dict[str, int]]:
    """Messages by state of campaigns that have begun and are not closed: one query in their months."""
    if not campaigns:
        return {}
    bounds = [bounds_of(campaign.begun_at) for campaign in campaigns]
    low, high = min(low for low, _high in bounds), max(high for _low, high in bounds)
    found: dict[int, dict[str, int]] = {campaign.pk: {} for campaign in campaigns}
    for pk, state, count in execute(_COUNT_EACH, campaigns=list(found), low=low, high=high):
        found[pk][state] = count
    return found


def close_ended(now: datetime) -> None:
    """Finish what is sent to the end or too late, and close what has ended and can change no more.

    While something is open this looks at one row of each state: nothing is locked or counted before it has to be.
    """
    begun = (Status.PLANNING, Status.RUNNING, Status.PAUSED)
    for campaign in Campaign.objects.in_status(*begun, *ENDED):
        with alone("close", campaign.pk):
            if _is_due(campaign, now):
                _settle(campaign.pk, now)


@transaction.atomic
def _settle(campaign_id: int, now: datetime) -> None:
    free = Campaign.objects.select_for_update(skip_locked=True, no_key=True)
    campaign = free.filter(pk=campaign_id, closed_at=None).first()
    if campaign is None or not _is_due(campaign, now):
        return
    if campaign.status not in ENDED:
        campaign = change.finish(change.begin(campaign_id=campaign_id, verb=Verb.FINISH, actor=None))
    if not _waits_for_receipts(campaign, now):
        _close(campaign, tally(campaign))


def _is_due(campaign: Campaign, now: datetime) -> bool:
    """Whether it can be finished or closed now."""
    if not _is_over(campaign, now) or any(_has(campaign, state) for state in OPEN):
        return False
    return campaign.status not in ENDED or not _waits_for_receipts(campaign, now)


def _is_over(campaign: Campaign, now: datetime) -> bool:
    """Whether nothing will be added to it: its list is sent, nobody wants it, or its time has passed."""
    return campaign.status in {Status.RUNNING, *ENDED} or campaign.too_late_after <= now


def _waits_for_receipts(campaign: Campaign, now: datetime) -> bool:
    return now < _last_receipt(campaign) and _has(campaign, State.ACCEPTED)


def _has(campaign: Campaign, state: State) -> bool:
    """Whether a message of it is in ``state``. In the order of the index, which else is not taken when none is."""
    if campaign.started_at is None:
        return False
    low, high = bounds_of(campaign.started_at)
    found = BulkMessage.objects.filter(campaign=campaign, state=state, id__gte=low, id__lt=high)
    return bool(found.order_by("due_at").values_list("due_at")[:1])


def _close(campaign: Campaign, figures: Tally) -> None:
    campaign.closed_at = timezone.now()
    campaign.totals = figures.as_totals()
    campaign.save(update_fields=["closed_at", "totals"])
    receivers.forget(campaign)
    if campaign.started_at is not None:
        quota.give_back(campaign.planned_segments - figures.sent_segments, at=campaign.started_at)


def _last_receipt(campaign: Campaign) -> datetime:
    ended = campaign.events.filter(verb__in=[Verb.FINISH, Verb.CANCEL]).latest("id")
    return ended.at + RECEIPTS_COME_FOR
