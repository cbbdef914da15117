"""When announcements rest: no phone rings at night for something that can wait."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone


def are_quiet(now: datetime) -> bool:
    """Whether announcements wait at ``now``, by the clock of the municipality (settings.QUIET_HOURS)."""
    begin, end = settings.QUIET_HOURS
    clock = timezone.localtime(now).time()
    return _within(clock, begin, end) if begin < end else not _within(clock, end, begin)


def begin_after(at: datetime) -> datetime:
    """When the first quiet hours after ``at`` begin."""
    begin, _end = settings.QUIET_HOURS
    today = timezone.localtime(at).replace(hour=begin.hour, minute=begin.minute, second=0, microsecond=0)
    return today if today > at else today + timedelta(days=1)


def _within(clock: time, begin: time, end: time) -> bool:
    return begin <= clock < end
