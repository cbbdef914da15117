"""The working calendar: which days and hours the municipality works, and how periods are counted.

Official and religious holidays come from the ``holidays`` library (Law 2429 art. 2, named in Turkish); what
staff entered for a date takes the library's place. Saturdays and Sundays are free (Law 657 art. 99).
An eve (arife) is worked until ``Municipality.half_day_end``; it counts as a whole working day, because the
laws count days and not hours.

How periods are counted: the day on which something happens is not counted; holidays within a period of
calendar days are, but where its last day is a holiday it ends on the next working day (Law 2577 art. 8/1-2
for administrative periods; the same rule stands in Law 6098 art. 93 and Law 6100 art. 92-93).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from holidays.countries.turkey import Turkey

from common.memo import forget_all, memo
from departments.models import CalendarDay, Municipality

ONE_DAY = timedelta(days=1)


class DayKind(TextChoices):
    """What a date is. The first two are worked."""

    WORKING = "working", _("working day")
    HALF_DAY = "half_day", _("half day")
    HOLIDAY = "holiday", _("holiday")
    WEEKEND = "weekend", _("weekend")


@dataclass(frozen=True, slots=True)
class Day:
    """A date's kind and the name of its holiday, if any. ``by_staff`` where an override decided."""

    kind: DayKind
    name: str = ""
    by_staff: bool = False

    @property
    def is_worked(self) -> bool:
        """Whole and half days are worked."""
        return self.kind in (DayKind.WORKING, DayKind.HALF_DAY)


@dataclass(frozen=True, slots=True)
class Hours:
    """Between which times of day work is done."""

    start: time = time(8, 30)
    end: time = time(17, 30)
    half_day_end: time = time(13)

    def end_on(self, kind: DayKind) -> time:
        """Closing time on a day of that kind."""
        return self.half_day_end if kind is DayKind.HALF_DAY else self.end


class WorkingCalendar:
    """Answers about days and working time. Built once from plain data; ``load`` gives the current one."""

    def __init__(self, overrides: Mapping[date, Day] | None = None, hours: Hours | None = None) -> None:
        self.hours = hours or Hours()
        self._days: dict[date, Day] = dict(overrides or {})
        # Estimated dates beyond the announced ones (after 2032) are used too: a guess beats none.
        self._public = Turkey(language="tr", islamic_show_estimated=False)
        self._half = Turkey(language="tr", islamic_show_estimated=False, categories=("half_day",))

    @classmethod
    def load(cls) -> WorkingCalendar:
        """The calendar in force, with the municipality's hours and the staff's days. Remembered 30 s."""
        return _current()

    @classmethod
    def read(cls) -> WorkingCalendar:
        """The same, from the database at this moment; two queries."""
        overrides = {
            row.date: Day(DayKind(row.kind), row.name, by_staff=True)
            for row in CalendarDay.objects.only("date", "kind", "name")
        }
        place = Municipality.objects.first()
        return cls(overrides, Hours(place.work_start, place.work_end, place.half_day_end) if place else None)

    def day(self, on: date) -> Day:
        """What the date is."""
        if on not in self._days:
            self._days[on] = self._official(on)
        return self._days[on]

    def is_working_day(self, on: date) -> bool:
        """Whether work is done on the date; half days count."""
        return self.day(on).is_worked

    def next_working_day(self, on: date) -> date:
        """The date itself where it is worked, otherwise the first worked date after it."""
        while not self.is_working_day(on):
            on += ONE_DAY
        return on

    def add_working_days(self, start: date, days: int) -> date:
        """The last day of a period of ``days`` working days; ``start`` itself is not counted.

        Zero days end on ``start`` or on the first working day after it. Raises ValueError below zero.
        """
        _not_negative(days)
        end = start if days else self.next_working_day(start)
        for _step in range(days):
            end = self.next_working_day(end + ONE_DAY)
        return end

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after ``first`` up to and with ``last``; negative where last is earlier."""
        if last < first:
            return -self.working_days_between(last, first)
        days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def add_calendar_days(self, start: date, days: int) -> date:
        """The last day of a period of ``days`` calendar days, moved to a working day (Law 2577 art. 8/2).

        Raises ValueError below zero.
        """
        _not_negative(days)
        return self.next_working_day(start + timedelta(days=days))

    def add_working_time(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest moment at which ``duration`` of working time has passed since ``start`` (aware).

        The answer is in the municipality's time zone. Raises ValueError for a negative duration.
        """
        _not_negative(duration.total_seconds())
        moment = timezone.localtime(start, timezone.get_default_timezone())
        while duration:
            opens, closes = self.working_span(moment.date())
            begin = max(moment, opens)
            if begin < closes and duration <= closes - begin:
                return begin + duration
            duration -= max(closes - begin, timedelta())
            moment = _midnight_after(moment.date())
        return moment

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments (aware); nothing where ``end`` is earlier."""
        zone = timezone.get_default_timezone()
        start, end = timezone.localtime(start, zone), timezone.localtime(end, zone)
        spans = (
            self.working_span(start.date() + timedelta(days=day)) for day in range((end.date() - start.date()).days + 1)
        )
        return sum((max(min(end, closes) - max(start, opens), timedelta()) for opens, closes in spans), timedelta())

    def working_span(self, on: date) -> tuple[datetime, datetime]:
        """When work begins and ends on the date; twice the same moment where nobody works."""
        day = self.day(on)
        opens = _at(on, self.hours.start)
        return opens, _at(on, self.hours.end_on(day.kind)) if day.is_worked else opens

    def end_of_day(self, on: date) -> datetime:
        """The moment at which a period that ends on the date is over: closing time (Law 2577 art. 8/2)."""
        return _at(on, self.hours.end_on(self.day(on).kind))

    def special_days(self, year: int) -> list[tuple[date, Day]]:
        """The days of a year that have a name or were changed by staff; plain weekends are left out."""
        length = (date(year + 1, 1, 1) - date(year, 1, 1)).days
        days = (date(year, 1, 1) + timedelta(days=number) for number in range(length))
        return [(on, self.day(on)) for on in days if self.day(on).name or self.day(on).by_staff]

    def _official(self, on: date) -> Day:
        public, half = self._public.get(on), self._half.get(on)
        if public:
            return Day(DayKind.HOLIDAY, public)
        if on.weekday() >= 5:
            return Day(DayKind.WEEKEND, half or "")
        return Day(DayKind.HALF_DAY, half) if half else Day(DayKind.WORKING)


def forget() -> None:
    """Forget the remembered calendar, and everything else that is remembered."""
    forget_all()


@memo(seconds=30)
def _current() -> WorkingCalendar:
    return WorkingCalendar.read()


def _at(on: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(on, clock), timezone.get_default_timezone())


def _midnight_after(on: date) -> datetime:
    return _at(on + ONE_DAY, time.min)


def _not_negative(number: float) -> None:
    if number < 0:
        raise ValueError("a period cannot be negative")
