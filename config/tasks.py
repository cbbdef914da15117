"""The project's own periodic tasks: the heartbeat that readiness looks for, and sessions."""

import time
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.core.cache import cache
from django.core.management import call_command

HEARTBEAT = "worker-heartbeat"
FRESH_SECONDS = 60


@shared_task(name="config.heartbeat")
def heartbeat() -> None:
    """Say that scheduler, broker and default worker are alive."""
    cache.set(HEARTBEAT, time.time(), timeout=FRESH_SECONDS)


@shared_task(name="config.housekeeping")
def housekeeping() -> None:
    """Delete sessions that have expired; they may name a phone that somebody looked for."""
    call_command("clearsessions")


@worker_ready.connect
def first_heartbeat(sender: Any, **kwargs: Any) -> None:
    """Whoever waits for readiness need not wait for the scheduler's first turn."""
    if "default" in sender.app.amqp.queues.consume_from:
        heartbeat()
