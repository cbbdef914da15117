"""Every service request: found, read, and changed only by what its status allows."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _

from requests_app.admin import entry, filters
from requests_app.admin.pages import Place, RequestPageAdmin
from requests_app.models import ServiceRequest
from requests_app.querysets import ServiceRequestQuerySet


@admin.register(ServiceRequest)
class ServiceRequestAdmin(entry.EntryPages, RequestPageAdmin):
    """The list of all requests, and the call centre's page for new ones."""

    list_display = ("number", "status_tag", "text", "place", "department_name", "channel_name", "submitted", "clock")
    list_filter = (
        filters.StatusFilter,
        filters.DueAnywhereFilter,
        filters.DepartmentFilter,
        filters.CategoryFilter,
        filters.NeighbourhoodFilter,
        filters.ChannelFilter,
        filters.KindFilter,
        filters.AgeFilter,
    )
    ordering = ("-submitted_at",)
    empty_title = _("No application was found")
    empty_text = _("Search by number or words, or clear the filters. New applications appear here by themselves.")

    def listed(self, requests: ServiceRequestQuerySet) -> ServiceRequestQuerySet:
        """All of them."""
        return requests

    def get_urls(self) -> list[URLPattern]:
        """The entry pages besides the rest."""
        return [*self.entry_urls(), *super().get_urls()]

    def after(self, request: HttpRequest, pk: int, name: str, place: Place | None) -> str:
        """Who takes a decision back wants to decide anew."""
        if name == "restore":
            return reverse("admin:requests_app_triagerequest_change", args=[pk])
        return super().after(request, pk, name, place)
