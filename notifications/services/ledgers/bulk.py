"""The ledger of announcements: the same states in a table of their own, partitioned by month.

A campaign is asked for at every claim, and what was claimed is begun within two seconds or goes back: so long after
a pause, a cancellation or the begin of the quiet hours a call may still be begun, however slow a gateway is. Whoever
opted out a moment ago is left out in the very statement that takes the chunk.
"""

import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, QuerySet

from notifications.campaign_workflow import Status
from notifications.gateways.notices import Receipt
from notifications.lanes import Lane
from notifications.models import BulkMessage, Campaign, Route
from notifications.services import leaving
from notifications.services.campaigns import hours, reserving
from notifications.services.campaigns.wording import Wording
from notifications.services.ledgers.base import RESULTS, Attempt, Held, Result, Taken, Waiting, as_rows, by_id, execute
from notifications.services.ledgers.holding import held
from notifications.services.ledgers.unknown import to_look_up
from notifications.services.partitions import bounds_of
from notifications.services.rendering import fitted
from notifications.workflow import FINISHED, IN_FLIGHT, State

# No gateway takes a shorter one (Verimor: a minute), so announcements rest this long before the quiet hours begin.
SHORTEST_VALIDITY = timedelta(minutes=1)

# By an array of ids the planner always goes through the index; joined with the rows that were picked it reads the
# whole month as soon as that is no larger than a few hundred thousand.
_CLAIM = """
WITH picked AS (
    SELECT id, phone FROM notifications_bulkmessage
     WHERE campaign_id = %(campaign)s AND state = 'queued' AND due_at <= %(now)s AND expires_at > %(now)s
       AND id >= %(low)s AND id < %(high)s
     ORDER BY due_at LIMIT %(size)s FOR UPDATE SKIP LOCKED
), unwanted AS (
    SELECT picked.id FROM picked JOIN notifications_optout USING (phone)
)
UPDATE notifications_bulkmessage AS message
   SET state = CASE WHEN id IN (SELECT id FROM unwanted) THEN 'cancelled' ELSE 'sending' END,
       error_code = CASE WHEN id IN (SELECT id FROM unwanted) THEN 'opted_out' ELSE '' END,
       error_detail = '',
       attempts = attempts + 1,
       lookups = 0,
       claimed_at = %(now)s,
       due_at = %(lease_end)s,
       route = %(route)s,
       finished_at = CASE WHEN id IN (SELECT id FROM unwanted) THEN %(now)s END
 WHERE id = ANY(ARRAY(SELECT id FROM picked)) AND id >= %(low)s AND id < %(high)s
RETURNING id, state, phone, language, fields, attempts, expires_at, segments
"""

# A message reserves the parts it was planned with until it is sent; then it has those it took. One of unknown outcome
# fails only where the gateway had it after all, or where nobody can say: it may have been paid for, so it was sent.
_RECORD = f"""
WITH result AS MATERIALIZED (SELECT * FROM {RESULTS})
UPDATE notifications_bulkmessage AS message
   SET state = result.state,
       due_at = result.due_at,
       attempts = message.attempts - CASE WHEN result.counts THEN 0 ELSE 1 END,
       segments = CASE WHEN result.state = 'queued' THEN message.segments ELSE result.segments END,
       provider_id = CASE WHEN result.provider_id <> '' THEN result.provider_id ELSE message.provider_id END,
       error_code = result.error_code,
       error_detail = result.error_detail,
       sent_at = CASE WHEN result.state = 'accepted' THEN %(now)s
                      WHEN result.state = 'delivered' THEN coalesce(message.sent_at, %(now)s)
                      WHEN result.state = 'failed' AND message.state = 'unknown'
                      THEN coalesce(message.sent_at, message.claimed_at)
                      ELSE message.sent_at END,
       finished_at = CASE WHEN result.state = ANY(%(finished)s) THEN %(now)s END
  FROM result
 WHERE message.id = result.id
   AND message.id = ANY(ARRAY(SELECT id FROM result))
   AND message.id >= %(first)s AND message.id <= %(last)s
   AND message.attempts = result.number
   AND message.claimed_at = result.tried_at
   AND message.state = ANY(%(before)s)
RETURNING message.id
"""  # noqa: S608  (no value in it)

_ENLARGE = """
UPDATE notifications_bulkmessage AS message SET segments = larger.segments
  FROM unnest(%(ids)s::uuid[], %(segments)s::int[]) AS larger(id, segments)
 WHERE message.id = larger.id AND message.id >= %(first)s AND message.id <= %(last)s
"""

# Of one campaign, whatever waits.
_FINISH = """
UPDATE notifications_bulkmessage SET state = %(state)s, error_code = %(code)s, finished_at = %(now)s
 WHERE id IN (SELECT id FROM notifications_bulkmessage
               WHERE campaign_id = %(campaign)s AND state = 'queued' AND id >= %(low)s AND id < %(high)s
               LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
   AND state = 'queued' AND id >= %(low)s AND id < %(high)s
RETURNING id
"""

