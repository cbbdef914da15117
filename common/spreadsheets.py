"""Tables for spreadsheets: CSV that they open safely; no cell is ever run as a formula (OWASP, CSV injection)."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MOST_ROWS = 50_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# The title, and what a row has under it.
Column = tuple[str | Promise, Callable[[Any], Any]]


def without_formula(value: Any) -> str:
    """``value`` as text that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def in_a_cell(value: Any) -> Any:
    """``value`` as a spreadsheet sorts it: days and times by year first, words for yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else value


def as_csv(rows: QuerySet[Any], columns: Sequence[Column], *, name: str) -> StreamingHttpResponse:
    """The first ``MOST_ROWS`` of ``rows``, sent as they are read. ``name`` is the file's, after the day."""
    return StreamingHttpResponse(
        _lines(rows[:MOST_ROWS], columns, get_language() or "tr"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{timezone.localdate():%Y-%m-%d}-{name}.csv"'},
    )


def _lines(rows: QuerySet[Any], columns: Sequence[Column], language: str) -> Iterator[str]:
    # Turkish spreadsheets separate by semicolons and need the mark to see that it is UTF-8.
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff"
    # The lines are written after the view has returned.
    with translation.override(language):
        yield writer.writerow([without_formula(title) for title, _value in columns])
        for row in rows.iterator(chunk_size=1000):
            yield writer.writerow([without_formula(value(row)) for _title, value in columns])


class _Echo:
    """A file that hands every line straight back."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line
