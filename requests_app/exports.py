"""Lists of requests as CSV files that spreadsheets open safely. No names, phones or texts of citizens."""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from requests_app.models import ServiceRequest
from requests_app.querysets import ServiceRequestQuerySet
from requests_app.spreadsheets import without_formula

MOST_ROWS = 50_000
# Not in the file, and wide.
WIDE = ("description", "extra_answers", "search_text", "neighbourhood__polygon")

Column = tuple[str | Promise, Callable[[ServiceRequest], Any]]


def _moment(value: datetime | None) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


COLUMNS: tuple[Column, ...] = (
    (_("number"), lambda row: row.number),
    (_("submitted at"), lambda row: _moment(row.submitted_at)),
    (_("kind"), lambda row: row.get_kind_display()),
    (_("category"), lambda row: row.category.label if row.category else ""),
    (_("channel"), lambda row: row.get_channel_display()),
    (_("neighbourhood"), lambda row: row.neighbourhood.name if row.neighbourhood else ""),
    (_("status"), lambda row: row.get_status_display()),
    (_("department"), lambda row: row.department.name if row.department else ""),
    (_("suggested department"), lambda row: row.suggested_department.name if row.suggested_department else ""),
    (_("due"), lambda row: _moment(row.clock_due_at)),
    (_("due by law"), lambda row: _moment(row.legal_due_at)),
    (_("finished at"), lambda row: _moment(row.closed_at)),
)


def as_csv(requests: ServiceRequestQuerySet) -> StreamingHttpResponse:
    """The first ``MOST_ROWS`` of ``requests``, sent as they are read."""
    rows = requests.select_related("category", "neighbourhood", "department", "suggested_department").defer(*WIDE)
    name = f"{timezone.localdate():%Y-%m-%d}-{requests.model._meta.model_name}.csv"
    return StreamingHttpResponse(
        _lines(rows[:MOST_ROWS], get_language() or "tr"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(rows: ServiceRequestQuerySet, language: str) -> Iterator[str]:
    # Turkish spreadsheets separate by semicolons and need the mark to see that it is UTF-8.
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff"
    # The lines are written after the view has returned.
    with translation.override(language):
        yield writer.writerow([without_formula(title) for title, _value in COLUMNS])
        for row in rows.iterator(chunk_size=1000):
            yield writer.writerow([without_formula(value(row)) for _title, value in COLUMNS])


class _Echo:
    """A file that hands every line straight back."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line
