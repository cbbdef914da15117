"""What is only read: who looked at contact details, and what applicants think of how it ended."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from requests_app.admin.base import ByServicesOnly
from requests_app.models import ContactReveal, Feedback


class RecordAdmin(ByServicesOnly):
    """Rows about requests, each with a link to its request."""

    list_select_related: ClassVar[Any] = ("request",)
    search_fields = ("=request__number",)
    search_help_text = _("Application number")

    @admin.display(description=_("application"), ordering="request__number")
    def number(self, row: Any) -> SafeString:
        """The request, one click away."""
        url = reverse("admin:requests_app_servicerequest_change", args=[row.request_id])
        return format_html('<a href="{}">{}</a>', url, row.request.number)


@admin.register(ContactReveal)
class ContactRevealAdmin(RecordAdmin):
    """Who saw whose contact details, when and why. Kept so that an applicant can be told."""

    list_display = ("at", "number", "user", "reason")
    list_display_links = ("at",)
    list_select_related = ("request", "user")
    fields = ("at", "number", "user", "reason")
    empty_text = _("Whoever looks at the contact details of an applicant is listed here, with the reason.")
    readonly_fields = fields
    date_hierarchy = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContactReveal]:
        """All of them, for whoever holds the permission to view them."""
        return ContactReveal.objects.order_by("-at", "-pk")


@admin.register(Feedback)
class FeedbackAdmin(RecordAdmin):
    """What applicants said after their requests were closed."""

    list_display = ("created_at", "number", "solved", "score", "comment")
    list_display_links = ("created_at",)
    list_filter = ("solved", "score")
    empty_text = _("What applicants say after their applications were closed appears here.")
    fields = ("created_at", "number", "solved", "score", "comment")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        """All of them, for whoever holds the permission to view them."""
        return Feedback.objects.order_by("-created_at", "-pk")
