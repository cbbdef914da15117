"""How many segments a second a route may send, for all workers together.

One row a route holds what may be sent now. It fills with time up to one second's worth and is charged with what
each claim takes, in the claim's own transaction, so a claim that is rolled back costs nothing. Announcements
wait until there is enough; everything else is sent at once, into debt if need be, and the announcements then
wait longer. What was sent over any long time is therefore the rate exactly, and an announcement never makes
a code wait. The database's clock counts, one for all.
"""

from dataclasses import dataclass

from notifications.lanes import Lane
from notifications.models import Route
from notifications.services.ledgers.base import execute

# A bulk claim waits for half a second's worth, so that its calls are not tiny; the rest of the second is leeway
# for whoever wakes up late, whose segments would otherwise be lost.
WORTHWHILE_SECONDS = 0.5

_CHARGE = """
INSERT INTO notifications_routeallowance AS allowance (route_id, segments, at)
VALUES (%(route)s, %(rate)s - %(taken)s, clock_timestamp())
ON CONFLICT (route_id) DO UPDATE
   SET segments = LEAST(%(rate)s, allowance.segments
                        + %(rate)s * GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - allowance.at))) - %(taken)s,
       at = GREATEST(allowance.at, clock_timestamp())
RETURNING segments
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many messages may be claimed, of how many segments together; none for another ``wait`` seconds.

    Without ``segments`` they may be as long as they like.
    """

    messages: int
    segments: int | None = None
    wait: float = 0.0


def allowance(route: Route, lane: Lane, *, wanted: int) -> Allowance:
    """What a claim of ``lane`` may take of ``wanted`` messages. To be called in the claim's transaction.

    For an announcement the row stays locked until that ends: two workers never spend the same segments.
    """
    if route.segments_per_second is None or lane is not Lane.BULK:
        return Allowance(wanted)
    saved = _charge(route, 0)
    worthwhile = max(1.0, min(wanted, route.segments_per_second * WORTHWHILE_SECONDS))
    if saved < worthwhile:
        return Allowance(0, wait=(worthwhile - saved) / route.segments_per_second)
    return Allowance(min(wanted, int(saved)), segments=int(saved))


def charge(route: Route, segments: int) -> None:
    """Take ``segments`` from what ``route`` may send. To be called in the claim's transaction."""
    if route.segments_per_second is not None and segments:
        _charge(route, segments)


def give_back(route: Route, segments: int) -> None:
    """Return ``segments`` of messages that were claimed and not sent. More than a second's worth is not kept."""
    charge(route, -segments)


def _charge(route: Route, taken: int) -> float:
    rate = float(route.segments_per_second or 0)
    return float(execute(_CHARGE, route=route.pk, rate=rate, taken=float(taken))[0][0])
