"""Recounts the clocks of open requests after the calendar changed.

A recount changes nothing a person decided, so it writes no history and raises no version.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from common import bell
from common.memo import forget_all
from departments.calendar import WorkingCalendar
from requests_app import clocks
from requests_app.models import ClockRecount, ServiceRequest

RECOUNT_BELL = "requests.recount_clocks"
CHUNK = 500


def on_calendar_changed(**facts: Any) -> None:
    """Ask for a recount; part of the transaction that changed the calendar."""
    ClockRecount.objects.create(requested_at=timezone.now())
    bell.ring(RECOUNT_BELL, queue="default")


def recount_changed() -> int:
    """Do every recount that was asked for and is not finished; returns how many requests were counted.

    Works in chunks with the place kept in the database, so a killed worker goes on where it stopped.
    """
    counted = 0
    while (chunk := _recount_chunk()) is not None:
        counted += chunk
    return counted


@transaction.atomic
def _recount_chunk() -> int | None:
    job = ClockRecount.objects.select_for_update(skip_locked=True).filter(finished_at__isnull=True).first()
    if job is None:
        return None
    forget_all()
    open_requests = ServiceRequest.objects.open().filter(pk__gt=job.reached).order_by("pk")
    chunk = list(open_requests.select_for_update(of=("self",)).select_related("category")[:CHUNK])
    calendar = WorkingCalendar.load()
    for request in chunk:
        clocks.set_clock(request, calendar)
    ServiceRequest.objects.bulk_update(chunk, clocks.CLOCK_FIELDS)
    if chunk:
        job.reached = chunk[-1].pk
    else:
        job.finished_at = timezone.now()
    job.save(update_fields=["reached", "finished_at"])
    return len(chunk)
