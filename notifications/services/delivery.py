"""From the outbox to the gateway: claim, send, record, and find out about what is unknown.

Nothing is sent inside a transaction. A message that was sent and not written down (the worker was killed,
the database went away) is UNKNOWN once its lease ends, and is asked for at the gateway before it may be
sent again. See docs/notifications.md.
"""

import logging
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from common import bell
from notifications import gateways
from notifications.channels import Channel
from notifications.gateways.base import COULD_NOT_ASK, NOT_TRIED, Finding, Gateway, Outcome, Retry
from notifications.gateways.links import find_link
from notifications.lanes import POLICIES, RECONCILE_QUEUE, RECONCILE_TASK, WRITTEN_BACK, Lane, deliver_task
from notifications.models import Route
from notifications.services import ledgers, rates, retries, routes, tallies
from notifications.services.ledgers import Attempt, Ledger, Result
from notifications.services.routes import WayOut

log = logging.getLogger(__name__)

# A worker begins no new chunk after this long, but rings for itself: the last chunk may take a whole lease,
# and together they stay under the task's time limit.
ROUND_SECONDS = 20.0
# Where a claim came so late that none of it could be begun, the machine or the database has too much to do.
BREATHER_SECONDS = 1.0
# Look-ups of one round, and how long they are nobody else's.
LOOKUP_CHUNK = 32
LOOKUP_LEASE = timedelta(seconds=90)
SWEEP_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one claim found: ``looked_at`` rows, of which ``attempts`` are ours to begin until ``until``.

    ``full`` says that there may well be more where these came from. Without a ``way`` no route may be taken now; in
    ``wait`` seconds one may, if that is more than nothing.
    """

    looked_at: int
    attempts: list[Attempt]
    until: datetime
    way: WayOut | None = None
    wait: float = 0.0
    full: bool = False


def deliver(lane: Lane) -> int:
    """Send what is due in ``lane`` until it is empty or the round is over; returns how many were tried.

    Any number of workers may do this at the same time; whoever finds more than a chunk calls the next one first,
    who else might stand idle until the sweep.
    """
    end = time.monotonic() + ROUND_SECONDS
    tried, called = 0, False
    while (left := end - time.monotonic()) > 0:
        claimed = claim(lane)
        if claimed.full and not called:
            bell.ring(deliver_task(lane), queue=lane.value)
            called = True
        if not claimed.looked_at and not claimed.wait:
            return tried
        begun = send(lane, claimed)
        tried += begun
        too_late = claimed.attempts and not begun
        time.sleep(min(BREATHER_SECONDS if too_late else claimed.wait, left))
    bell.ring(deliver_task(lane), queue=lane.value)
    return tried


def claim(lane: Lane) -> Claimed:
    """Take the next messages of ``lane`` for the first route that may send now. Rows others hold are skipped.

    Of two channels one is looked at first by chance, so that neither waits until the other is empty.
    """
    now = timezone.now()
    nothing = Claimed(0, [], until=now)
    for channel in random.sample(Channel.values, k=len(Channel.values)) if lane in WRITTEN_BACK else [Channel.SMS]:
        claimed = _claim_over(channel, lane, now=now)
        if claimed.looked_at or claimed.wait:
            return claimed
    return nothing


def _claim_over(channel: str, lane: Lane, *, now: datetime) -> Claimed:
    waits = []
    for way in routes.ways_out(lane, now=now, channel=channel):
        claimed = _claim(lane, way)
        # Not every route may take every announcement: where one finds none that it may, another one can.
        if claimed.looked_at or (lane is not Lane.BULK and not claimed.wait):
            return claimed
        waits.append(claimed.wait)
    return Claimed(0, [], until=now, wait=min(filter(None, waits), default=0.0))


def _claim(lane: Lane, way: WayOut) -> Claimed:
    """Lock, write the texts, set the lease, charge the segments, commit.

    The time to begin runs from when the others' claims are out of the way: with many workers they take longer than it.
    """
    with transaction.atomic(durable=True):
        allowed = rates.allowance(way.route, lane, wanted=_chunk(lane, way))
        now = timezone.now()
        lease_end, until = now + POLICIES[lane].lease, now + POLICIES[lane].begun_within
        if allowed.wait:
            routes.give_back(way)
            return Claimed(0, [], until=now, wait=allowed.wait)
        taken = ledgers.of(lane).claim(
            lane, way.route, size=allowed.messages, segments=allowed.segments, now=now, lease_end=lease_end
        )
        rates.charge(way.route, sum(attempt.segments for attempt in taken.attempts))
    if not taken.attempts:
        routes.give_back(way)
    full = taken.looked_at == allowed.messages and not way.canary
    return Claimed(taken.looked_at, taken.attempts, until=until, way=way, full=full)


def _chunk(lane: Lane, way: WayOut) -> int:
    limits = [POLICIES[lane].chunk, _gateway(way.route).batch_size]
    if way.route.batch_size:
        limits.append(way.route.batch_size)
    return min(*limits, routes.CANARY) if way.canary else min(limits)


def send(lane: Lane, claimed: Claimed) -> int:
    """Hand the claimed messages to their gateway and write down what became of them; returns how many were tried."""
    if claimed.way is None or not claimed.attempts:
        return 0
    route, ledger = claimed.way.route, ledgers.of(lane)
    held_back = _with_a_link(lane, route, claimed.attempts)
    _record(
        ledger, route, [(attempt, held_back[attempt.id]) for attempt in claimed.attempts if attempt.id in held_back]
    )
    to_send = [attempt for attempt in claimed.attempts if attempt.id not in held_back]
    outcomes = _gateway(route).send_batch([attempt.outbound() for attempt in to_send], until=claimed.until)
    _record(ledger, route, list(zip(to_send, outcomes, strict=True)))
    tried = [attempt for attempt, outcome in zip(to_send, outcomes, strict=True) if outcome is not NOT_TRIED]
    claimed_segments = sum(attempt.segments for attempt in claimed.attempts)
    rates.give_back(route, claimed_segments - sum(attempt.segments for attempt in tried))
    routes.judge(claimed.way, outcomes, now=timezone.now())
    return len(held_back) + len(tried)


def _with_a_link(lane: Lane, route: Route, attempts: Sequence[Attempt]) -> dict[UUID, Outcome]:
    """What follows for messages with a link on a route that carries none: another route, or nothing."""
    links = {} if route.links_allowed else {attempt.id: find_link(attempt.text) for attempt in attempts}
    found = {id_: link for id_, link in links.items() if link}
    if not found:
        return {}
    retry = Retry.LATER if routes.carries_links(lane, beside=route) else Retry.NEVER
    return {id_: Outcome.rejected("link_on_foreign_route", retry, detail=link[:300]) for id_, link in found.items()}


def _gateway(route: Route) -> Gateway:
    gateway = gateways.of(route)
    if gateway is None:
        raise LookupError(f"route {route.code} has lost its credentials")
    return gateway


def sweep() -> None:
    """Put right what no bell will: late messages, dead workers, lost bells. Any number may sweep at once."""
    now = timezone.now()
    for ledger in ledgers.ALL:
        expired = ledger.expire_overdue(now=now, limit=SWEEP_LIMIT)
        lost = ledger.give_up_lost(now=now, look_up_at=now + retries.SETTLING, limit=SWEEP_LIMIT)
        if expired or lost:
            log.warning("messages.swept", extra={"expired": expired, "lost": lost})
        for lane in ledger.lanes_due(now):
            bell.ring(deliver_task(lane), queue=lane.value)
        if ledger.has_unknown(now):
            bell.ring(RECONCILE_TASK, queue=RECONCILE_QUEUE)


def reconcile() -> int:
    """Ask the gateways about messages of unknown outcome until none is due; returns how many were asked for."""
    end = time.monotonic() + ROUND_SECONDS
    asked = 0
    while time.monotonic() < end:
        found = sum(_reconcile_some(ledger) for ledger in ledgers.ALL)
        if not found:
            return asked
        asked += found
    bell.ring(RECONCILE_TASK, queue=RECONCILE_QUEUE)
    return asked


def _reconcile_some(ledger: Ledger) -> int:
    now = timezone.now()
    attempts = ledger.claim_unknown(now=now, until=now + LOOKUP_LEASE, limit=LOOKUP_CHUNK)
    for route, of_route in groupby(attempts, key=lambda attempt: attempt.route):
        look_up(ledger, route, list(of_route))
    return len(attempts)


def look_up(ledger: Ledger, code: str, attempts: Sequence[Attempt]) -> None:
    """Ask the route ``code`` about ``attempts`` and write down what follows."""
    route = Route.objects.filter(code=code).first()
    gateway = gateways.of(route) if route else None
    silence = [COULD_NOT_ASK] * len(attempts)
    findings = gateway.lookup_batch([attempt.outbound() for attempt in attempts]) if gateway else silence
    known = _known_elsewhere(code, findings)
    now = timezone.now()
    own = [_own(attempt, finding, known, now=now) for attempt, finding in zip(attempts, findings, strict=True)]
    results = [_found(attempt, finding, now=now) for attempt, finding in zip(attempts, own, strict=True)]
    counted = [
        (attempt, finding.candidates[0]) for attempt, finding in zip(attempts, own, strict=True) if finding.candidates
    ]
    _write_down(ledger, route, results, counted, now=now)


def _own(attempt: Attempt, finding: Finding, known: set[str], *, now: datetime) -> Finding:
    """``finding`` without what belongs to other messages; nothing, where it cannot be told whose it is.

    After a day the others may have been given up, and are no longer seen.
    """
    ours = tuple(outcome for outcome in finding.candidates if outcome.provider_id not in known)
    within = finding.rivals_within
    if ours and within:
        late = now >= attempt.tried_at + retries.UNRESOLVED_AFTER - within
        if late or len(ours) <= ledgers.rivals(attempt, within=within):
            return COULD_NOT_ASK
    return replace(finding, candidates=ours)


def _found(attempt: Attempt, finding: Finding, *, now: datetime) -> Result:
    if finding.candidates:
        return retries.after_taken(attempt, finding.candidates[0], now=now)
    return retries.after_absence(attempt, now=now) if finding.asked else retries.after_silence(attempt, now=now)


def _known_elsewhere(route: str, findings: Iterable[Finding]) -> set[str]:
    ids = {outcome.provider_id for finding in findings for outcome in finding.candidates}
    return {known for ledger in ledgers.ALL for known in ledger.taken_provider_ids(route, ids)} if ids else set()


def _record(ledger: Ledger, route: Route, outcomes: Sequence[tuple[Attempt, Outcome]]) -> None:
    now = timezone.now()
    results = [retries.after(attempt, outcome, now=now) for attempt, outcome in outcomes]
    _write_down(ledger, route, results, outcomes, now=now)


def _write_down(
    ledger: Ledger,
    route: Route | None,
    results: Sequence[Result],
    counted: Sequence[tuple[Attempt, Outcome]],
    *,
    now: datetime,
) -> None:
    """The messages' new states, the route's tallies and the stop of an announcement: all or nothing."""
    if not results:
        return
    with transaction.atomic():
        taken = ledger.record(results, now=now)
        if route is not None:
            ours = [(outcome, attempt.segments) for attempt, outcome in counted if attempt.id in taken]
            tallies.add(route, ours, now=now)
        refused = {attempt.id for attempt, outcome in counted if outcome.retry is Retry.HALT} & taken
        if refused:  # only announcements are commercial
            ledgers.BULK.halt(refused)
    for result in results:
        if result.id not in taken:
            log.warning("message.outcome_too_late", extra={"message_id": str(result.id), "state": result.state.value})
