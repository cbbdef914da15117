"""The triage queue: received applications, each sent on its way."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from requests_app.admin import filters
from requests_app.admin.bulk import BulkRoute
from requests_app.admin.lists import BY_URGENCY, with_confidence
from requests_app.admin.pages import RequestPageAdmin
from requests_app.models import TriageRequest
from requests_app.querysets import ServiceRequestQuerySet


@admin.register(TriageRequest)
class TriageRequestAdmin(BulkRoute, RequestPageAdmin):
    """What waits for a triage decision, the most urgent first."""

    permission = "requests_app.triage"
    export_permissions = ("requests_app.triage",)
    page_template = "admin/requests_app/triage_page.html"
    is_queue = True
    ordering = BY_URGENCY
    list_display = ("age", "number", "text", "place", "channel_name", "suggestion", "clock")
    list_display_links = ("number",)
    list_select_related = ("neighbourhood", "suggested_department")
    list_filter = (
        filters.DueFilter,
        filters.AgeFilter,
        filters.NeighbourhoodFilter,
        filters.CategoryFilter,
        filters.ChannelFilter,
        filters.KindFilter,
    )
    empty_title = _("Nothing waits for triage")
    empty_text = _("New applications and those that departments return appear here.")

    def listed(self, requests: ServiceRequestQuerySet) -> ServiceRequestQuerySet:
        """Those that wait for triage."""
        return with_confidence(requests.for_triage())

    def has_triage_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether actions on the queue are offered."""
        return self.has_view_permission(request)
