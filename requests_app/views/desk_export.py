"""A queue of the desk as a table for a spreadsheet."""

from typing import cast

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from requests_app.exports import as_csv
from requests_app.querysets import ServiceRequestQuerySet
from requests_app.views.desk import choose
from requests_app.views.desk_access import Desk, desk_view


@require_safe
@desk_view
def export(request: HttpRequest, desk: Desk) -> StreamingHttpResponse:
    """The queue, filters and order of the address as CSV, without anything personal."""
    return as_csv(cast(ServiceRequestQuerySet, choose(request, desk).rows))
