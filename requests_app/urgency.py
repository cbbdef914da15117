"""When a request is overdue and when it is due soon: the one definition, for the database and for one request.

Where no clock runs (finished, or waiting for the applicant) ``clock_due_at`` is empty, so it is neither.
"""

from datetime import datetime, timedelta

from django.db.models import Q

DUE_SOON = timedelta(days=3)


def is_overdue(now: datetime) -> Q:
    """The clock has run out."""
    return Q(clock_due_at__lt=now)


def is_due_soon(now: datetime) -> Q:
    """The clock runs out within DUE_SOON but has not yet."""
    return Q(clock_due_at__gte=now, clock_due_at__lt=now + DUE_SOON)


def level_of(due_at: datetime, now: datetime) -> str:
    """The same in one word for a clock that runs: ``late``, ``soon`` or ``ok``."""
    if due_at < now:
        return "late"
    return "soon" if due_at < now + DUE_SOON else "ok"