_GIVE_UP = """
UPDATE notifications_bulkmessage SET state = 'unknown', due_at = %(look_up_at)s, error_code = 'worker_lost'
 WHERE id IN (SELECT id FROM notifications_bulkmessage
               WHERE state = 'sending' AND due_at <= %(now)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
   AND state = 'sending'
RETURNING id
"""

_CLAIM_UNKNOWN = """
UPDATE notifications_bulkmessage SET due_at = %(until)s, lookups = lookups + 1
 WHERE id = ANY(%(ids)s::uuid[]) AND id >= %(first)s AND id <= %(last)s
RETURNING id, campaign_id, phone, language, fields, route, attempts, lookups, claimed_at, expires_at, error_code
"""


class BulkLedger:
    """See ``Ledger``."""

    def claim(
        self, lane: Lane, route: Route, *, size: int, now: datetime, lease_end: datetime, segments: int | None = None
    ) -> Taken:
        """From one of the campaigns that may be sent now, whichever comes first by chance: none waits for another."""
        wordings = [wording for wording in map(Wording, sending(now)) if wording.may_go_over(route)]
        random.shuffle(wordings)
        for wording in wordings:
            campaign = wording.campaign
            most = size if segments is None else min(size, max(1, int(segments / campaign.segments_each)))
            rows = _claim(campaign, route, size=most, now=now, lease_end=lease_end)
            if rows:
                return Taken(len(rows), self._within_limits(campaign, rows, _attempts(wording, rows, route, now=now)))
        return Taken(0, [])

    def _within_limits(self, campaign: Campaign, rows: list[tuple[Any, ...]], attempts: list[Attempt]) -> list[Attempt]:
        """``attempts``, or none where they need more parts than are reserved and could be: they then wait again.

        They may where a route came into use after the receivers were listed.
        """
        reserved = {row[0]: row[-1] for row in rows}
        larger = [attempt for attempt in attempts if attempt.segments > reserved[attempt.id]]
        missing = sum(attempt.segments - reserved[attempt.id] for attempt in larger)
        if not missing:
            return attempts
        if not reserving.reserve_more(campaign.pk, missing):
            self.record([_untried(attempt) for attempt in attempts], now=attempts[0].tried_at)
            return []
        ids = [str(attempt.id) for attempt in larger]
        execute(_ENLARGE, ids=ids, first=min(ids), last=max(ids), segments=[attempt.segments for attempt in larger])
        return attempts

    def record(self, results: Sequence[Result], *, now: datetime, before: Collection[State] = IN_FLIGHT) -> set[UUID]:
        """See ``Ledger``."""
        rows = by_id(results)
        if not rows:
            return set()
        taken = execute(
            _RECORD,
            results=as_rows(rows),
            first=str(rows[0].id),
            last=str(rows[-1].id),
            finished=[state.value for state in FINISHED],
            before=[state.value for state in before],
            now=now,
        )
        return {row[0] for row in taken}

    def halt(self, ids: Collection[UUID]) -> None:
        """Stop the campaigns of the messages ``ids``, which their gateway takes from nobody without İYS.

        Inside the caller's transaction.
        """
        found = BulkMessage.objects.filter(pk__in=ids).values_list("campaign_id", flat=True)
        for campaign_id in sorted(set(found)):
            reserving.halt(campaign_id, Campaign.Limit.REGISTER)

    def expire_overdue(self, *, now: datetime, limit: int) -> int:
        """What nobody wants any more is finished too: the rest of campaigns that are cancelled or too late."""
        open_ones = Campaign.objects.in_status(Status.PLANNING, Status.RUNNING, Status.PAUSED, Status.CANCELLED)
        finished = 0
        for campaign in open_ones.exclude(started_at=None):
            if campaign.status == Status.CANCELLED:
                finished += _finish(campaign, State.CANCELLED, "campaign_cancelled", now=now, limit=limit)
            elif campaign.too_late_after <= now:
                finished += _finish(campaign, State.EXPIRED, "", now=now, limit=limit)
        return finished

    def give_up_lost(self, *, now: datetime, look_up_at: datetime, limit: int) -> int:
        """See ``Ledger``."""
        return len(execute(_GIVE_UP, now=now, look_up_at=look_up_at, limit=limit))

    def claim_unknown(self, *, now: datetime, until: datetime, limit: int) -> list[Attempt]:
        """See ``Ledger``."""
        with transaction.atomic(durable=True):
            rows = _claim_unknown(now=now, until=until, limit=limit)
            campaigns = Campaign.objects.filter(pk__in={row[1] for row in rows})
            wordings = {campaign.pk: Wording(campaign) for campaign in campaigns}
            routes = {route.code: route for route in Route.objects.filter(code__in={row[5] for row in rows})}
        attempts = (_unknown(row, wordings[row[1]], routes.get(row[5])) for row in rows)
        return sorted(attempts, key=lambda attempt: attempt.route)

    def lanes_due(self, now: datetime) -> list[Lane]:
        """See ``Ledger``."""
        return [Lane.BULK] if any(_due(campaign, now).exists() for campaign in sending(now)) else []

    def waiting(self, now: datetime) -> list[Waiting]:
        """See ``Ledger``. Of campaigns that are being sent; what is paused or rests waits for nobody."""
        found = [_due(campaign, now).aggregate(count=Count("id"), oldest=Min("due_at")) for campaign in sending(now)]
        count = sum(row["count"] for row in found)
        return [Waiting(Lane.BULK, count, min(row["oldest"] for row in found if row["oldest"]))] if count else []

    def has_unknown(self, now: datetime) -> bool:
        """See ``Ledger``."""
        return to_look_up(BulkMessage, now).exists()

    def hold(self, receipts: Sequence[Receipt]) -> list[tuple[Receipt, Held]]:
        """See ``Ledger``."""
        return held(BulkMessage, receipts)

    def taken_provider_ids(self, route: str, provider_ids: Collection[str]) -> set[str]:
        """See ``Ledger``."""
        known = BulkMessage.objects.filter(route=route, provider_id__in=provider_ids)
        return set(known.values_list("provider_id", flat=True))


