"""What SMS parts of announcements cost."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from notifications.models import Route


def of(segments: int, routes: Iterable[Route]) -> Decimal | None:
    """The price of ``segments`` SMS parts in lira over the dearest of ``routes``; None where none has a price."""
    dearest = max((route.price_kurus for route in routes), default=Decimal())
    return segments * dearest / 100 if dearest else None


def of_sent(by_route: Mapping[str, int]) -> Decimal | None:
    """What parts cost in lira that were sent, counted by the code of their route; None where a price is missing."""
    prices = dict(Route.objects.filter(code__in=by_route).values_list("code", "price_kurus"))
    if not by_route or not all(prices.get(code) for code in by_route):
        return None
    return sum((segments * prices[code] for code, segments in by_route.items()), Decimal()) / 100
