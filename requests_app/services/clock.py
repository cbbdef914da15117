"""Recounts the clocks of open requests after the calendar changed.

A recount changes nothing a person decided, so it writes no history and raises no version.
"""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from common import bell
from requests_app import clocks
from requests_app.models import ClockRecount, ServiceRequest

RECOUNT_BELL = "requests.recount_clocks"
CHUNK = 500
# Changes of the rules are announced one after the other, so that the newest announcement is the last committed.
ANNOUNCING = 30714983


def on_calendar_changed(**facts: Any) -> None:
    """Ask for a recount; part of the transaction that changed calendar, periods or targets, and after the change.

    The row is also the new version of the rules: from its commit on nobody counts by remembered older ones.
    """
    _lock_exclusively(ANNOUNCING)
    ClockRecount.objects.create(requested_at=timezone.now())
    bell.ring(RECOUNT_BELL, queue="default")


def recount_changed() -> int:
    """Do every recount that was asked for and is not finished; returns how many requests were counted.

    Works in chunks with the place kept in the database, so a killed worker goes on where it stopped.
    """
    counted = 0
    while (job := ClockRecount.objects.filter(finished_at__isnull=True).first()) is not None:
        if not job.reached:
            _let_running_counts_end()
        chunk = _recount_chunk(job.pk)
        if chunk is None:  # another worker is at it
            break
        counted += chunk
    return counted


@transaction.atomic
def _let_running_counts_end() -> None:
    """Wait for whoever counts by older rules and has not committed; who begins after this counts by the new ones."""
    _lock_exclusively(clocks.COUNTING)


@transaction.atomic
def _recount_chunk(job_id: int) -> int | None:
    waiting = ClockRecount.objects.select_for_update(skip_locked=True)
    job = waiting.filter(pk=job_id, finished_at__isnull=True).first()
    if job is None:
        return None
    open_requests = ServiceRequest.objects.open().filter(pk__gt=job.reached).order_by("pk")
    chunk = list(open_requests.select_for_update(of=("self",))[:CHUNK])
    rules = clocks.rules_now()
    for request in chunk:
        clocks.set_clock(request, rules)
    ServiceRequest.objects.bulk_update(chunk, clocks.CLOCK_FIELDS)
    if chunk:
        job.reached = chunk[-1].pk
    else:
        job.finished_at = timezone.now()
    job.save(update_fields=["reached", "finished_at"])
    return len(chunk)


def _lock_exclusively(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