def sending(now: datetime) -> list[Campaign]:
    """The campaigns of which something may be sent at ``now`` and be delivered before the quiet hours."""
    running = Campaign.objects.in_status(Status.RUNNING)
    rest = hours.are_quiet(now) or hours.are_quiet(now + SHORTEST_VALIDITY)
    return list(running.filter(is_urgent=True) if rest else running)


def _claim(campaign: Campaign, route: Route, *, size: int, now: datetime, lease_end: datetime) -> list[tuple[Any, ...]]:
    low, high = bounds_of(campaign.begun_at)
    return execute(
        _CLAIM,
        campaign=campaign.pk,
        low=low,
        high=high,
        now=now,
        lease_end=lease_end,
        size=size,
        route=route.code,
    )


def _attempts(wording: Wording, rows: list[tuple[Any, ...]], route: Route, *, now: datetime) -> list[Attempt]:
    rests_at = None if wording.campaign.is_urgent else hours.begin_after(now)
    written = cache(lambda text: fitted(text, route))  # mostly the same text for everybody
    attempts = []
    for id_, state, phone, language, fields, number, expires_at, _reserved in rows:
        if state == State.SENDING:
            words = wording.text_of(language, fields)
            text, size = written(words)
            attempts.append(
                Attempt(
                    id_,
                    Lane.BULK,
                    phone,
                    leaving.addressed(text, id_),
                    *(route.code, number, 0, now, expires_at),
                    segments=size.segments,
                    commercial=wording.campaign.is_commercial,
                    rests_at=rests_at,
                    words=words,
                )
            )
    return attempts


def _untried(attempt: Attempt) -> Result:
    now = attempt.tried_at
    return Result(attempt.id, attempt.number, now, State.QUEUED, now, attempt.segments, counts=False)


def _claim_unknown(*, now: datetime, until: datetime, limit: int) -> list[tuple[Any, ...]]:
    due = to_look_up(BulkMessage, now).select_for_update(skip_locked=True, of=("self",))
    ids = sorted(str(message.pk) for message in due.only("id")[:limit])
    return execute(_CLAIM_UNKNOWN, ids=ids, first=ids[0], last=ids[-1], until=until) if ids else []


def _unknown(row: tuple[Any, ...], wording: Wording, route: Route | None) -> Attempt:
    id_, _pk, phone, language, fields, code, number, lookups, tried_at, expires_at, error_code = row
    words = wording.text_of(language, fields)
    text, size = fitted(words, route)
    return Attempt(
        id_,
        Lane.BULK,
        phone,
        leaving.addressed(text, id_),
        *(code, number, lookups, tried_at, expires_at, error_code),
        segments=size.segments,
        commercial=wording.campaign.is_commercial,
        words=words,
    )


def _finish(campaign: Campaign, state: State, code: str, *, now: datetime, limit: int) -> int:
    low, high = bounds_of(campaign.begun_at)
    return len(
        execute(_FINISH, campaign=campaign.pk, state=state.value, code=code, now=now, low=low, high=high, limit=limit)
    )


def _due(campaign: Campaign, now: datetime) -> QuerySet[BulkMessage]:
    low, high = bounds_of(campaign.begun_at)
    due = BulkMessage.objects.filter(campaign=campaign, state=State.QUEUED, due_at__lte=now, expires_at__gt=now)
    return due.filter(id__gte=low, id__lt=high)
