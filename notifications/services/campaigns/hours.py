"""When announcements rest: no phone rings at night for something that can wait."""

from datetime import datetime, time

from django.conf import settings
from django.utils import timezone


def are_quiet(now: datetime) -> bool:
    """Whether announcements wait at ``now``, by the clock of the municipality (settings.QUIET_HOURS)."""
    begin, end = settings.QUIET_HOURS
    clock = timezone.localtime(now).time()
    return _within(clock, begin, end) if begin < end else not _within(clock, end, begin)


def _within(clock: time, begin: time, end: time) -> bool:
    return begin <= clock < end
