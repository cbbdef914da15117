"""İleti Merkezi's orders, read over as many rounds as it takes.

The list holds all orders of a day, a single message being one too, and each order is asked for its phones. On a busy
day that is more than one round can ask. What was read is kept, for every message that was sent around then, and the
next round goes on from there. This memory is the process's own: where it is lost, everything is read again, and until
then nothing is concluded.

In whatever order the list is, one that is read from its first page to an empty one has all orders that were there when
the first page was read, however much is added meanwhile.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from notifications.gateways import calls

# Of one round.
MOST_PAGES = 20
MOST_ORDERS = 40
ROWS_A_PAGE = 1_000
# Kept at most, newest orders first: some fifty megabytes.
MOST_PHONES = 300_000
MOST_DAYS = 3
ISTANBUL = ZoneInfo("Europe/Istanbul")

Span = tuple[datetime, datetime]
Ask = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Order:
    """An order of ours: when it was made, and what became of each phone in it, by its last ten digits."""

    number: str
    made_at: datetime
    phones: dict[str, int]


@dataclass(slots=True)
class _Day:
    """The list of a day: when each of our orders was made. Whole for what was there at ``whole_until``."""

    made_at: dict[str, datetime] = field(default_factory=dict)
    page: int = 1
    begun_at: datetime | None = None
    whole_until: datetime | None = None


class Orders:
    """What was read of the orders under one sender."""

    def __init__(self, ask: Ask, *, sender: str) -> None:
        """``ask`` a method with its content; raises what ``lookup_batch`` takes for no answer."""
        self._ask = ask
        self._sender = sender
        self._days: dict[date, _Day] = {}
        self._orders: dict[str, Order] = {}

    async def read_on(self, spans: Sequence[Span]) -> None:
        """Read in what is not known of ``spans``, as much as one round allows."""
        for day in sorted({day for span in spans for day in _days(*span)}):
            until = max(until for since, until in spans if day in _days(since, until))
            await self._read_list(day, until)
        unread = {number: at for span in spans for number, at in self._listed(*span) if number not in self._orders}
        for number, made_at in list(unread.items())[:MOST_ORDERS]:
            self._orders[number] = Order(number, made_at, await self._phones(number))
        self._forget()

    def known(self, since: datetime, until: datetime) -> tuple[list[Order], bool]:
        """The orders made in a span as far as they were read, and whether these are all there are."""
        listed = self._listed(since, until)
        read = [self._orders[number] for number, _made_at in listed if number in self._orders]
        days = [self._days.get(day, _Day()) for day in _days(since, until)]
        whole = all(day.whole_until is not None and day.whole_until >= until for day in days)
        return read, whole and len(read) == len(listed)

    def forget_growing(self) -> None:
        """Orders that are so new that their phones may not all be listed are read again in the next round."""
        settled = timezone.now() - calls.SETTLING
        self._orders = {number: order for number, order in self._orders.items() if order.made_at <= settled}

    async def _read_list(self, day: date, until: datetime) -> None:
        known = self._days.setdefault(day, _Day())
        for _page in range(MOST_PAGES):
            if known.whole_until is not None and known.whole_until >= until:
                return
            if not await self._read_page(day, known):
                return

    async def _read_page(self, day: date, known: _Day) -> bool:
        """Read the next page; returns whether there was one."""
        if known.page == 1 or known.begun_at is None:
            known.begun_at = timezone.now()
        span = {"start": f"{day:%Y-%m-%d}", "end": f"{day:%Y-%m-%d}", "page": known.page}
        orders = (await self._ask("get-reports", filter=span)).get("orders") or []
        known.made_at |= {
            str(order["id"]): datetime.fromisoformat(order["submitAt"]).replace(tzinfo=ISTANBUL)
            for order in orders
            if order["sender"] == self._sender
        }
        known.page += 1
        if not orders:
            known.page, known.whole_until = 1, known.begun_at
        return bool(orders)

    async def _phones(self, number: str) -> dict[str, int]:
        phones: dict[str, int] = {}
        page = 1
        while True:
            order = {"id": number, "page": page, "rowCount": ROWS_A_PAGE}
            rows = (await self._ask("get-report", order=order))["order"].get("message") or []
            phones |= {str(row["number"])[-10:]: int(row["status"]) for row in rows}
            if len(rows) < ROWS_A_PAGE:
                return phones
            page += 1

    def _listed(self, since: datetime, until: datetime) -> list[tuple[str, datetime]]:
        days = [self._days.get(day, _Day()) for day in _days(since, until)]
        return [(number, at) for day in days for number, at in day.made_at.items() if since <= at <= until]

    def _forget(self) -> None:
        kept = 0
        for order in sorted(self._orders.values(), key=lambda order: order.made_at, reverse=True):
            kept += len(order.phones)
            if kept > MOST_PHONES:
                del self._orders[order.number]
        for day in sorted(self._days)[:-MOST_DAYS]:
            del self._days[day]


def _days(since: datetime, until: datetime) -> list[date]:
    first, last = since.astimezone(ISTANBUL).date(), until.astimezone(ISTANBUL).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
