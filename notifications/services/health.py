"""How the routes and lanes are doing, in a handful of queries; for the administration's page and for Prometheus."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone

from notifications import gateways
from notifications.lanes import Lane
from notifications.models import Route, RoutePause, RouteTally
from notifications.services import ledgers

RECENT = timedelta(minutes=5)
_PROBLEMS = (RouteTally.Kind.REFUSED, RouteTally.Kind.ERROR, RouteTally.Kind.ROUTE, RouteTally.Kind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Problem:
    """How often something went wrong today. ``kind`` says whether it speaks against route or message."""

    kind: str
    code: str
    messages: int


@dataclass(slots=True)
class RouteHealth:
    """One route: taken in the last minutes, parts and money today, what arrived, what went wrong, its pause."""

    route: Route
    can_sign_in: bool
    recent: int = 0
    accepted: int = 0
    segments: int = 0
    delivered: int = 0
    undelivered: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def pause(self) -> RoutePause | None:
        """Since when, until when and why nothing, or less, goes over it."""
        return getattr(self.route, "pause", None)

    @property
    def per_minute(self) -> float:
        """Messages taken a minute, over the last minutes."""
        return self.recent / (RECENT.total_seconds() / 60)

    @property
    def spent(self) -> Decimal:
        """Today's parts at their price, in lira."""
        return self.segments * self.route.price_kurus / 100

    @property
    def delivered_percent(self) -> float | None:
        """Of a hundred messages that we have a receipt of today, how many arrived; None without any receipt."""
        known = self.delivered + self.undelivered
        return 100 * self.delivered / known if known else None


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits in a lane: how many, since when the oldest has been due, and how long that is."""

    lane: Lane
    messages: int
    oldest: datetime
    age: timedelta


@dataclass(frozen=True, slots=True)
class Health:
    """Everything, at one moment."""

    routes: list[RouteHealth]
    queues: list[Queue]


def report() -> Health:
    """How things are now, and were since midnight; routes in use first. For whoever may see routes."""
    now = timezone.now()
    routes = Route.objects.select_related("pause").order_by("-is_active", "name")
    found = {route.pk: RouteHealth(route, can_sign_in=gateways.is_set_up(route.gateway)) for route in routes}
    for row in _tallies(now):
        _count(found[row["route_id"]], row)
    shown = [each for each in found.values() if each.route.is_active or each.accepted or each.problems]
    return Health(shown, _queues(now))


def _tallies(now: datetime) -> Iterable[Any]:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = RouteTally.objects.filter(slot__gte=min(midnight, now - RECENT))
    return (
        today.order_by()
        .values("route_id", "kind", "code")
        .annotate(
            recent=Sum("messages", filter=Q(slot__gt=now - RECENT), default=0),
            today=Sum("messages", filter=Q(slot__gte=midnight), default=0),
            parts=Sum("segments", filter=Q(slot__gte=midnight), default=0),
        )
    )


def _count(health: RouteHealth, row: dict[str, Any]) -> None:
    kind = row["kind"]
    if kind == RouteTally.Kind.ACCEPTED:
        health.recent += row["recent"]
        health.accepted += row["today"]
        health.segments += row["parts"]
    elif kind == RouteTally.Kind.DELIVERED:
        health.delivered += row["today"]
    elif kind == RouteTally.Kind.UNDELIVERED:
        health.undelivered += row["today"]
    if kind in _PROBLEMS and row["today"]:
        health.problems.append(Problem(str(RouteTally.Kind(kind).label), row["code"], row["today"]))
        health.problems.sort(key=lambda problem: -problem.messages)


def _queues(now: datetime) -> list[Queue]:
    messages: dict[Lane, int] = defaultdict(int)
    oldest: dict[Lane, datetime] = {}
    for ledger in ledgers.ALL:
        for waiting in ledger.waiting(now):
            messages[waiting.lane] += waiting.messages
            oldest[waiting.lane] = min(waiting.oldest, oldest.get(waiting.lane, now))
    since = {lane: oldest.get(lane, now) for lane in Lane}
    return [Queue(lane, messages[lane], since[lane], now - since[lane]) for lane in Lane]
