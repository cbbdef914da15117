"""Three honest numbers about how the municipality deals with applications."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from common.memo import memo
from departments.calendar import WorkingCalendar
from requests_app.models import ServiceRequest
from requests_app.workflow import Status


@dataclass(frozen=True, slots=True)
class Numbers:
    """Open now, answered this month, and how long that took; None where nothing was answered yet."""

    open: int
    answered: int
    median_working_days: int | None


@memo(seconds=300)
def numbers() -> Numbers:
    """The numbers of the home page, counted anew every five minutes. Two queries."""
    month = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spans = _spans_since(month)
    return Numbers(
        open=ServiceRequest.objects.open().count(),
        answered=sum(count for _first, _last, count in spans),
        median_working_days=_median_working_days(spans),
    )


def _spans_since(moment: datetime) -> list[tuple[date, date, int]]:
    """Day of submission, day of closing, and how many requests share both."""
    closed = ServiceRequest.objects.filter(status=Status.CLOSED, closed_at__gte=moment).order_by()
    days = closed.annotate(first=TruncDate("submitted_at"), last=TruncDate("closed_at")).values("first", "last")
    return list(days.annotate(count=Count("pk")).values_list("first", "last", "count"))


def _median_working_days(spans: list[tuple[date, date, int]]) -> int | None:
    calendar = WorkingCalendar.load()
    lengths = sorted((calendar.working_days_between(first, last), count) for first, last, count in spans)
    middle = (sum(count for _days, count in lengths) + 1) // 2
    for days, count in lengths:
        middle -= count
        if middle <= 0:
            return days
    return None
