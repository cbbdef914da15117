"""The counters of the queues: on the first page of the administration and on top of every queue."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from requests_app.models import ServiceRequest
from requests_app.urgency import is_due_soon, is_overdue
from requests_app.workflow import TO_DO, Status

TRIAGE, REVIEW = "requests_app.triage", "requests_app.review"


@dataclass(frozen=True, slots=True)
class Counter:
    """A number with the list behind it. ``level`` is late, soon or empty."""

    label: str | Promise
    count: int
    url: str
    level: str = ""
    is_current: bool = False


def counters(user: User, *, here: str = "") -> list[Counter]:
    """The counters of the queues ``user`` works on. One query; ``here`` is the address of the page shown."""
    may_triage, may_review = user.has_perm(TRIAGE), user.has_perm(REVIEW)
    if not may_triage and not may_review:
        return []
    counted = _count(user)
    found = [*(_triage(counted) if may_triage else []), *(_review(counted) if may_review else [])]
    return [_marked(counter, here) for counter in found]


def _count(user: User) -> dict[str, int]:
    now = timezone.now()
    received, answered = Q(status=Status.RECEIVED), Q(status=Status.ANSWERED)
    late, soon = is_overdue(now), is_due_soon(now)
    asked = Q(status=Status.WAITING_FOR_APPLICANT)
    overdue = late & Q(status__in=TO_DO)
    queued = ServiceRequest.objects.visible_to(user).filter(received | answered | asked | overdue)
    return queued.aggregate(
        waiting=Count("pk", filter=received),
        late=Count("pk", filter=received & late),
        soon=Count("pk", filter=received & soon),
        asked=Count("pk", filter=asked),
        overdue=Count("pk", filter=overdue),
        answered=Count("pk", filter=answered),
        answered_late=Count("pk", filter=answered & late),
    )


def _triage(counted: dict[str, int]) -> list[Counter]:
    url = reverse("admin:requests_app_triagerequest_changelist")
    everywhere = reverse("admin:requests_app_servicerequest_changelist")
    asked = f"{everywhere}?status={Status.WAITING_FOR_APPLICANT.value}"
    overdue = f"{everywhere}?due=departments"
    return [
        Counter(_("Waiting for triage"), counted["waiting"], url),
        Counter(_("Overdue in triage"), counted["late"], f"{url}?due=late", "late" if counted["late"] else ""),
        Counter(_("Due soon in triage"), counted["soon"], f"{url}?due=soon", "soon" if counted["soon"] else ""),
        Counter(_("Waiting for the applicant"), counted["asked"], asked),
        Counter(_("Overdue at the departments"), counted["overdue"], overdue, "late" if counted["overdue"] else ""),
    ]


def _review(counted: dict[str, int]) -> list[Counter]:
    url = reverse("admin:requests_app_reviewrequest_changelist")
    level = "late" if counted["answered_late"] else ""
    return [Counter(_("Answers to review"), counted["answered"], url, level)]


def _marked(counter: Counter, here: str) -> Counter:
    return Counter(counter.label, counter.count, counter.url, counter.level, is_current=counter.url == here)
