"""The only statements that move a message from one state to another, each for a whole batch.

Every statement names the states it may leave, so a finished message is never touched; the trigger
``message_states`` holds the same line against everybody else. A one-time code's text and fields are wiped
in the very statement that hands it over.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction

from notifications.lanes import Lane
from notifications.models import Message
from notifications.workflow import FINISHED, HANDED_OVER, State

_PHONE = re.compile(r"\+?\d{8,}")


@dataclass(frozen=True, slots=True)
class Claim:
    """A message a worker takes: SENDING with its text, or FAILED because it cannot be written."""

    id: UUID
    state: State
    text: str = ""
    template_id: int | None = None
    segments: int = 0
    error_code: str = ""
    error_detail: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of attempt number ``attempt`` of a message, begun at ``claimed_at``.

    ``counts`` is False where the message itself was not tried. ``due_at`` is its next step, if it has one.
    """

    id: UUID
    attempt: int
    claimed_at: datetime | None
    counts: bool
    state: State
    due_at: datetime
    provider_id: str = ""
    error_code: str = ""
    error_detail: str = ""


Row = TypeVar("Row", Claim, Result)

_CLAIM = """
UPDATE notifications_message AS message
   SET state = claim.state,
       text = claim.text,
       template_id = claim.template_id,
       segments = claim.segments,
       error_code = claim.error_code,
       error_detail = claim.error_detail,
       attempts = message.attempts + 1,
       lookups = 0,
       claimed_at = %(now)s,
       due_at = %(lease_end)s,
       route = %(route)s,
       context = CASE WHEN claim.state = ANY(%(handed_over)s) AND message.lane = %(otp)s
                      THEN '{}'::jsonb ELSE message.context END,
       finished_at = CASE WHEN claim.state = ANY(%(finished)s) THEN %(now)s END
  FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(texts)s::text[], %(templates)s::bigint[],
              %(segments)s::int[], %(codes)s::text[], %(details)s::text[])
       AS claim(id, state, text, template_id, segments, error_code, error_detail)
 WHERE message.id = claim.id AND message.state = 'queued'
"""

_RECORD = """
UPDATE notifications_message AS message
   SET state = result.state,
       attempts = CASE WHEN result.counts THEN message.attempts ELSE message.attempts - 1 END,
       due_at = result.due_at,
       provider_id = CASE WHEN result.provider_id <> '' THEN result.provider_id ELSE message.provider_id END,
       error_code = result.error_code,
       error_detail = result.error_detail,
       text = CASE WHEN result.state = ANY(%(handed_over)s) AND message.lane = %(otp)s
                   THEN '' ELSE message.text END,
       context = CASE WHEN result.state = ANY(%(handed_over)s) AND message.lane = %(otp)s
                      THEN '{}'::jsonb ELSE message.context END,
       sent_at = CASE WHEN result.state = 'accepted' THEN %(now)s ELSE message.sent_at END,
       finished_at = CASE WHEN result.state = ANY(%(finished)s) THEN %(now)s END
  FROM unnest(%(ids)s::uuid[], %(attempts)s::int[], %(claimed)s::timestamptz[], %(counts)s::bool[],
              %(states)s::text[], %(due)s::timestamptz[], %(provider_ids)s::text[], %(codes)s::text[],
              %(details)s::text[])
       AS result(id, attempt, claimed_at, counts, state, due_at, provider_id, error_code, error_detail)
 WHERE message.id = result.id
   AND message.attempts = result.attempt
   AND message.claimed_at = result.claimed_at
   AND message.state IN ('sending', 'unknown')
RETURNING message.id
"""


def claim(claims: Sequence[Claim], *, route: str, now: datetime, lease_end: datetime) -> None:
    """Write down that a worker has these messages until ``lease_end``. The caller holds their row locks."""
    rows = _by_id(claims)
    if not rows:
        return
    _execute(
        _CLAIM,
        ids=[str(row.id) for row in rows],
        states=[row.state.value for row in rows],
        texts=[row.text for row in rows],
        templates=[row.template_id for row in rows],
        segments=[row.segments for row in rows],
        codes=[row.error_code for row in rows],
        details=[_safe(row.error_detail) for row in rows],
        now=now,
        lease_end=lease_end,
        route=route,
    )


def record(results: Sequence[Result], *, now: datetime) -> set[UUID]:
    """Write the outcomes of a batch; returns the ids that took it.

    Left out is a message that was finished, or claimed again, since this attempt: what happened later
    is nearer to the truth than a late answer.
    """
    rows = _by_id(results)
    taken = _execute(
        _RECORD,
        ids=[str(row.id) for row in rows],
        attempts=[row.attempt for row in rows],
        claimed=[row.claimed_at for row in rows],
        counts=[row.counts for row in rows],
        states=[row.state.value for row in rows],
        due=[row.due_at for row in rows],
        provider_ids=[row.provider_id for row in rows],
        codes=[row.error_code for row in rows],
        details=[_safe(row.error_detail) for row in rows],
        now=now,
    )
    return {row[0] for row in taken}


@transaction.atomic
def expire_overdue(*, now: datetime, limit: int) -> int:
    """Finish queued messages whose deadline has passed; returns how many."""
    with_lock = Message.objects.overdue(now).select_for_update(skip_locked=True).values("id")[:limit]
    overdue = Message.objects.filter(id__in=with_lock, state=State.QUEUED)
    expired = overdue.exclude(lane=Lane.OTP).update(state=State.EXPIRED, finished_at=now)
    codes = overdue.filter(lane=Lane.OTP).update(state=State.EXPIRED, finished_at=now, text="", context={})
    return expired + codes


@transaction.atomic
def give_up_lost(*, now: datetime, look_up_at: datetime, limit: int) -> int:
    """Messages whose worker died or hangs become UNKNOWN, to be looked up at ``look_up_at``; returns how many."""
    with_lock = Message.objects.abandoned(now).select_for_update(skip_locked=True).values("id")[:limit]
    lost = Message.objects.filter(id__in=with_lock, state=State.SENDING)
    return lost.update(state=State.UNKNOWN, due_at=look_up_at, error_code="worker_lost")


def _by_id(rows: Iterable[Row]) -> list[Row]:
    """Always lock in the same order."""
    return sorted(rows, key=lambda row: row.id)


def _execute(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    constants: dict[str, Any] = {
        "otp": Lane.OTP.value,
        "finished": [state.value for state in FINISHED],
        "handed_over": [state.value for state in HANDED_OVER],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, {**constants, **values})
        return list(cursor.fetchall()) if cursor.description else []


def _safe(detail: str) -> str:
    """Providers like to repeat the phone number in their error texts."""
    return _PHONE.sub("[phone]", detail)[:300]
