"""The review queue: answers that a public-relations specialist approves or sends back."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from requests_app.admin import cells, filters
from requests_app.admin.lists import BY_URGENCY
from requests_app.admin.pages import RequestPageAdmin
from requests_app.models import ReviewRequest, ServiceRequest
from requests_app.querysets import ServiceRequestQuerySet


@admin.register(ReviewRequest)
class ReviewRequestAdmin(RequestPageAdmin):
    """The answers under review, the most urgent first."""

    permission = "requests_app.review"
    export_permissions = ("requests_app.review",)
    page_template = "admin/requests_app/review_page.html"
    is_queue = True
    ordering = BY_URGENCY
    list_display = ("number", "text", "department_name", "category", "answered", "clock")
    list_select_related = ("department", "category", "neighbourhood")
    list_filter = (
        filters.DueFilter,
        filters.DepartmentFilter,
        filters.CategoryFilter,
        filters.NeighbourhoodFilter,
        filters.ChannelFilter,
        filters.KindFilter,
    )
    empty_title = _("No answer waits for review")
    empty_text = _("Answers appear here when the head of a department sends them.")

    def listed(self, requests: ServiceRequestQuerySet) -> ServiceRequestQuerySet:
        """Those under review."""
        return requests.for_review()

    @admin.display(description=_("answered"), ordering="updated_at")
    def answered(self, request: ServiceRequest) -> SafeString:
        """How long the answer has been waiting."""
        return cells.age_since(request.updated_at)
