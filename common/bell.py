"""The bell: tells a worker that there is work in the database.

The work itself is a row, committed before the bell rings, so a lost bell loses nothing: a periodic
sweep finds the row. Therefore ringing never raises and never waits long, and a bell that already rang
and was not yet answered is not rung again: one waiting task serves every row committed before it looks.
"""

import logging

import celery
import redis
from django.db import transaction

from common.broker import client

log = logging.getLogger(__name__)

# A bell nobody answered within this time may ring again, for instance after the broker lost its data.
UNANSWERED_MS = 5_000


def ring(task_name: str, *, queue: str) -> None:
    """Ring after the current transaction commits (at once outside of one).

    ``task_name`` is the explicit name of a Celery task without arguments that looks for work itself;
    ``queue`` is the queue its workers listen on.
    """
    transaction.on_commit(lambda: _ring_now(task_name, queue), robust=True)


def answered(task_name: str) -> None:
    """Let the bell ring again. A task calls this before it looks for work, never after.

    The order matters: a row committed after this call rings a new bell, a row committed before it is
    seen by the look that follows.
    """
    try:
        client().delete(_key(task_name))
    except redis.RedisError as error:
        log.warning("bell.not_reset", extra={"task": task_name, "error": type(error).__name__})


def _ring_now(task_name: str, queue: str) -> None:
    try:
        if client().set(_key(task_name), 1, nx=True, px=UNANSWERED_MS):
            celery.current_app.send_task(task_name, queue=queue, ignore_result=True, retry=False)
    except Exception as error:  # whatever is wrong with the broker, the row is safe and the sweep comes
        log.warning("bell.not_rung", extra={"task": task_name, "error": type(error).__name__})


def _key(task_name: str) -> str:
    return f"bell:{task_name}"
