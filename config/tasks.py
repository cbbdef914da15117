"""The project's own periodic tasks: the heartbeat that readiness looks for, and sessions."""

import logging
import time
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command

from common.bell import LATE
from config.metrics import late_starts

log = logging.getLogger(__name__)

FRESH_SECONDS = 60
# One after the other the spans meet without a gap: what is younger than LATE cannot be late yet.
WATCHED_SPAN = timedelta(minutes=1) + LATE


@shared_task(name="config.heartbeat")
def heartbeat(queue: str) -> None:
    """Say that scheduler, broker and the worker that serves ``queue`` are alive."""
    cache.set(_heartbeat_key(queue), time.time(), timeout=FRESH_SECONDS)


def silent_queues() -> list[str]:
    """The queues whose worker was not heard of for a minute, by the names of their settings."""
    heard = cache.get_many([_heartbeat_key(queue) for queue in settings.WORKER_QUEUES])
    return [queue for queue in settings.WORKER_QUEUES if _heartbeat_key(queue) not in heard]


def _heartbeat_key(queue: str) -> str:
    return f"worker-heartbeat:{queue}"


@shared_task(name="config.watch_bells")
def watch_bells() -> None:
    """Every minute: say in the log what no worker began in time. Whoever rang may not know that nobody heard."""
    late = {work: count for work, count in late_starts(WATCHED_SPAN).items() if count}
    if late:
        log.warning("bells.unheard", extra=late)


@shared_task(name="config.housekeeping")
def housekeeping() -> None:
    """Delete sessions that have expired; they may name a phone that somebody looked for."""
    call_command("clearsessions")


@worker_ready.connect
def first_heartbeat(sender: Any, **kwargs: Any) -> None:
    """Whoever waits for readiness need not wait for the scheduler's first turn."""
    for queue in sender.app.amqp.queues.consume_from:
        heartbeat(queue)
