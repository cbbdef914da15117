"""Days, hours and periods of the working calendar. Dates of 2026 unless they say otherwise."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.calendar import Day, DayKind, Hours, WorkingCalendar, forget
from departments.models import CalendarDay, Municipality

ISTANBUL = ZoneInfo("Europe/Istanbul")
FRIDAY = date(2026, 11, 20)
REPUBLIC_EVE = date(2026, 10, 28)
RAMADAN_EVE = date(2026, 3, 19)

calendar = WorkingCalendar()
dates = st.dates(date(2024, 1, 1), date(2031, 12, 31))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
durations = st.timedeltas(timedelta(0), timedelta(hours=200))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ISTANBUL)


@pytest.mark.parametrize(
    "holiday",
    [date(2026, 1, 1), date(2026, 3, 20), date(2026, 4, 23), date(2026, 5, 27), date(2026, 7, 15), date(2026, 10, 29)],
)
def test_official_and_religious_holidays_are_not_worked(holiday: date) -> None:
    assert not calendar.is_working_day(holiday)


def test_holidays_have_turkish_names() -> None:
    assert calendar.day(date(2026, 3, 20)).name == "Ramazan Bayramı"


def test_weekends_are_not_worked() -> None:
    assert calendar.day(date(2026, 11, 21)).kind is DayKind.WEEKEND


@pytest.mark.parametrize("eve", [RAMADAN_EVE, date(2026, 5, 26), REPUBLIC_EVE])
def test_an_eve_is_a_half_day_that_counts_as_worked(eve: date) -> None:
    assert calendar.day(eve).kind is DayKind.HALF_DAY
    assert calendar.is_working_day(eve)


def test_work_ends_early_on_an_eve() -> None:
    assert calendar.end_of_day(REPUBLIC_EVE) == at(REPUBLIC_EVE, 13)


def test_an_ordinary_day_ends_at_closing_time() -> None:
    assert calendar.end_of_day(FRIDAY) == at(FRIDAY, 17, 30)


def test_an_override_makes_a_working_day_free() -> None:
    leave = WorkingCalendar({FRIDAY: Day(DayKind.HOLIDAY, "İdari izin", by_staff=True)})
    assert not leave.is_working_day(FRIDAY)


def test_an_override_makes_a_saturday_worked() -> None:
    saturday = date(2026, 11, 21)
    busy = WorkingCalendar({saturday: Day(DayKind.WORKING, "Fazla mesai", by_staff=True)})
    assert busy.add_working_days(FRIDAY, 1) == saturday


def test_working_days_skip_the_weekend() -> None:
    assert calendar.add_working_days(FRIDAY, 1) == date(2026, 11, 23)


def test_working_days_skip_a_religious_holiday() -> None:
    # Thursday the 19th is the eve; the feast and the weekend follow.
    assert calendar.add_working_days(RAMADAN_EVE, 1) == date(2026, 3, 23)


def test_fifteen_working_days_over_the_feast_of_sacrifice() -> None:
    assert calendar.add_working_days(date(2026, 5, 20), 15) == date(2026, 6, 15)


def test_no_working_days_end_on_the_next_worked_day() -> None:
    assert calendar.add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 23)


def test_a_period_in_calendar_days_counts_holidays() -> None:
    assert calendar.add_calendar_days(date(2026, 11, 2), 30) == date(2026, 12, 2)


def test_a_period_that_ends_on_a_sunday_ends_on_monday() -> None:
    assert calendar.add_calendar_days(date(2026, 11, 6), 30) == date(2026, 12, 7)


def test_a_period_that_ends_on_a_feast_ends_after_it() -> None:
    # The 27th of May is the first of four days of the feast, followed by a Sunday.
    assert calendar.add_calendar_days(date(2026, 4, 27), 30) == date(2026, 6, 1)


def test_a_period_that_ends_on_an_eve_ends_on_it() -> None:
    assert calendar.add_calendar_days(date(2026, 9, 28), 30) == REPUBLIC_EVE


def test_working_time_goes_on_the_next_morning() -> None:
    assert calendar.add_working_time(at(date(2026, 11, 18), 16), timedelta(hours=3)) == at(date(2026, 11, 19), 10)


def test_working_time_stops_at_noon_on_an_eve() -> None:
    # Four hours fit before one o'clock; the fifth is the first of Friday, after the holiday.
    assert calendar.add_working_time(at(REPUBLIC_EVE, 9), timedelta(hours=5)) == at(date(2026, 10, 30), 9, 30)


def test_working_time_before_opening_starts_at_opening() -> None:
    assert calendar.add_working_time(at(FRIDAY, 5), timedelta(hours=1)) == at(FRIDAY, 9, 30)


def test_working_time_that_fills_the_day_ends_at_closing_time() -> None:
    assert calendar.add_working_time(at(FRIDAY, 8, 30), timedelta(hours=9)) == at(FRIDAY, 17, 30)


def test_working_time_at_night_starts_on_the_next_day_of_istanbul() -> None:
    # 22.00 UTC on Thursday is Friday 01.00 in Istanbul.
    late = datetime(2026, 11, 19, 22, tzinfo=UTC)
    assert calendar.add_working_time(late, timedelta(hours=1)) == at(FRIDAY, 9, 30)


@pytest.mark.parametrize("count", ["add_working_days", "add_calendar_days"])
def test_a_negative_period_is_refused(count: str) -> None:
    with pytest.raises(ValueError, match="negative"):
        getattr(calendar, count)(FRIDAY, -1)


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        calendar.add_working_time(at(FRIDAY, 9), timedelta(hours=-1))


def test_the_year_lists_holidays_half_days_and_overrides() -> None:
    leave = Day(DayKind.HOLIDAY, "İdari izin", by_staff=True)
    listed = dict(WorkingCalendar({date(2026, 3, 23): leave}).special_days(2026))
    assert listed[date(2026, 3, 23)] == leave
    assert listed[RAMADAN_EVE].kind is DayKind.HALF_DAY
    assert listed[date(2026, 4, 23)].kind is DayKind.HOLIDAY
    assert FRIDAY not in listed


@given(start=dates, days=st.integers(0, 60))
def test_a_period_of_working_days_ends_on_a_worked_day(start: date, days: int) -> None:
    assert calendar.is_working_day(calendar.add_working_days(start, days))


@given(start=dates, days=st.integers(1, 60))
def test_counting_back_gives_the_number_of_working_days(start: date, days: int) -> None:
    assert calendar.working_days_between(start, calendar.add_working_days(start, days)) == days


@given(start=dates, first=st.integers(0, 30), second=st.integers(1, 30))
def test_periods_of_working_days_add_up(start: date, first: int, second: int) -> None:
    start = calendar.next_working_day(start)
    in_two_steps = calendar.add_working_days(calendar.add_working_days(start, first), second)
    assert in_two_steps == calendar.add_working_days(start, first + second)


@given(first=dates, last=dates)
def test_working_days_between_change_sign_when_turned_round(first: date, last: date) -> None:
    assert calendar.working_days_between(first, last) == -calendar.working_days_between(last, first)


@given(start=dates, days=st.integers(0, 90))
def test_a_period_of_calendar_days_is_moved_over_free_days_only(start: date, days: int) -> None:
    end, wished = calendar.add_calendar_days(start, days), start + timedelta(days=days)
    between = [wished + timedelta(days=number) for number in range((end - wished).days)]
    assert calendar.is_working_day(end)
    assert not any(calendar.is_working_day(day) for day in between)


@given(start=moments, duration=durations)
def test_working_time_never_ends_outside_of_working_hours(start: datetime, duration: timedelta) -> None:
    end = calendar.add_working_time(start, duration).astimezone(ISTANBUL)
    opens, closes = calendar.working_span(end.date())
    assert end == start or opens < end <= closes


@given(start=moments, first=durations, second=durations)
def test_working_time_adds_up(start: datetime, first: timedelta, second: timedelta) -> None:
    in_two_steps = calendar.add_working_time(calendar.add_working_time(start, first), second)
    assert in_two_steps == calendar.add_working_time(start, first + second)


@given(start=moments, duration=durations)
def test_working_time_between_is_what_was_added(start: datetime, duration: timedelta) -> None:
    assert calendar.working_time_between(start, calendar.add_working_time(start, duration)) == duration


def test_a_night_and_a_weekend_hold_no_working_time() -> None:
    friday, monday = at(date(2026, 9, 11), 18), at(date(2026, 9, 14), 8)
    assert calendar.working_time_between(friday, monday) == timedelta()


def test_there_is_no_working_time_backwards() -> None:
    assert calendar.working_time_between(at(FRIDAY, 12), at(FRIDAY, 10)) == timedelta()


@given(start=moments, later=durations, duration=durations)
def test_who_starts_later_ends_later(start: datetime, later: timedelta, duration: timedelta) -> None:
    early, late = (calendar.add_working_time(moment, duration) for moment in (start, start + later))
    assert early <= late


@pytest.mark.django_db
def test_the_loaded_calendar_knows_the_municipality_and_its_days(place: Municipality) -> None:
    place.half_day_end = time(12)
    place.save()
    CalendarDay.objects.create(date=FRIDAY, kind=CalendarDay.Kind.HALF_DAY, name="Kutlama")
    loaded = WorkingCalendar.load()
    assert loaded.hours == Hours(time(8, 30), time(17, 30), time(12))
    assert loaded.end_of_day(FRIDAY) == at(FRIDAY, 12)


@pytest.mark.django_db
def test_the_loaded_calendar_is_remembered_until_forgotten() -> None:
    assert WorkingCalendar.load().is_working_day(FRIDAY)
    CalendarDay.objects.create(date=FRIDAY, kind=CalendarDay.Kind.HOLIDAY, name="İdari izin")
    assert WorkingCalendar.load().is_working_day(FRIDAY)
    forget()
    assert not WorkingCalendar.load().is_working_day(FRIDAY)
