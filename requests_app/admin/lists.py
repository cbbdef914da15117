"""What the three lists of requests share: scope, search, filters above the table, counters, export."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, FloatField, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.current import signed_in
from common.errors import InvalidInput
from common.numbers import parse_number
from common.ordering import alphabetical
from common.phones import phone_in
from common.templatetags import ui
from requests_app import exports
from requests_app.admin import cells, queues
from requests_app.admin.base import ByServicesOnly
from requests_app.admin.done import take_done
from requests_app.models import RoutingDecision, ServiceRequest
from requests_app.querysets import ServiceRequestQuerySet

# The order of ServiceRequestQuerySet.by_urgency; a list of the administration needs it spelled out.
BY_URGENCY = (F("clock_due_at").asc(nulls_last=True), "submitted_at", "pk")
NUMBER_OR_WORDS = _("Application number or words from the text")
NUMBER_WORDS_OR_PHONE = _("Application number, words from the text, or a whole phone number")


class RequestListAdmin(ByServicesOnly):
    """A list of requests in the reader's scope. Subclasses say which ones and in which order."""

    change_list_template = "admin/requests_app/request_list.html"
    search_fields = ("number",)
    # What is done to the rows stands below them: the queue itself comes first.
    actions_on_top, actions_on_bottom = False, True
    list_select_related: ClassVar[Any] = ("neighbourhood", "suggested_department", "department")
    # What somebody needs to open the list, and to export it.
    permission = "requests_app.view_servicerequest"
    export_permissions: tuple[str, ...] = ("requests_app.triage", "requests_app.review")
    # What to say while the list is empty.
    empty_title: Any = _("Nothing here")
    empty_text: Any = ""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever holds the list's permission; which rows is decided by ``visible_to``."""
        return request.user.is_active and request.user.has_perm(self.permission)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the list stands in the menu."""
        return self.has_view_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whether the list may leave as a file."""
        return self.has_view_permission(request) and any(map(request.user.has_perm, self.export_permissions))

    def get_queryset(self, request: HttpRequest) -> ServiceRequestQuerySet:
        """The requests of this list that the reader may see."""
        visible: ServiceRequestQuerySet = self.model._default_manager.all().visible_to(signed_in(request))
        return self.listed(visible).defer("search_text")

    def listed(self, requests: ServiceRequestQuerySet) -> ServiceRequestQuerySet:
        """Which of ``requests`` stand in this list."""
        return requests

    # --- Search ----------------------------------------------------------------------------------

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[ServiceRequestQuerySet, bool]:
        """By number or words; by a whole phone number for those who may."""
        term = search_term.replace("\x00", "").strip()
        if number := _as_number(term):
            return queryset.filter(number=number), False
        if _may_search_phones(request) and (phone := phone_in(term)):
            return queryset.filter(applicant__phone=phone), False
        return queryset.search(term), False

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """The list and its export; nothing is added or deleted here, so there are no such addresses."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name=self.url_name("changelist")),
            path("export/", wrap(self.export_view), name=self.url_name("export")),
        ]

    def url_name(self, page: str) -> str:
        """The name of an address of this list."""
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list under its counters, and under what was just done."""
        context = {
            "done": take_done(request),
            "counters": queues.counters(signed_in(request), here=_address(request)),
            "may_enter_here": signed_in(request).has_perm("requests_app.enter"),
            "may_export": self.has_export_permission(request),
            "export_url_name": f"admin:{self.url_name('export')}",
            "search_help": NUMBER_WORDS_OR_PHONE if _may_search_phones(request) else NUMBER_OR_WORDS,
            "empty_title": self.empty_title,
            "empty_text": self.empty_text,
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The rows of the list, as the filters in the address say, as a file."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        return exports.as_csv(self.listing(request, request.GET).queryset)

    # --- Columns ---------------------------------------------------------------------------------

    @admin.display(description=_("waiting"), ordering="submitted_at")
    def age(self, request: ServiceRequest) -> SafeString:
        """How long the applicant has been waiting."""
        return cells.age(request)

    @admin.display(description=_("text"))
    def text(self, request: ServiceRequest) -> SafeString:
        """How the text begins."""
        return cells.first_line(request)

    @admin.display(description=_("place"), ordering=alphabetical("neighbourhood__name"))
    def place(self, request: ServiceRequest) -> str:
        """Where it is."""
        return cells.place(request)

    @admin.display(description=_("channel"), ordering="channel")
    def channel_name(self, request: ServiceRequest) -> SafeString:
        """Over which channel it came."""
        return cells.channel(request)

    @admin.display(description=_("suggested department"), ordering=alphabetical("suggested_department__name"))
    def suggestion(self, request: ServiceRequest) -> SafeString:
        """Where the router would send it."""
        return cells.suggestion(request)

    @admin.display(description=_("department"), ordering=alphabetical("department__name"))
    def department_name(self, request: ServiceRequest) -> str:
        """Where it lies."""
        return request.department.label if request.department else cells.DASH

    @admin.display(description=_("came in"), ordering="submitted_at")
    def submitted(self, request: ServiceRequest) -> str:
        """The day on which it came in."""
        return ui.short_date(request.submitted_at)

    @admin.display(description=_("clock"), ordering="clock_due_at")
    def clock(self, request: ServiceRequest) -> str:
        """The running clock."""
        return cells.clock(request)

    @admin.display(description=_("status"), ordering="status")
    def status_tag(self, request: ServiceRequest) -> SafeString:
        """Where it stands."""
        return cells.status(request)


def with_confidence(requests: ServiceRequestQuerySet) -> ServiceRequestQuerySet:
    """Each request with ``confidence``: how sure the router is of its best suggestion (0 to 1)."""
    best = RoutingDecision.objects.filter(request=OuterRef("pk"), rank=1).order_by("-at")
    return requests.annotate(confidence=Subquery(best.values("confidence")[:1], output_field=FloatField()))


def _address(request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return f"{request.path}?{query}" if query else request.path


def _may_search_phones(request: HttpRequest) -> bool:
    return any(map(request.user.has_perm, ("requests_app.enter", "requests_app.reveal_contact")))


def _as_number(term: str) -> str:
    try:
        return parse_number(term)
    except InvalidInput:
        return ""
