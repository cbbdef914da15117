"""From the outbox to the gateway: claim, send, record, and find out about what is unknown.

Nothing is sent inside a transaction. A message that was sent and not written down (the worker was killed,
the database went away) is UNKNOWN once its lease ends, and is asked for at the gateway before it may be
sent again. See docs/notifications.md.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from common import bell
from notifications import gateways
from notifications.gateways.base import Finding, Gateway, Kind, Outcome, Retry
from notifications.lanes import POLICIES, RECONCILE_QUEUE, RECONCILE_TASK, Lane, deliver_task
from notifications.services import ledgers, retries, routes
from notifications.services.ledgers import Attempt, Ledger, Result, Taken

log = logging.getLogger(__name__)

# A worker begins no new chunk after this long, but rings for itself: the last chunk may take a whole lease,
# and together they stay under the task's time limit.
ROUND_SECONDS = 20.0
# No message is begun this shortly before the lease ends: the longest a gateway call takes, and a little.
HAND_OVER_MARGIN = timedelta(seconds=15)
# Look-ups of one round, and how long they are nobody else's.
LOOKUP_CHUNK = 32
LOOKUP_LEASE = timedelta(seconds=90)
SWEEP_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one claim found: ``looked_at`` rows, of which ``attempts`` are ours to make until ``until``."""

    looked_at: int
    attempts: list[Attempt]
    until: datetime


def deliver(lane: Lane) -> int:
    """Send what is due in ``lane`` until it is empty or the round is over; returns how many were tried.

    Any number of workers may do this at the same time.
    """
    gateway = gateways.current()
    end = time.monotonic() + ROUND_SECONDS
    tried = 0
    while time.monotonic() < end:
        claimed = claim(lane, gateway)
        if not claimed.looked_at:
            return tried
        send(lane, claimed, gateway)
        tried += len(claimed.attempts)
    bell.ring(deliver_task(lane), queue=lane.value)
    return tried


def claim(lane: Lane, gateway: Gateway) -> Claimed:
    """Take the next messages of ``lane``: lock, write their texts, set the lease, commit.

    Rows another worker holds are skipped. A message that cannot be written fails here.
    """
    now = timezone.now()
    lease_end = now + POLICIES[lane].lease
    size = min(POLICIES[lane].chunk, gateway.batch_size)
    with transaction.atomic(durable=True):
        paused = routes.is_paused(gateway.name, now=now)
        taken = (
            Taken(0, []) if paused else ledgers.of(lane).claim(lane, gateway, size=size, now=now, lease_end=lease_end)
        )
    return Claimed(taken.looked_at, taken.attempts, until=lease_end - HAND_OVER_MARGIN)


def send(lane: Lane, claimed: Claimed, gateway: Gateway) -> None:
    """Hand the claimed messages to the gateway and write down what became of them."""
    if not claimed.attempts:
        return
    outcomes = gateway.send_batch([attempt.outbound() for attempt in claimed.attempts], until=claimed.until)
    now = timezone.now()
    pairs = zip(claimed.attempts, outcomes, strict=True)
    _record(ledgers.of(lane), [retries.after(attempt, outcome, now=now) for attempt, outcome in pairs], now=now)
    _judge_route(gateway, outcomes, now=now)


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


def look_up(ledger: Ledger, route: str, attempts: Sequence[Attempt]) -> None:
    """Ask ``route`` about ``attempts`` and write down what follows."""
    gateway = gateways.named(route)
    silence = [Finding(asked=False)] * len(attempts)
    findings = gateway.lookup_batch([attempt.outbound() for attempt in attempts]) if gateway else silence
    known = _known_elsewhere(route, findings)
    now = timezone.now()
    pairs = zip(attempts, findings, strict=True)
    _record(ledger, [_found(attempt, finding, known, now=now) for attempt, finding in pairs], now=now)


def _found(attempt: Attempt, finding: Finding, known: set[str], *, now: datetime) -> Result:
    if not finding.asked:
        return retries.after_silence(attempt, now=now)
    ours = [outcome for outcome in finding.candidates if outcome.provider_id not in known]
    return retries.after(attempt, ours[0], now=now) if ours else retries.after_absence(attempt, now=now)


def _known_elsewhere(route: str, findings: Iterable[Finding]) -> set[str]:
    ids = {outcome.provider_id for finding in findings for outcome in finding.candidates}
    return {known for ledger in ledgers.ALL for known in ledger.taken_provider_ids(route, ids)} if ids else set()


def _record(ledger: Ledger, results: Sequence[Result], *, now: datetime) -> None:
    taken = ledger.record(results, now=now)
    for result in results:
        if result.id not in taken:
            log.warning("message.outcome_too_late", extra={"message_id": str(result.id), "state": result.state.value})


def _judge_route(gateway: Gateway, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    refusal = next((outcome for outcome in outcomes if outcome.retry is Retry.ROUTE), None)
    if refusal is not None:
        log.error("route.paused", extra={"route": gateway.name, "code": refusal.code})
        routes.pause(gateway.name, refusal, now=now)
    elif any(outcome.kind is Kind.ACCEPTED for outcome in outcomes):
        routes.resume(gateway.name)
