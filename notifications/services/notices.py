"""What gateways tell us: written down first, dealt with later, erased soon.

A view writes down and answers; ``receipts`` and ``inbound`` deal with it. Nothing here asks for a permission: who
may tell us something is decided at the door (notifications/webhooks.py).
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.db import connection
from django.utils import timezone

from common import bell
from common.broker import client
from notifications.gateways.notices import Arrived
from notifications.ids import first_id, new_id
from notifications.lanes import INBOUND_QUEUE, INBOUND_TASK, RECEIPTS_QUEUE, RECEIPTS_TASK
from notifications.models import InboundNotice
from notifications.services import retries
from notifications.services.ledgers.base import execute

log = logging.getLogger(__name__)

Kind = InboundNotice.Kind

# A receipt may come before our own row knows its id at the gateway; a look-up may need a day to find that out.
PARKED_FOR = retries.UNRESOLVED_AFTER
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=30)
ERASED_AT_ONCE = 10_000
# Seconds between two bells that one process rings for receipts: a bell costs a fifth of the door's work, and small
# batches cost the worker more. The task looks again after this long, so that what came in between waits for no sweep.
RINGS_APART = 0.25

_BELLS = {Kind.RECEIPT: (RECEIPTS_TASK, RECEIPTS_QUEUE), Kind.INBOUND: (INBOUND_TASK, INBOUND_QUEUE)}
_REFUSED = "webhooks:refused"
_next_ring = 0.0

_COLUMNS = "id, gateway, kind, key, message_id, payload, received_at, due_at, attempts, error"
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, 0, '')"
_FINISH = """
UPDATE notifications_inboundnotice AS notice
   SET processed_at = CASE WHEN done.again THEN NULL ELSE %(now)s END,
       due_at = done.due_at, attempts = notice.attempts + 1, error = done.error
  FROM unnest(%(ids)s::uuid[], %(again)s::bool[], %(due)s::timestamptz[], %(errors)s::text[])
       AS done(id, again, due_at, error)
 WHERE notice.id = done.id AND notice.processed_at IS NULL
"""
_ERASE = """
DELETE FROM notifications_inboundnotice
 WHERE id IN (SELECT id FROM notifications_inboundnotice WHERE id < %(before)s ORDER BY id LIMIT %(limit)s)
RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class Dealt:
    """What became of a notice: done, given up with ``error``, or to be looked at ``again`` at ``due_at``."""

    notice: InboundNotice
    due_at: datetime
    again: bool = False
    error: str = ""


def keep(gateway: str, arrived: Sequence[Arrived]) -> int:
    """Write ``arrived`` down in one statement and ring for whoever deals with it; returns how many are new."""
    now = timezone.now()
    rows = [
        (
            str(new_id(now)),
            gateway,
            each.kind,
            each.key,
            each.message_id and str(each.message_id),
            each.payload,
            now,
            now,
        )
        for each in arrived
    ]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO notifications_inboundnotice ({_COLUMNS}) VALUES {', '.join([_ROW] * len(rows))}"  # noqa: S608
            " ON CONFLICT DO NOTHING",
            [value for row in rows for value in row],
        )
        new = int(cursor.rowcount)
    if new:
        _announce({each.kind for each in arrived})
    return new


def finish(dealt: Sequence[Dealt], *, now: datetime) -> None:
    """Write down what became of a batch, in one statement."""
    given_up = [each for each in dealt if each.error and not each.again]
    if given_up:
        log.warning("notices.given_up", extra={"count": len(given_up), "errors": sorted({e.error for e in given_up})})
    execute(
        _FINISH,
        ids=[str(each.notice.id) for each in dealt],
        again=[each.again for each in dealt],
        due=[each.due_at for each in dealt],
        errors=[each.error for each in dealt],
        now=now,
    )


def park(notice: InboundNotice, *, now: datetime, error: str) -> Dealt:
    """Look at ``notice`` again, with growing pauses; after a day it is given up for ``error``."""
    if now >= notice.received_at + PARKED_FOR:
        return Dealt(notice, now, error=error)
    pause = retries.backoff(notice.attempts + 1, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    return Dealt(notice, now + pause, again=True)


def sweep() -> None:
    """Ring for notices whose bell was lost and for those that were parked."""
    now = timezone.now()
    _ring({kind for kind in Kind if InboundNotice.objects.due(kind, now).exists()})


def erase(*, before: datetime, rounds: int = 20) -> int:
    """Delete what was received before ``before``, at most ``rounds`` batches; returns how many."""
    low = str(first_id(before))
    erased = 0
    for _round in range(rounds):
        gone = len(execute(_ERASE, before=low, limit=ERASED_AT_ONCE))
        erased += gone
        if gone < ERASED_AT_ONCE:
            break
    return erased


def refused(gateway: str, reason: str) -> None:
    """Count somebody who was not let in. Nothing about them is kept or logged but why."""
    log.warning("webhook.refused", extra={"gateway": gateway, "reason": reason})
    try:
        client().hincrby(_REFUSED, f"{gateway}:{reason}", 1)
    except redis.RedisError as error:
        log.warning("webhook.not_counted", extra={"error": type(error).__name__})


def refusals() -> dict[tuple[str, ...], int]:
    """How many were refused, by gateway and reason, since the broker last lost its data; none while it is away."""
    try:
        counted = {key.decode(): int(value) for key, value in client().hgetall(_REFUSED).items()}
    except redis.RedisError as error:
        log.warning("webhook.not_counted", extra={"error": type(error).__name__})
        return {}
    return {tuple(key.split(":", 1)): count for key, count in counted.items()}


def _announce(kinds: set[InboundNotice.Kind]) -> None:
    """Ring for what somebody wrote at once, for receipts now and then."""
    global _next_ring
    now = time.monotonic()
    if now >= _next_ring:
        _next_ring = now + RINGS_APART
        _ring(kinds)
    else:
        _ring(kinds - {Kind.RECEIPT})


def _ring(kinds: set[InboundNotice.Kind]) -> None:
    for kind in kinds:
        task, queue = _BELLS[Kind(kind)]
        bell.ring(task, queue=queue)
