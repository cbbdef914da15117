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
from django.db.models import F
from django.utils import timezone

from common import bell
from notifications import gateways
from notifications.gateways.base import Finding, Gateway, Kind, OutboundMessage, Outcome, Retry
from notifications.lanes import POLICIES, RECONCILE_QUEUE, RECONCILE_TASK, Lane, deliver_task
from notifications.models import Message
from notifications.services import ledger, retries, routes
from notifications.services.rendering import NotRenderable, TemplateShelf, for_gateway, measure, render
from notifications.workflow import State

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
    """What one claim found: ``looked_at`` rows, of which ``messages`` are now ours to send until ``until``."""

    looked_at: int
    messages: list[Message]
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
        send(claimed, gateway)
        tried += len(claimed.messages)
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
        rows = [] if paused else list(Message.objects.due(lane, now).select_for_update(skip_locked=True)[:size])
        shelf = TemplateShelf({row.event for row in rows if not row.text})
        claims = [_written(row, shelf, gateway) for row in rows]
        ledger.claim(claims, route=gateway.name, now=now, lease_end=lease_end)
    messages = [_as_claimed(row, taken, now, gateway) for row, taken in zip(rows, claims, strict=True)]
    sending = [message for message in messages if message.state == State.SENDING]
    return Claimed(looked_at=len(rows), messages=sending, until=lease_end - HAND_OVER_MARGIN)


def send(claimed: Claimed, gateway: Gateway) -> None:
    """Hand the claimed messages to the gateway and write down what became of them."""
    if not claimed.messages:
        return
    outcomes = gateway.send_batch([_outbound(message) for message in claimed.messages], until=claimed.until)
    now = timezone.now()
    pairs = list(zip(claimed.messages, outcomes, strict=True))
    _record([retries.after(message, outcome, now=now) for message, outcome in pairs], now=now)
    _judge_route(gateway, outcomes, now=now)


def sweep() -> None:
    """Put right what no bell will: late messages, dead workers, lost bells. Any number may sweep at once."""
    now = timezone.now()
    expired = ledger.expire_overdue(now=now, limit=SWEEP_LIMIT)
    lost = ledger.give_up_lost(now=now, look_up_at=now + retries.SETTLING, limit=SWEEP_LIMIT)
    if expired or lost:
        log.warning("messages.swept", extra={"expired": expired, "lost": lost})
    for lane in Lane:
        if Message.objects.due(lane, now).exists():
            bell.ring(deliver_task(lane), queue=lane.value)
    if Message.objects.to_look_up(now).exists():
        bell.ring(RECONCILE_TASK, queue=RECONCILE_QUEUE)


def reconcile() -> int:
    """Ask the gateways about messages of unknown outcome until none is due; returns how many were asked for."""
    end = time.monotonic() + ROUND_SECONDS
    asked = 0
    while time.monotonic() < end:
        messages = claim_unknown()
        if not messages:
            return asked
        for route, of_route in groupby(messages, key=lambda message: message.route):
            look_up(route, list(of_route))
        asked += len(messages)
    bell.ring(RECONCILE_TASK, queue=RECONCILE_QUEUE)
    return asked


def claim_unknown() -> list[Message]:
    """Take messages to look up; nobody else looks them up for a while. Ordered by route."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        due = Message.objects.to_look_up(now).select_for_update(skip_locked=True, of=("self",))
        ids = [message.id for message in due[:LOOKUP_CHUNK]]
        taken = Message.objects.filter(id__in=ids)
        taken.update(due_at=now + LOOKUP_LEASE, lookups=F("lookups") + 1)
        return list(taken.order_by("route", "id"))


def look_up(route: str, messages: Sequence[Message]) -> None:
    """Ask ``route`` about ``messages`` and write down what follows."""
    gateway = gateways.named(route)
    silence = [Finding(asked=False)] * len(messages)
    findings = gateway.lookup_batch([_outbound(message) for message in messages]) if gateway else silence
    known = _known_elsewhere(route, findings)
    now = timezone.now()
    pairs = zip(messages, findings, strict=True)
    _record([_found(message, finding, known, now=now) for message, finding in pairs], now=now)


def _written(message: Message, shelf: TemplateShelf, gateway: Gateway) -> ledger.Claim:
    """The text of a message. It is written once: a retry sends, and a look-up asks for, the same words."""
    if message.text:
        return ledger.Claim(message.id, State.SENDING, message.text, message.template_id, message.segments)
    try:
        template = shelf.find(message.event, message.language)
        text = render(template.body, for_gateway(message.context, template.language, gateway))
    except NotRenderable as problem:
        log.error("message.not_renderable", extra={"message_id": str(message.id), "code": problem.code})
        return ledger.Claim(message.id, State.FAILED, error_code=problem.code, error_detail=problem.detail)
    size = measure(text, gateway)
    return ledger.Claim(message.id, State.SENDING, text, template.pk, size.segments)


def _as_claimed(message: Message, taken: ledger.Claim, now: datetime, gateway: Gateway) -> Message:
    """The object as the row now is, without reading it again."""
    message.state, message.text, message.route = taken.state, taken.text, gateway.name
    message.attempts += 1
    message.claimed_at = now
    return message


def _outbound(message: Message) -> OutboundMessage:
    return OutboundMessage(
        id=message.id,
        phone=message.phone,
        text=message.text,
        tried_at=message.claimed_at or message.created_at,
        expires_at=message.expires_at,
    )


def _found(message: Message, finding: Finding, known: set[str], *, now: datetime) -> ledger.Result:
    if not finding.asked:
        return retries.after_silence(message, now=now)
    ours = [outcome for outcome in finding.candidates if outcome.provider_id not in known]
    return retries.after(message, ours[0], now=now) if ours else retries.after_absence(message, now=now)


def _known_elsewhere(route: str, findings: Iterable[Finding]) -> set[str]:
    ids = {outcome.provider_id for finding in findings for outcome in finding.candidates}
    return Message.objects.all().taken_provider_ids(route, ids) if ids else set()


def _record(results: Sequence[ledger.Result], *, now: datetime) -> None:
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
