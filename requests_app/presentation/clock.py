"""The running clock in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from common.templatetags import ui
from departments.calendar import WorkingCalendar
from requests_app.models import ServiceRequest
from requests_app.urgency import level_of
from requests_app.workflow import FINISHED, PAUSED


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in words. ``level`` is the modifier of the ``chip`` and ``card`` classes, or empty. ``beside_status``
    is the label for a row that says the status as well.
    """

    label: str
    level: str
    beside_status: str = ""


def due(request: ServiceRequest, now: datetime | None = None) -> Due:
    """How the clock of ``request`` stands at ``now``. No query besides the calendar, which is remembered."""
    if request.status in FINISHED:
        return Due("", "")
    if request.status in PAUSED:
        return Due(_("Clock stopped: waiting for the applicant"), "paused", beside_status=_("Clock stopped"))
    if request.clock_due_at is None:
        return Due(_("No deadline"), "paused")
    now = now or timezone.now()
    return Due(due_label(request.clock_due_at, now), level_of(request.clock_due_at, now))


def due_label(due_at: datetime, now: datetime | None = None) -> str:
    """The time left in working days, or the days late: "3 iş günü kaldı", "2 gün gecikti"."""
    now = now or timezone.now()
    today, last = timezone.localdate(now), timezone.localdate(due_at)
    if today == last:
        return _("Ended today") if due_at < now else _("Ends today")
    if last > today and (working := WorkingCalendar.load().working_days_between(today, last)):
        return ui.working_days_left(working)
    # Late, or a promise for a day on which nobody works: calendar days say it.
    return ui.days_left((last - today).days)
