"""What the stock lists of the administration lack: a sentence while they are empty, and the way to a spreadsheet."""

import copy
import logging
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from common.spreadsheets import Column, as_csv, in_a_cell

log = logging.getLogger(__name__)


class TableAdmin(admin.ModelAdmin):
    """A list that says how its rows get there while there are none, and leaves as a file where that makes sense.

    ``empty_text`` is that sentence. ``export_fields`` are fields of the model or of the page, as in
    ``list_display``: what is masked there is masked in the file. Without any there is no file.
    """

    empty_text: Any = ""
    export_fields: ClassVar[tuple[str, ...]] = ()

    def get_urls(self) -> list[URLPattern]:
        """The file beside the stock pages."""
        if not self.export_fields:
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export_view), name=name), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The rows of the list, as the search and the filters in the address say. Who took which list is in the log.

        Needs what the list itself needs.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        log.info("table.exported", extra={"table": self.opts.label_lower, "user": request.user.pk})
        rows = self.listing(request, request.GET).queryset
        return as_csv(rows, [self._column(name) for name in self.export_fields], name=str(self.opts.model_name))

    def listing(self, request: HttpRequest, filters: QueryDict) -> Any:
        """The list as ``filters`` (the query of its address) describe it; unfiltered where they make no sense."""
        other = copy.copy(request)
        other.GET = filters  # type: ignore[assignment]
        try:
            return self.get_changelist_instance(other)
        except IncorrectLookupParameters:
            other.GET = QueryDict()
            return self.get_changelist_instance(other)

    def _column(self, name: str) -> Column:
        return str(label_for_field(name, self.model, self)), self._value_of(name)

    def _value_of(self, name: str) -> Callable[[Model], Any]:
        def value_of(row: Model) -> Any:
            field, _attribute, value = lookup_field(name, row, self)
            return in_a_cell(dict(getattr(field, "flatchoices", ())).get(value, value))

        return value_of
