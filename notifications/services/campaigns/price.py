"""What SMS parts of announcements cost."""

from decimal import Decimal

from notifications.lanes import Lane
from notifications.models import Route


def of(segments: int) -> Decimal | None:
    """The price of ``segments`` SMS parts in lira over the busiest route; None where that has no price."""
    route = Route.objects.busiest(Lane.BULK)
    return segments * route.price_kurus / 100 if route and route.price_kurus else None
