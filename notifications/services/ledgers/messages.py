"""The ledger of single messages: codes, news about requests, replies.

A one-time code's text and fields are wiped in the very statement that hands it over.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Min

from notifications.gateways.links import find_link
from notifications.gateways.notices import Receipt
from notifications.lanes import SINGLE, Lane
from notifications.models import Message, Route
from notifications.services.ledgers.base import (
    RESULTS,
    Attempt,
    Held,
    Result,
    Taken,
    Waiting,
    as_rows,
    by_id,
    execute,
    safe,
)
from notifications.services.ledgers.holding import held
from notifications.services.ledgers.unknown import to_look_up
from notifications.services.rendering import NotRenderable, TemplateShelf, fitted, for_route, render
from notifications.workflow import FINISHED, HANDED_OVER, IN_FLIGHT, State

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A message a worker takes: SENDING with its text, or FAILED because it cannot be written."""

    id: UUID
    state: State
    text: str = ""
    template_id: int | None = None
    segments: int = 0
    error_code: str = ""
    error_detail: str = ""


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

_RECORD = f"""
WITH result AS MATERIALIZED (SELECT * FROM {RESULTS})
UPDATE notifications_message AS message
   SET state = result.state,
       due_at = result.due_at,
       attempts = message.attempts - CASE WHEN result.counts THEN 0 ELSE 1 END,
       provider_id = CASE WHEN result.provider_id <> '' THEN result.provider_id ELSE message.provider_id END,
       error_code = result.error_code,
       error_detail = result.error_detail,
       text = CASE WHEN result.state = ANY(%(handed_over)s) AND message.lane = %(otp)s
                   THEN '' ELSE message.text END,
       context = CASE WHEN result.state = ANY(%(handed_over)s) AND message.lane = %(otp)s
                      THEN '{{}}'::jsonb ELSE message.context END,
       sent_at = CASE WHEN result.state = 'accepted' THEN %(now)s
                      WHEN result.state = 'delivered' THEN coalesce(message.sent_at, %(now)s)
                      ELSE message.sent_at END,
       finished_at = CASE WHEN result.state = ANY(%(finished)s) THEN %(now)s END
  FROM result
 WHERE message.id = result.id
   AND message.attempts = result.number
   AND message.claimed_at = result.tried_at
   AND message.state = ANY(%(before)s)
RETURNING message.id
"""  # noqa: S608  (no value in it)


