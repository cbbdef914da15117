"""The review queue: answers that a public-relations specialist approves or sends back."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from requests_app.admin import cells, filters
from requests_app.admin.lists import BY_URGENCY
from requests_app.admin.pages import RequestPageAdmin
from requests_app.models import Answer, AnswerState, ReviewRequest
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
        """Those under review, each with ``answer_sent_at``: when its answer was sent."""
        sent = Answer.objects.filter(request=OuterRef("pk"), state=AnswerState.SUBMITTED)
        return requests.for_review().annotate(answer_sent_at=Subquery(sent.values("submitted_at")[:1]))

    @admin.display(description=_("answered"), ordering="answer_sent_at")
    def answered(self, request: Any) -> SafeString:
        """How long the answer has been waiting."""
        return cells.age_since(request.answer_sent_at)
