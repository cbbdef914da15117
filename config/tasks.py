"""The project's own periodic tasks: the heartbeat that readiness looks for, and sessions."""

import time
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command

FRESH_SECONDS = 60


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


@shared_task(name="config.housekeeping")
def housekeeping() -> None:
    """Delete sessions that have expired; they may name a phone that somebody looked for."""
    call_command("clearsessions")


@worker_ready.connect
def first_heartbeat(sender: Any, **kwargs: Any) -> None:
    """Whoever waits for readiness need not wait for the scheduler's first turn."""
    for queue in sender.app.amqp.queues.consume_from:
        heartbeat(queue)