class MessageLedger:
    """See ``Ledger``."""

    def claim(
        self, lane: Lane, route: Route, *, size: int, now: datetime, lease_end: datetime, segments: int | None = None
    ) -> Taken:
        """Lock, write the texts, set the lease. A message that cannot be written fails here."""
        rows = list(Message.objects.due(lane, now).over(route.channel).select_for_update(skip_locked=True)[:size])
        shelf = TemplateShelf({row.event for row in rows if not row.text or not route.links_allowed})
        claims = [_written(row, shelf, route) for row in rows]
        _write_claims(claims, route=route.code, now=now, lease_end=lease_end)
        attempts = [
            _attempt(
                row, text=claim.text, segments=claim.segments, route=route.code, number=row.attempts + 1, tried_at=now
            )
            for row, claim in zip(rows, claims, strict=True)
            if claim.state == State.SENDING
        ]
        return Taken(len(rows), attempts)

    def record(self, results: Sequence[Result], *, now: datetime, before: Collection[State] = IN_FLIGHT) -> set[UUID]:
        """See ``Ledger``."""
        rows = by_id(results)
        taken = _execute(
            _RECORD,
            results=as_rows(rows),
            before=[state.value for state in before],
            now=now,
        )
        return {row[0] for row in taken}

    @transaction.atomic
    def expire_overdue(self, *, now: datetime, limit: int) -> int:
        """See ``Ledger``."""
        with_lock = Message.objects.overdue(now).select_for_update(skip_locked=True).values("id")[:limit]
        overdue = Message.objects.filter(id__in=with_lock, state=State.QUEUED)
        expired = overdue.exclude(lane=Lane.OTP).update(state=State.EXPIRED, finished_at=now)
        codes = overdue.filter(lane=Lane.OTP).update(state=State.EXPIRED, finished_at=now, text="", context={})
        return expired + codes

    @transaction.atomic
    def give_up_lost(self, *, now: datetime, look_up_at: datetime, limit: int) -> int:
        """See ``Ledger``."""
        with_lock = Message.objects.abandoned(now).select_for_update(skip_locked=True).values("id")[:limit]
        lost = Message.objects.filter(id__in=with_lock, state=State.SENDING)
        return lost.update(state=State.UNKNOWN, due_at=look_up_at, error_code="worker_lost")

    @transaction.atomic(durable=True)
    def claim_unknown(self, *, now: datetime, until: datetime, limit: int) -> list[Attempt]:
        """See ``Ledger``."""
        due = to_look_up(Message, now).select_for_update(skip_locked=True, of=("self",))
        taken = Message.objects.filter(id__in=[message.pk for message in due[:limit]])
        taken.update(due_at=until, lookups=F("lookups") + 1)
        return [
            _attempt(
                row,
                text=row.text,
                segments=row.segments,
                route=row.route,
                number=row.attempts,
                tried_at=row.claimed_at or row.created_at,
            )
            for row in taken.order_by("route", "id")
        ]

    def lanes_due(self, now: datetime) -> list[Lane]:
        """See ``Ledger``."""
        return [lane for lane in SINGLE if Message.objects.due(lane, now).exists()]

    def waiting(self, now: datetime) -> list[Waiting]:
        """See ``Ledger``."""
        due = Message.objects.filter(state=State.QUEUED, due_at__lte=now).order_by()
        lanes = due.values("lane").annotate(messages=Count("id"), oldest=Min("due_at"))
        return [Waiting(Lane(row["lane"]), row["messages"], row["oldest"]) for row in lanes]

    def has_unknown(self, now: datetime) -> bool:
        """See ``Ledger``."""
        return to_look_up(Message, now).exists()

    def hold(self, receipts: Sequence[Receipt]) -> list[tuple[Receipt, Held]]:
        """See ``Ledger``."""
        return held(Message, receipts)

    def taken_provider_ids(self, route: str, provider_ids: Collection[str]) -> set[str]:
        """See ``Ledger``."""
        return Message.objects.all().taken_provider_ids(route, provider_ids)


def _written(message: Message, shelf: TemplateShelf, route: Route) -> _Claim:
    """The text of a message. Its words are written once: a retry sends the same, in the letters of its route.

    Only an address in them gives way where the route carries none.
    """
    text, template_id = message.text, message.template_id
    try:
        if not text or _must_lose_a_link(message, route):
            template = shelf.find(message.event, message.language)
            context = for_route(message.context, template.language, route)
            text, template_id = render(template.body, context), template.pk
    except NotRenderable as problem:
        log.error("message.not_renderable", extra={"message_id": str(message.id), "code": problem.code})
        return _Claim(message.id, State.FAILED, error_code=problem.code, error_detail=problem.detail)
    text, length = fitted(text, route)
    return _Claim(message.id, State.SENDING, text, template_id, length.segments)


def _must_lose_a_link(message: Message, route: Route) -> bool:
    return not route.links_allowed and bool(message.context and find_link(message.text))


def _write_claims(claims: Sequence[_Claim], *, route: str, now: datetime, lease_end: datetime) -> None:
    if not claims:
        return
    rows = sorted(claims, key=lambda claim: claim.id)
    _execute(
        _CLAIM,
        ids=[str(row.id) for row in rows],
        states=[row.state.value for row in rows],
        texts=[row.text for row in rows],
        templates=[row.template_id for row in rows],
        segments=[row.segments for row in rows],
        codes=[row.error_code for row in rows],
        details=[safe(row.error_detail) for row in rows],
        now=now,
        lease_end=lease_end,
        route=route,
    )


def _attempt(message: Message, *, text: str, segments: int, route: str, number: int, tried_at: datetime) -> Attempt:
    return Attempt(
        id=message.id,
        lane=Lane(message.lane),
        phone=message.phone,
        text=text,
        segments=segments,
        route=route,
        number=number,
        lookups=message.lookups,
        tried_at=tried_at,
        expires_at=message.expires_at,
        error_code=message.error_code,
    )


def _execute(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    return execute(
        sql,
        otp=Lane.OTP.value,
        finished=[state.value for state in FINISHED],
        handed_over=[state.value for state in HANDED_OVER],
        **values,
    )
