"""The queues of the desk: what each holds, how it is ordered, and what an empty one says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from requests_app.querysets import ServiceRequestQuerySet
from requests_app.urgency import is_due_soon, is_overdue
from requests_app.workflow import FINISHED, TO_DO, Status

FINISHED_RECENTLY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Tab:
    """One queue. ``level`` colours its count; a ``quiet`` one stands below the four that matter most."""

    code: str
    label: Promise
    rows: Callable[[datetime], Q]
    empty_title: Promise
    empty_text: Promise
    level: str = ""
    quiet: bool = False


def _in(*statuses: Status) -> Callable[[datetime], Q]:
    return lambda now: Q(status__in=statuses)


TABS = (
    Tab(
        "new",
        pgettext_lazy("queue", "New"),
        _in(Status.ROUTED),
        _("No new applications"),
        _("Applications that public relations sends to your department appear here. Accept them to start the work."),
    ),
    Tab(
        "in_progress",
        pgettext_lazy("queue", "In progress"),
        _in(Status.IN_PROGRESS),
        _("Nothing in progress"),
        _("Applications you have accepted appear here."),
    ),
    Tab(
        "due_soon",
        pgettext_lazy("queue", "Due soon"),
        lambda now: Q(status__in=TO_DO) & is_due_soon(now),
        _("Nothing falls due soon"),
        _("Applications whose period ends within three days appear here."),
        level="soon",
    ),
    Tab(
        "overdue",
        pgettext_lazy("queue", "Overdue"),
        lambda now: Q(status__in=TO_DO) & is_overdue(now),
        _("Nothing is overdue"),
        _("Applications whose period has ended without an answer appear here."),
        level="late",
    ),
    Tab(
        "waiting",
        pgettext_lazy("queue", "Waiting for the applicant"),
        _in(Status.WAITING_FOR_APPLICANT),
        _("No question is open"),
        _("Applications where you wait for the applicant's reply appear here. After a while they go on without it."),
        quiet=True,
    ),
    Tab(
        "answered",
        pgettext_lazy("queue", "Under review"),
        _in(Status.ANSWERED),
        _("No answer is under review"),
        _("Answers you have sent appear here until public relations approves them or sends them back."),
        quiet=True,
    ),
    Tab(
        "scheduled",
        pgettext_lazy("queue", "In the programme"),
        _in(Status.SCHEDULED),
        _("Nothing is in the programme"),
        _("Applications with an approved date appear here until you write what was done."),
        quiet=True,
    ),
    Tab(
        "closed",
        pgettext_lazy("queue", "Finished"),
        lambda now: Q(status__in=FINISHED, closed_at__gte=now - FINISHED_RECENTLY),
        _("Nothing was finished lately"),
        _("Applications that ended within the last thirty days appear here."),
        quiet=True,
    ),
)


def tab_of(code: str) -> Tab:
    """The queue with this code; the first one for a code that does not exist."""
    return next((tab for tab in TABS if tab.code == code), TABS[0])


def counts(requests: ServiceRequestQuerySet, now: datetime | None = None) -> dict[str, int]:
    """How many of ``requests`` lie in each queue, in one query."""
    moment = now or timezone.now()
    return requests.order_by().aggregate(**{tab.code: Count("pk", filter=tab.rows(moment)) for tab in TABS})


def rows_of(tab: Tab, requests: ServiceRequestQuerySet, now: datetime | None = None) -> ServiceRequestQuerySet:
    """What lies in the queue, the most urgent first; finished ones latest first."""
    rows = requests.filter(tab.rows(now or timezone.now()))
    return rows.order_by(F("closed_at").desc(), "-pk") if tab.code == "closed" else rows.by_urgency()
