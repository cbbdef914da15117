"""Lists of requests as CSV files. No names, phones or texts of citizens."""

from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from common import spreadsheets
from common.spreadsheets import Column, in_a_cell
from requests_app.querysets import ServiceRequestQuerySet

# Not in the file, and wide.
WIDE = ("description", "extra_answers", "search_text", "neighbourhood__polygon")

COLUMNS: tuple[Column, ...] = (
    (_("number"), lambda row: row.number),
    (_("submitted at"), lambda row: in_a_cell(row.submitted_at)),
    (_("kind"), lambda row: row.get_kind_display()),
    (_("category"), lambda row: row.category.label if row.category else ""),
    (_("channel"), lambda row: row.get_channel_display()),
    (_("neighbourhood"), lambda row: row.neighbourhood.name if row.neighbourhood else ""),
    (_("status"), lambda row: row.get_status_display()),
    (_("department"), lambda row: row.department.name if row.department else ""),
    (_("suggested department"), lambda row: row.suggested_department.name if row.suggested_department else ""),
    (_("due"), lambda row: in_a_cell(row.clock_due_at)),
    (_("due by law"), lambda row: in_a_cell(row.legal_due_at)),
    (_("finished at"), lambda row: in_a_cell(row.closed_at)),
)


def as_csv(requests: ServiceRequestQuerySet) -> StreamingHttpResponse:
    """The first rows of ``requests``, sent as they are read."""
    rows = requests.select_related("category", "neighbourhood", "department", "suggested_department").defer(*WIDE)
    return spreadsheets.as_csv(rows, COLUMNS, name=str(requests.model._meta.model_name))
