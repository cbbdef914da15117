"""How each route is doing: outcomes counted in slots of ten seconds, one statement a chunk."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from notifications.gateways.base import NOT_TRIED, Kind, Outcome, Retry
from notifications.models import Route, RouteTally
from notifications.services.ledgers.base import execute

SLOT_SECONDS = 10
KEEP = timedelta(days=2)

_KINDS = {
    Retry.NEVER: RouteTally.Kind.REFUSED,
    Retry.ONCE: RouteTally.Kind.REFUSED,
    Retry.LATER: RouteTally.Kind.ERROR,
    Retry.ROUTE: RouteTally.Kind.ROUTE,
    Retry.HALT: RouteTally.Kind.ROUTE,
}
ERRORS = (RouteTally.Kind.ERROR, RouteTally.Kind.UNKNOWN)

_ADD = """
INSERT INTO notifications_routetally AS tally (route_id, slot, kind, code, messages, segments)
SELECT %(route)s, %(slot)s, added.kind, added.code, added.messages, added.segments
  FROM unnest(%(kinds)s::text[], %(codes)s::text[], %(messages)s::int[], %(segments)s::int[])
       AS added(kind, code, messages, segments)
ON CONFLICT (route_id, slot, kind, code)
DO UPDATE SET messages = tally.messages + EXCLUDED.messages, segments = tally.segments + EXCLUDED.segments
"""


@dataclass(frozen=True, slots=True)
class Minute:
    """What a route did within the last minute: messages that had an outcome, and how many were errors."""

    messages: int
    errors: int


def kind_of(outcome: Outcome) -> RouteTally.Kind:
    """What an outcome says about its route."""
    if outcome.kind is Kind.ACCEPTED:
        return RouteTally.Kind.ACCEPTED
    return RouteTally.Kind.UNKNOWN if outcome.kind is Kind.UNKNOWN else _KINDS[outcome.retry]


def is_error(outcome: Outcome) -> bool:
    """Whether it speaks against the route, not against the message."""
    return outcome is not NOT_TRIED and kind_of(outcome) in ERRORS


def add(route: Route, outcomes: Iterable[tuple[Outcome, int]], *, now: datetime) -> None:
    """Count ``outcomes``, each with the segments of its message."""
    messages: Counter[tuple[str, str]] = Counter()
    segments: Counter[tuple[str, str]] = Counter()
    for outcome, size in outcomes:
        if outcome is not NOT_TRIED:
            key = (kind_of(outcome).value, outcome.code[:64])
            messages[key] += 1
            segments[key] += size
    if messages:
        _write(route, messages, segments, slot=_slot(now))


def add_receipts(receipts: Iterable[tuple[str, RouteTally.Kind, str, int]], *, now: datetime) -> None:
    """Count what became of messages that routes had taken: code of the route, kind, error, and segments of each."""
    messages: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    segments: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for route, kind, error, size in receipts:
        key = (kind.value, error[:64])
        messages[route][key] += 1
        segments[route][key] += size
    for route_ in Route.objects.filter(code__in=messages).order_by("pk"):  # always lock in the same order
        _write(route_, messages[route_.code], segments[route_.code], slot=_slot(now))


def last_minute(route: Route, *, now: datetime) -> Minute:
    """The sums of the last minute."""
    recent = RouteTally.objects.filter(route=route, slot__gt=now - timedelta(seconds=60))
    sums = recent.aggregate(
        all=Sum("messages", default=0), errors=Sum("messages", filter=Q(kind__in=ERRORS), default=0)
    )
    return Minute(sums["all"], sums["errors"])


def _write(
    route: Route, messages: Counter[tuple[str, str]], segments: Counter[tuple[str, str]], *, slot: datetime
) -> None:
    keys = sorted(messages)  # always lock in the same order
    execute(
        _ADD,
        route=route.pk,
        slot=slot,
        kinds=[kind for kind, _code in keys],
        codes=[code for _kind, code in keys],
        messages=[messages[key] for key in keys],
        segments=[segments[key] for key in keys],
    )


def _slot(now: datetime) -> datetime:
    return now.replace(second=now.second // SLOT_SECONDS * SLOT_SECONDS, microsecond=0)
