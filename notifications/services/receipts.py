"""Receipts, applied in batches: however often, however late, in whatever order they come.

A batch locks the messages it speaks of, decides by the rules below and by ``retries``, and writes all that follows
with one UPDATE for each table. What came too early is parked. A finished message stays as it is.
"""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from common import bell
from notifications.gateways.base import Outcome
from notifications.gateways.notices import NotUnderstood, Receipt, Report, reader_of
from notifications.lanes import RECEIPTS_QUEUE, RECEIPTS_TASK
from notifications.models import InboundNotice, RouteTally
from notifications.services import ledgers, notices, retries, tallies
from notifications.services.ledgers import Held, Ledger, Result
from notifications.services.notices import Dealt
from notifications.workflow import OPEN_TO_RECEIPTS, State

BATCH = 1_000
ROUND_SECONDS = 20.0

Told = tuple[Receipt, Held]
_TALLIED = {Report.DELIVERED: RouteTally.Kind.DELIVERED, Report.FAILED: RouteTally.Kind.UNDELIVERED}


def apply_due() -> int:
    """Apply what is due until nothing is or the round is over; returns how many. Any number may do so at once."""
    end = time.monotonic() + ROUND_SECONDS
    applied = 0
    while time.monotonic() < end:
        done = apply_batch()
        if not done:
            return applied
        applied += done
    bell.ring(RECEIPTS_TASK, queue=RECEIPTS_QUEUE)
    return applied


@transaction.atomic(durable=True)
def apply_batch(size: int = BATCH) -> int:
    """Apply up to ``size`` receipts in one transaction; returns how many were looked at."""
    now = timezone.now()
    batch = list(InboundNotice.objects.due(InboundNotice.Kind.RECEIPT, now).select_for_update(skip_locked=True)[:size])
    if not batch:
        return 0
    dealt, readable = _read(batch, now=now)
    waiting = _apply([receipt for _notice, receipt in readable], now=now)
    dealt += [
        notices.park(notice, now=now, error="no_such_message") if id(receipt) in waiting else Dealt(notice, now)
        for notice, receipt in readable
    ]
    notices.finish(dealt, now=now)
    return len(batch)


def _read(batch: Sequence[InboundNotice], *, now: datetime) -> tuple[list[Dealt], list[tuple[InboundNotice, Receipt]]]:
    unreadable: list[Dealt] = []
    readable: list[tuple[InboundNotice, Receipt]] = []
    for notice in batch:
        try:
            readable.append((notice, reader_of(notice.gateway).receipt(notice)))
        except NotUnderstood as problem:
            unreadable.append(Dealt(notice, now, error=f"not_understood:{problem}"[:64]))
    return unreadable, readable


def _apply(receipts: list[Receipt], *, now: datetime) -> set[int]:
    """Apply ``receipts``; returns those (by ``id()``) that came too early: no message, or one in a worker's hands."""
    waiting = {id(receipt): receipt for receipt in receipts}
    settled: list[Told] = []
    for ledger in ledgers.ALL:
        held = ledger.hold(list(waiting.values()))
        settled += _write(ledger, held, now=now)
        for receipt, message in held:
            if message.state != State.SENDING:
                waiting.pop(id(receipt), None)
    tallies.add_receipts(
        (
            (message.attempt.route, _TALLIED[receipt.report], receipt.code, message.attempt.segments)
            for receipt, message in settled
            if receipt.report in _TALLIED
        ),
        now=now,
    )
    return set(waiting)


def _write(ledger: Ledger, held: list[Told], *, now: datetime) -> list[Told]:
    """Write what follows from ``held``; returns the receipts that a message took, with the message."""

    def message_of(told: Told) -> UUID:
        return told[1].attempt.id

    by_message = groupby(sorted(held, key=message_of), key=message_of)
    found = [told for _id, group in by_message if (told := _strongest(group, now=now))]
    taken = ledger.record([result for _told, result in found], now=now, before=OPEN_TO_RECEIPTS)
    return [told for told, result in found if result.id in taken]


def _strongest(group: Iterable[Told], *, now: datetime) -> tuple[Told, Result] | None:
    """The most telling of the receipts for one message that leads to something, and to what."""
    ordered = sorted(group, key=lambda told: -told[0].report)
    return next(
        (((receipt, held), result) for receipt, held in ordered if (result := after(held, receipt, now=now))), None
    )


def after(held: Held, receipt: Receipt, *, now: datetime) -> Result | None:
    """What follows for ``held`` from ``receipt``; None where nothing does.

    That it was delivered is true whichever attempt it is about. Anything else counts only for the attempt that is
    open, and of a message that waits for its next attempt nothing else is open.
    """
    if held.state not in OPEN_TO_RECEIPTS:
        return None
    if receipt.report is Report.DELIVERED:
        return Result(
            held.attempt.id,
            held.attempt.number,
            held.attempt.tried_at,
            State.DELIVERED,
            now,
            held.attempt.segments,
            provider_id=receipt.provider_id,
        )
    if held.state == State.QUEUED or not _is_about_open_attempt(held, receipt):
        return None
    if receipt.report is Report.FAILED:
        outcome = Outcome.rejected(receipt.code, receipt.retry, provider_id=receipt.provider_id)
        return retries.after_taken(held.attempt, outcome, now=now)
    if held.state == State.UNKNOWN:
        return retries.after_taken(held.attempt, Outcome.accepted(receipt.provider_id), now=now)
    return None


def _is_about_open_attempt(held: Held, receipt: Receipt) -> bool:
    """An accepted attempt left its id in the row; of an unknown one the row still holds the id of the one before."""
    if not receipt.provider_id or not held.provider_id:
        return True
    return (receipt.provider_id == held.provider_id) == (held.state == State.ACCEPTED)
