"""NetGSM's report, read over as many rounds as it takes.

It may be asked ten times a minute for a hundred rows each, so that what was sent within minutes of a campaign takes an
hour to read. It is therefore read in slices of time. A slice that was read is kept for every message that was sent
around then; one that was not read to its end is gone on with in the next round. This memory is the process's own:
where it is lost, the slices are read again, and until then nothing is concluded.

Pages are read minutes apart, and nobody says that they keep their order. So a slice counts as read only if none of its
rows came twice: as many rows as there are, all different, are all there are.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from notifications.gateways import calls

PAGE_SIZE = 100
# Of one round; NetGSM allows ten questions a minute.
MOST_PAGES = 10
SLICE = timedelta(seconds=10)
# Kept at most, newest first: some fifty megabytes.
MOST_ROWS = 300_000

Span = tuple[datetime, datetime]
Page = list[dict[str, Any]] | None
AskForPage = Callable[[datetime, datetime, int], Awaitable[Page]]


class Row(NamedTuple):
    """What became of one message: its last ten digits, our reference of its call, number of the job, status."""

    digits: str
    reference: str
    job: str
    status: Any


@dataclass(slots=True)
class _Slice:
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    page: int = 0
    complete: bool = False

    def add(self, page: Iterable[dict[str, Any]]) -> None:
        """Take in the next page, or begin anew where it repeats what is known."""
        rows = [_row(each) for each in page]
        new = {(row.job, row.digits): row for row in rows}
        if len(new) < len(rows) or new.keys() & self.rows.keys():
            self.rows, self.page = {}, 0
            return
        self.rows |= new
        self.page += 1
        self.complete = len(rows) < PAGE_SIZE


class Report:
    """Reads spans of time: at once where they are short, else in slices, which it keeps by the time they begin."""

    def __init__(self, ask: AskForPage) -> None:
        """``ask`` for a page of a span of time, None where there is no answer."""
        self._ask = ask
        self._slices: dict[datetime, _Slice] = {}

    async def read(self, spans: Sequence[Span]) -> list[tuple[list[Row], bool]]:
        """The rows of each of ``spans`` as far as they are known now, and whether these are all there are.

        Asks ten times at most, and not while the report may still be growing.
        """
        starts = list(dict.fromkeys(start for span in spans for start in _starts(*span)))
        if not self._slices.keys() & set(starts):
            whole = await self._at_once(min(since for since, _until in spans), max(until for _since, until in spans))
            if whole is not None:
                return [(list(whole.rows.values()), whole.complete)] * len(spans)
            self._slices |= {start: _Slice() for start in starts}
            return [([], False)] * len(spans)
        await self._go_on(starts)
        return [self._known(*span) for span in spans]

    async def _at_once(self, since: datetime, until: datetime) -> _Slice | None:
        """What one round can read of a span; None where it is too long."""
        slice_ = _Slice()
        for _page in range(MOST_PAGES):
            page = await self._ask(since, until, slice_.page)
            if page is None:
                return slice_
            slice_.add(page)
            if slice_.complete:
                return slice_
        return None

    async def _go_on(self, starts: Sequence[datetime]) -> None:
        asked = 0
        for start in starts:
            slice_ = self._slices.setdefault(start, _Slice())
            while not slice_.complete and start + SLICE + calls.SETTLING <= timezone.now():
                if asked == MOST_PAGES:
                    return
                page = await self._ask(start, start + SLICE, slice_.page)
                asked += 1
                if page is None:
                    return
                slice_.add(page)
        self._forget()

    def _known(self, since: datetime, until: datetime) -> tuple[list[Row], bool]:
        slices = [self._slices.get(start, _Slice()) for start in _starts(since, until)]
        rows = [row for slice_ in slices for row in slice_.rows.values()]
        return rows, all(slice_.complete for slice_ in slices)

    def _forget(self) -> None:
        kept = 0
        for start in sorted(self._slices, reverse=True):
            kept += len(self._slices[start].rows)
            if kept > MOST_ROWS:
                del self._slices[start]


def _row(found: dict[str, Any]) -> Row:
    digits, reference = str(found.get("number", ""))[-10:], str(found.get("referansID") or "")
    return Row(digits, reference, str(found.get("jobid")), found.get("status"))


def _starts(since: datetime, until: datetime) -> list[datetime]:
    first = int(since.timestamp() // SLICE.total_seconds())
    last = int(until.timestamp() // SLICE.total_seconds())
    return [datetime.fromtimestamp(number * SLICE.total_seconds(), UTC) for number in range(first, last + 1)]
