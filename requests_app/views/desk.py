"""The queues of a department."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.models import Delegation, Department
from requests_app import files, presentation
from requests_app.forms.desk_filters import QueueFilter
from requests_app.models import Answer, AnswerState, Attachment, ServiceRequest
from requests_app.views.desk_access import Desk, desk_view, remember_queue
from requests_app.views.desk_tabs import TABS, Tab, counts, rows_of, tab_of

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Card:
    """One request as its card shows it."""

    request: ServiceRequest
    due: presentation.Due
    place: str
    photo_url: str


@require_safe
@desk_view
def queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One queue with its filters; the counts of all queues follow the same filters."""
    remember_queue(request)
    chosen = choose(request, desk)
    page = Paginator(_with_what_a_card_shows(chosen.rows), PER_PAGE).get_page(request.GET.get("page"))
    found = counts(chosen.filter.qs)
    context = {
        "tabs": [_tab_link(request, each, chosen.tab, found) for each in TABS if not each.quiet],
        "quiet_tabs": [_tab_link(request, each, chosen.tab, found) for each in TABS if each.quiet],
        "tab": chosen.tab,
        "filter": chosen.filter,
        "page_obj": page,
        "cards": _cards(page),
        "department_name": _department_name(chosen.departments),
        "several_departments": len(chosen.departments) > 1,
        "delegations": Delegation.objects.running().filter(delegate=desk.user).select_related("head", "department"),
        "export_query": request.GET.urlencode(),
    }
    return render(request, "desk/queue.html", context)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for: a queue, narrowed and ordered."""

    departments: list[Department]
    filter: QueueFilter
    tab: Tab

    @property
    def rows(self) -> QuerySet[ServiceRequest]:
        """The requests of the queue in the order asked for."""
        rows = rows_of(self.tab, self.filter.qs)
        order = self.filter.form.cleaned_data.get("sort")
        return self.filter.order(rows, "sort", order) if order else rows


def choose(request: HttpRequest, desk: Desk) -> Choice:
    """Read the address. Values that do not exist are left out and shown as errors of the filter."""
    departments = list(Department.objects.filter(pk__in=desk.roles.all))
    narrowed = QueueFilter(request.GET, desk.requests(), departments=departments)
    return Choice(departments, narrowed, tab_of(request.GET.get("tab", "")))


def _with_what_a_card_shows(rows: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    answers = Answer.objects.filter(request=OuterRef("pk"))
    pictures = Attachment.objects.filter(answer=None, note=None, content_type__startswith="image/")
    return (
        rows.select_related("department", "neighbourhood", "category")
        .defer("extra_answers", "search_text", "neighbourhood__polygon")
        .prefetch_related(Prefetch("attachments", queryset=pictures, to_attr="pictures"))
        .annotate(
            has_draft=Exists(answers.filter(state=AnswerState.DRAFT)),
            was_returned=Exists(answers.filter(state=AnswerState.RETURNED)),
        )
    )


def _cards(page: Page[ServiceRequest]) -> list[Card]:
    now = timezone.now()
    return [
        Card(
            request=row,
            due=presentation.due(row, now),
            place=presentation.place_of(row),
            photo_url=files.small_link_for(row.pictures[0]) if row.pictures else "",  # type: ignore[attr-defined]
        )
        for row in page
    ]


def _tab_link(request: HttpRequest, tab: Tab, current: Tab, found: dict[str, int]) -> dict[str, object]:
    query = request.GET.copy()
    query["tab"] = tab.code
    query.pop("page", None)
    return {
        "label": tab.label,
        "url": f"?{query.urlencode()}",
        "count": found[tab.code],
        "current": tab is current,
        "level": tab.level,
    }


def _department_name(departments: list[Department]) -> str:
    if len(departments) == 1:
        return departments[0].label
    return _("%(count)d departments") % {"count": len(departments)}
