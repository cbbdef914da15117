"""The clocks of a request: until when the law and our own target want an answer.

Sources: Law 3071 art. 7 (reasoned answer in 30 calendar days), Law 4982 art. 11 (15 working days, 30
where another body is asked). The periods themselves are data (LegalPeriod); this module only counts.
Anonymous applications are not examined under Law 3071 (art. 4 and 6), so they have no legal clock; nor have
thanks, which ask for nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from common.memo import memo
from departments.calendar import WorkingCalendar
from requests_app.models import Category, LegalPeriod, ServiceRequest
from requests_app.vocabulary import NO_PETITION
from requests_app.workflow import FINISHED, PAUSED

CLOCK_FIELDS = ("legal_due_at", "target_due_at", "clock_due_at")

# Two statements, of which the second must see what was committed before the first was granted: every
# transaction that counts a clock shares COUNTING until its end, and a recount waits for all of them once.
COUNTING = 30714982
HOLD_COUNTING = "SELECT pg_advisory_xact_lock_shared(%s)"
RULES_VERSION = "SELECT coalesce(max(id), 0) FROM requests_app_clockrecount"


@dataclass(frozen=True, slots=True)
class Rules:
    """What clocks are counted by. ``targets`` are working hours, if any, by the id of the category."""

    calendar: WorkingCalendar
    periods: tuple[LegalPeriod, ...]
    targets: Mapping[int, int | None]

    def period(self, kind: str, on: datetime) -> LegalPeriod | None:
        """The period that the law sets for ``kind`` at the moment ``on``, or None."""
        day = timezone.localdate(on)
        for period in self.periods:
            if period.kind == kind and period.valid_from <= day and (period.valid_to is None or day < period.valid_to):
                return period
        return None


def rules_now() -> Rules:
    """The rules in force; a recount by newer ones waits until this transaction is over. One round trip."""
    with connection.cursor() as cursor:
        cursor.execute(f"{HOLD_COUNTING}; {RULES_VERSION}", [COUNTING])
        return rules_of(cursor.fetchone()[0])


@memo(seconds=30)
def rules_of(version: int) -> Rules:
    """The rules of a version read in this transaction. What is remembered of an older version is never used."""
    return Rules(
        calendar=WorkingCalendar.read(),
        periods=tuple(LegalPeriod.objects.order_by("-valid_from")),
        targets=dict(Category.objects.values_list("pk", "target_working_hours")),
    )


def set_clock(request: ServiceRequest, rules: Rules | None = None) -> None:
    """Recount every clock of ``request`` in memory; the caller saves CLOCK_FIELDS in the same transaction."""
    rules = rules or rules_now()
    request.legal_due_at = _legal_due(request, rules)
    request.target_due_at = _target_due(request, rules)
    request.clock_due_at = _running_clock(request, rules.calendar)


def pause(request: ServiceRequest, now: datetime) -> None:
    """Stop the clocks while the applicant is asked."""
    request.paused_at = now


def resume(request: ServiceRequest, now: datetime) -> None:
    """Let the clocks run on; the pause is kept as it was, because each clock counts it in its own unit."""
    if request.paused_at is not None and request.paused_at < now:
        request.pauses = [*request.pauses, DateTimeTZRange(request.paused_at, now)]
    request.paused_at = None


def restart(request: ServiceRequest, now: datetime) -> None:
    """Start both periods anew (a reopened request)."""
    request.clock_started_at = now
    request.pauses = []
    request.extended = False


def _legal_due(request: ServiceRequest, rules: Rules) -> datetime | None:
    outside_the_law = request.is_anonymous or request.kind in NO_PETITION
    period = None if outside_the_law else rules.period(request.kind, request.submitted_at)
    if period is None:
        return None
    calendar, first = rules.calendar, timezone.localdate(request.clock_started_at)
    if period.unit == LegalPeriod.Unit.WORKING:
        add, between = calendar.add_working_days, calendar.working_days_between
    else:
        add, between = calendar.add_calendar_days, _calendar_days_between
    return _without_pauses(
        request,
        period.extended_days if request.extended and period.extended_days else period.days,
        lambda days: calendar.end_of_day(add(first, days)),
        lambda start, end: between(timezone.localdate(start), timezone.localdate(end)),
    )


def _target_due(request: ServiceRequest, rules: Rules) -> datetime | None:
    hours = rules.targets.get(request.category_id or 0)
    if not hours:
        return None
    return _without_pauses(
        request,
        timedelta(hours=hours),
        lambda time: rules.calendar.add_working_time(request.clock_started_at, time),
        rules.calendar.working_time_between,
    )


Length = TypeVar("Length", int, timedelta)


def _without_pauses(
    request: ServiceRequest,
    length: Length,
    due_after: Callable[[Length], datetime],
    between: Callable[[datetime, datetime], Length],
) -> datetime:
    """When ``length`` has passed, longer by what ``between`` counts of each pause that began in time."""
    due = due_after(length)
    for pause in request.pauses:
        if pause.lower >= due:
            break
        length += between(pause.lower, pause.upper)
        due = due_after(length)
    return due


def _calendar_days_between(first: date, last: date) -> int:
    return (last - first).days


def _running_clock(request: ServiceRequest, calendar: WorkingCalendar) -> datetime | None:
    """What was promised to the applicant counts until it is kept or promised anew, also while an answer is written."""
    if request.status in FINISHED or request.status in PAUSED:
        return None
    if request.promised_on:
        return calendar.end_of_day(request.promised_on)
    return min((due for due in (request.legal_due_at, request.target_due_at) if due), default=None)
