"""The staff's own calendar days."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from common.events import calendar_changed
from departments.calendar import DayKind, WorkingCalendar
from departments.models import CalendarDay
from departments.services import working_calendar

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 20)
REPUBLIC_DAY = date(2026, 10, 29)


def test_a_day_becomes_free(administrator: User) -> None:
    assert WorkingCalendar.load().is_working_day(FRIDAY)
    working_calendar.set_calendar_day(actor=administrator, day=FRIDAY, kind="holiday", name="İdari izin")
    assert not WorkingCalendar.load().is_working_day(FRIDAY)


def test_a_holiday_becomes_worked(administrator: User) -> None:
    working_calendar.set_calendar_day(actor=administrator, day=REPUBLIC_DAY, kind="working", name="Nöbet")
    assert WorkingCalendar.load().is_working_day(REPUBLIC_DAY)


def test_setting_a_day_again_changes_it(administrator: User) -> None:
    for kind in ("holiday", "half_day"):
        working_calendar.set_calendar_day(actor=administrator, day=FRIDAY, kind=kind, name="İdari izin")
    assert CalendarDay.objects.get().kind == "half_day"


def test_subscribers_hear_of_it_and_already_count_with_it(administrator: User, told: list[Any]) -> None:
    working_calendar.set_calendar_day(actor=administrator, day=FRIDAY, kind="holiday", name="İdari izin")
    assert told == [({FRIDAY}, {FRIDAY: DayKind.HOLIDAY})]


def test_clearing_gives_the_day_back_to_the_law(administrator: User, told: list[Any]) -> None:
    working_calendar.set_calendar_day(actor=administrator, day=REPUBLIC_DAY, kind="working", name="Nöbet")
    working_calendar.clear_calendar_day(actor=administrator, day=REPUBLIC_DAY)
    assert told[-1] == ({REPUBLIC_DAY}, {REPUBLIC_DAY: DayKind.HOLIDAY})


def test_clearing_an_ordinary_day_tells_nobody(administrator: User, told: list[Any]) -> None:
    working_calendar.clear_calendar_day(actor=administrator, day=FRIDAY)
    assert told == []


def test_a_subscribers_refusal_leaves_the_calendar_as_it_was(administrator: User) -> None:
    def refuse(**facts: Any) -> None:
        raise RuntimeError("no")

    calendar_changed.subscribe(refuse)
    try:
        with pytest.raises(RuntimeError):
            working_calendar.set_calendar_day(actor=administrator, day=FRIDAY, kind="holiday", name="İdari izin")
    finally:
        calendar_changed._subscribers.remove(refuse)
    assert WorkingCalendar.load().is_working_day(FRIDAY)


def test_an_unknown_kind_is_refused(administrator: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        working_calendar.set_calendar_day(actor=administrator, day=FRIDAY, kind="party", name="Parti")
    assert refusal.value.field == "kind"


def test_a_day_needs_a_name(administrator: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        working_calendar.set_calendar_day(actor=administrator, day=FRIDAY, kind="holiday", name="")
    assert refusal.value.field == "name"


@pytest.mark.parametrize("verb", ["set", "clear"])
def test_only_who_may_changes_the_calendar(person: Callable[..., User], verb: str) -> None:
    with pytest.raises(NotPermitted):
        if verb == "set":
            working_calendar.set_calendar_day(actor=person("biri"), day=FRIDAY, kind="holiday", name="İzin")
        else:
            working_calendar.clear_calendar_day(actor=person("biri"), day=FRIDAY)


def test_a_removed_day_stays_in_the_history(administrator: User) -> None:
    day = working_calendar.set_calendar_day(actor=administrator, day=FRIDAY, kind="holiday", name="İdari izin")
    events = day.events.model.objects.filter(pgh_obj_id=day.pk).order_by("pgh_id")
    working_calendar.clear_calendar_day(actor=administrator, day=FRIDAY)
    assert [event.pgh_label for event in events] == ["insert", "delete"]
