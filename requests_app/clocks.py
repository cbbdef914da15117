"""The clocks of a request: until when the law and our own target want an answer.

Sources: Law 3071 art. 7 (reasoned answer in 30 calendar days), Law 4982 art. 11 (15 working days, 30
where another body is asked). The periods themselves are data (LegalPeriod); this module only counts.
Anonymous applications are not examined under Law 3071 (art. 4 and 6), so they have no legal clock.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from common.memo import memo
from departments.calendar import WorkingCalendar
from requests_app.models import LegalPeriod, ServiceRequest
from requests_app.workflow import FINISHED, PAUSED, Status


@memo(seconds=30)
def _periods() -> tuple[LegalPeriod, ...]:
    return tuple(LegalPeriod.objects.order_by("-valid_from"))


def legal_period(kind: str, on: datetime) -> LegalPeriod | None:
    """The period that the law sets for ``kind`` at the moment ``on``, or None."""
    day = timezone.localdate(on)
    for period in _periods():
        if period.kind == kind and period.valid_from <= day and (period.valid_to is None or day < period.valid_to):
            return period
    return None


def set_clock(request: ServiceRequest, calendar: WorkingCalendar | None = None) -> None:
    """Recount every clock of ``request`` in memory; the caller saves CLOCK_FIELDS.

    Time spent waiting for the applicant does not count: the start moves on by it.
    """
    calendar = calendar or WorkingCalendar.load()
    start = request.clock_started_at + request.paused_total
    request.legal_due_at = _legal_due(request, start, calendar)
    request.target_due_at = _target_due(request, start, calendar)
    request.clock_due_at = _running_clock(request, calendar)


CLOCK_FIELDS = ("legal_due_at", "target_due_at", "clock_due_at")


def pause(request: ServiceRequest, now: datetime) -> None:
    """Stop the clocks while the applicant is asked."""
    request.paused_at = now


def resume(request: ServiceRequest, now: datetime) -> None:
    """Let the clocks run on, later by the time they stood."""
    if request.paused_at is not None:
        request.paused_total += now - request.paused_at
        request.paused_at = None


def restart(request: ServiceRequest, now: datetime) -> None:
    """Start both periods anew (a reopened request)."""
    request.clock_started_at = now
    request.paused_total = timedelta()
    request.extended = False


def _legal_due(request: ServiceRequest, start: datetime, calendar: WorkingCalendar) -> datetime | None:
    period = None if request.is_anonymous else legal_period(request.kind, request.submitted_at)
    if period is None:
        return None
    days = period.extended_days if request.extended and period.extended_days else period.days
    count = calendar.add_working_days if period.unit == LegalPeriod.Unit.WORKING else calendar.add_calendar_days
    return calendar.end_of_day(count(timezone.localdate(start), days))


def _target_due(request: ServiceRequest, start: datetime, calendar: WorkingCalendar) -> datetime | None:
    hours = request.category.target_working_hours if request.category else None
    return calendar.add_working_time(start, timedelta(hours=hours)) if hours else None


def _running_clock(request: ServiceRequest, calendar: WorkingCalendar) -> datetime | None:
    if request.status in FINISHED or request.status in PAUSED:
        return None
    if request.status == Status.SCHEDULED and request.promised_on:
        return calendar.end_of_day(request.promised_on)
    return min((due for due in (request.legal_due_at, request.target_due_at) if due), default=None)
