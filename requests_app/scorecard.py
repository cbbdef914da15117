"""Honest numbers about how the municipality deals with applications: three at home, and the months behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone

from common.memo import memo
from departments.calendar import WorkingCalendar
from requests_app.models import ServiceRequest
from requests_app.workflow import Status

SHOWN_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Numbers:
    """Open now, answered this month, and how long that took; None where nothing was answered yet."""

    open: int
    answered: int
    median_working_days: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month, known by its first day. ``on_time`` is the share of answers within the legal period,
    in whole percent; it and the median are None where there is nothing to take them of."""

    first_day: date
    received: int
    answered: int
    on_time: int | None
    median_working_days: int | None


class _Span(NamedTuple):
    """Day of submission, day of closing, how many requests share both, and how many of them had a legal period
    and kept it."""

    first: date
    last: date
    closed: int
    with_period: int
    on_time: int


@memo(seconds=300)
def numbers() -> Numbers:
    """The numbers of the home page, counted anew every five minutes. Two queries."""
    spans = _spans_since(_start_of_month())
    return Numbers(
        open=ServiceRequest.objects.open().count(),
        answered=sum(span.closed for span in spans),
        median_working_days=_median_working_days(spans),
    )


@memo(seconds=3600)
def months() -> list[Month]:
    """The running month and the eleven before it, the newest first, counted anew every hour. Two queries."""
    since = _start_of_month()
    for _month in range(SHOWN_MONTHS - 1):
        since = (since - timedelta(days=1)).replace(day=1)
    received, spans = _received_since(since), _spans_since(since)
    days = sorted({*received, *(span.last.replace(day=1) for span in spans)}, reverse=True)
    return [_month_of(day, received.get(day, 0), [s for s in spans if s.last.replace(day=1) == day]) for day in days]


def _month_of(first_day: date, received: int, spans: list[_Span]) -> Month:
    with_period = sum(span.with_period for span in spans)
    return Month(
        first_day=first_day,
        received=received,
        answered=sum(span.closed for span in spans),
        on_time=100 * sum(span.on_time for span in spans) // with_period if with_period else None,
        median_working_days=_median_working_days(spans),
    )


def _start_of_month() -> datetime:
    return timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _received_since(moment: datetime) -> dict[date, int]:
    """How many came in, by the first day of the month."""
    rows = ServiceRequest.objects.filter(submitted_at__gte=moment).order_by()
    by_month = rows.annotate(month=TruncMonth("submitted_at")).values("month").annotate(count=Count("pk"))
    return {timezone.localtime(row["month"]).date(): row["count"] for row in by_month}


def _spans_since(moment: datetime) -> list[_Span]:
    closed = ServiceRequest.objects.filter(status=Status.CLOSED, closed_at__gte=moment).order_by()
    days = closed.annotate(first=TruncDate("submitted_at"), last=TruncDate("closed_at")).values("first", "last")
    counted = days.annotate(
        closed=Count("pk"),
        with_period=Count("legal_due_at"),
        on_time=Count("pk", filter=Q(closed_at__lte=F("legal_due_at"))),
    )
    return [_Span(**row) for row in counted]


def _median_working_days(spans: Iterable[_Span]) -> int | None:
    calendar = WorkingCalendar.load()
    lengths = sorted((calendar.working_days_between(span.first, span.last), span.closed) for span in spans)
    middle = (sum(count for _days, count in lengths) + 1) // 2
    for days, count in lengths:
        middle -= count
        if middle <= 0:
            return days
    return None
