"""Which way a chunk goes, and when a way is left alone.

Every worker reads and writes the same rows, so all know at once that a route is paused. A route is paused when
it refuses us as a whole, or after too many errors within a minute; the pause doubles each time, up to ten
minutes. When it is over, one worker sends one small chunk, the canary; its fate closes or lengthens the pause.
"""

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from notifications import gateways
from notifications.channels import Channel
from notifications.gateways.base import NOT_TRIED, Outcome, Retry
from notifications.lanes import POLICIES, Lane
from notifications.models import Route, RoutePause
from notifications.services import tallies

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=30)
# Errors are counted over a minute: by the time of the canary those that opened the breaker are forgotten.
FIRST_PAUSE_FOR_ERRORS = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(minutes=10)
CANARY = 5
# Within a minute: so many errors, or this share of at least that many messages.
MOST_ERRORS = 50
WORST_SHARE = 0.5
LEAST_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class WayOut:
    """A route to take now; as a ``canary`` only a few messages, to see whether it works again."""

    route: Route
    canary: bool = False


def usable(lane: Lane, *, channel: str = Channel.SMS) -> list[Route]:
    """The routes that messages of ``lane`` may ever take as things are, paused or not; by weight. One query."""
    found = Route.objects.carrying(lane, channel).order_by("-weight", "code")
    return [route for route in found if gateways.is_set_up(route.gateway)]


def ways_out(lane: Lane, *, now: datetime, channel: str = Channel.SMS) -> list[WayOut]:
    """The routes that may be taken now, the one to try first in front, drawn by weight. One query.

    A route whose pause is over is offered to one worker alone, as a canary. Codes wait for no experiment:
    they are canaries only where nothing else is open. Where every route is paused for errors, they are used
    all the same, for there is nothing better; a route that refused us is not.
    """
    routes = usable(lane, channel=channel)
    healthy = [route for route in routes if _pause(route) is None]
    if lane is not Lane.OTP or not healthy:
        canary = next((route for route in routes if _take_canary(route, lane, now=now)), None)
        if canary is not None:  # it may not take everything: the others follow
            return [WayOut(canary, canary=True), *map(WayOut, _drawn(healthy))]
    offered = healthy or [route for route in routes if not _refused(route)]
    return [WayOut(route) for route in _drawn(offered)]


def judge(way: WayOut, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Pause or resume the route of ``way`` after ``outcomes``. No query where nothing went wrong.

    A canary of which nothing was handed over has shown nothing.
    """
    tried = [outcome for outcome in outcomes if outcome is not NOT_TRIED]
    refusal = next((outcome for outcome in outcomes if outcome.retry is Retry.ROUTE), None)
    errors = [outcome for outcome in outcomes if tallies.is_error(outcome)]
    if refusal is not None:
        pause(way.route, refusal, now=now)
    elif way.canary and not tried:
        give_back(way)
    elif way.canary:
        _judge_canary(way.route, errors, tried=len(tried), now=now)
    elif errors and _too_many(tallies.last_minute(way.route, now=now)):
        pause(way.route, errors[0], refused=False, now=now)


@transaction.atomic
def pause(route: Route, outcome: Outcome, *, now: datetime, refused: bool = True) -> None:
    """Leave ``route`` alone, twice as long each time, ten minutes at most. Refusals of one moment count as one."""
    known = RoutePause.objects.select_for_update().filter(route=route).first()
    if known is not None and known.until > now and known.canary_until is None and known.refused >= refused:
        return
    times = known.times + 1 if known else 1
    first = FIRST_PAUSE if refused else FIRST_PAUSE_FOR_ERRORS
    changes = {
        "until": now + min(first * 2 ** min(times - 1, 10), LONGEST_PAUSE),
        "reason": f"{outcome.code} {outcome.detail}".strip()[:300],
        "times": times,
        "refused": refused,
        "canary_until": None,
    }
    RoutePause.objects.update_or_create(route=route, defaults=changes, create_defaults={**changes, "since": now})
    log.error("route.paused", extra={"route": route.code, "code": outcome.code})


def resume(route: Route) -> None:
    """The route takes messages again."""
    RoutePause.objects.filter(route=route).delete()
    log.warning("route.resumed", extra={"route": route.code})


def give_back(way: WayOut) -> None:
    """Nothing was sent: let the next worker that has something be the canary."""
    if way.canary:
        RoutePause.objects.filter(route=way.route).update(canary_until=None)


def carries_links(lane: Lane, *, beside: Route) -> bool:
    """Whether another route in use takes messages of ``lane`` with a link in them."""
    return any(route.links_allowed and route != beside for route in usable(lane, channel=beside.channel))


def _judge_canary(route: Route, errors: list[Outcome], *, tried: int, now: datetime) -> None:
    if len(errors) * 2 >= tried:
        pause(route, errors[0], refused=False, now=now)
    else:
        resume(route)


def _too_many(minute: tallies.Minute) -> bool:
    share = minute.errors / max(minute.messages, 1)
    return minute.errors > MOST_ERRORS or (minute.messages >= LEAST_MESSAGES and share >= WORST_SHARE)


def _take_canary(route: Route, lane: Lane, *, now: datetime) -> bool:
    """Whether this worker is the one that may try ``route`` again; nobody else then, until its lease ends."""
    paused = _pause(route)
    if paused is None or paused.until > now:
        return False
    free = Q(canary_until=None) | Q(canary_until__lte=now)
    mine = RoutePause.objects.filter(free, route=route, until__lte=now)
    return mine.update(canary_until=now + POLICIES[lane].lease) == 1


def _pause(route: Route) -> RoutePause | None:
    return getattr(route, "pause", None)


def _refused(route: Route) -> bool:
    paused = _pause(route)
    return paused is not None and paused.refused


def _drawn(routes: Sequence[Route]) -> list[Route]:
    """In an order drawn by weight: a route of weight 90 is in front nine times as often as one of weight 10."""
    return sorted(routes, key=lambda route: random.random() ** (1 / route.weight), reverse=True)  # noqa: S311
