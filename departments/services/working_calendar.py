"""The staff's own calendar days. Deadlines follow: ``common.events.calendar_changed`` is published."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

import pghistory
from django.db import transaction

from common.errors import NotPermitted
from common.events import calendar_changed
from common.memo import forget_all
from common.saving import save_valid
from departments import policies
from departments.models import CalendarDay

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def set_calendar_day(*, actor: User, day: date, kind: str, name: str) -> CalendarDay:
    """Say that a date is a holiday, a half day or a working day, whatever the official calendar says.

    Publishes ``calendar_changed(days={day})``, so that open deadlines are counted again in the same
    transaction. Raises InvalidInput for an unknown kind. Needs ``departments.change_calendarday``.
    """
    if not policies.can_change_calendar(actor):
        raise NotPermitted
    row = CalendarDay.objects.select_for_update().filter(date=day).first() or CalendarDay(date=day)
    row.kind, row.name, row.source = kind, name, ""
    save_valid(row, actor=actor)
    announce({day})
    return row


@transaction.atomic
def clear_calendar_day(*, actor: User, day: date) -> None:
    """Let the official calendar decide about the date again. Publishes ``calendar_changed``.

    Needs ``departments.change_calendarday``.
    """
    if not policies.can_change_calendar(actor):
        raise NotPermitted
    with pghistory.context(actor=actor.pk):
        deleted, _ = CalendarDay.objects.filter(date=day).delete()
    if deleted:
        announce({day})


def announce(days: Collection[date]) -> None:
    """Tell the upper floors that these dates, or the hours of all, are something else now; in this transaction."""
    # Subscribers count with the new calendar; if this is rolled back, nobody may keep it.
    forget_all()
    try:
        calendar_changed.publish(days=frozenset(days))
    finally:
        forget_all()
    transaction.on_commit(forget_all)
