"""The bell: tells a worker that there is work in the database.

The work itself is a row, committed before the bell rings, so a lost bell loses nothing: a periodic
sweep finds the row. Therefore ringing never raises and never waits long, and a bell that already rang
and was not yet answered is not rung again: one waiting task serves every row committed before it looks.

A bell that did not ring is in the log: a broker that cannot be reached as a warning, a mistake of ours as an
error. Whatever the cause, rows that nobody looked at in time are counted in the database (``LATE``).
"""

import logging
from datetime import timedelta

import celery
import redis
from django.db import transaction
from kombu.exceptions import OperationalError

from common.broker import client

log = logging.getLogger(__name__)

# A bell nobody answered within this time may ring again, for instance after the broker lost its data.
UNANSWERED_MS = 5_000
# A row at which no worker looked within this time was found without its bell, or waits for a worker.
LATE = timedelta(seconds=5)
# A broker that is away, busy or does not let us in. What else goes wrong is a mistake in the program.
NO_BROKER = (OperationalError, redis.ConnectionError, redis.TimeoutError, OSError)


def ring(task_name: str, *, queue: str) -> None:
    """Ring after the current transaction commits (at once outside of one).

    ``task_name`` is the explicit name of a Celery task without arguments that looks for work itself;
    ``queue`` is the queue its workers listen on.
    """
    hooks = (hook for _savepoints, hook, _robust in transaction.get_connection().run_on_commit)
    waiting = next((hook for hook in hooks if isinstance(hook, _Bells)), None)
    if waiting is None:
        transaction.on_commit(_Bells({task_name: queue}))
    else:
        waiting[task_name] = queue


def answered(task_name: str) -> None:
    """Let the bell ring again. A task calls this before it looks for work, never after.

    The order matters: a row committed after this call rings a new bell, a row committed before it is
    seen by the look that follows.
    """
    try:
        client().delete(_key(task_name))
    except redis.RedisError as error:
        log.warning("bell.not_reset", extra={"task": task_name, "error": type(error).__name__})


class _Bells(dict[str, str]):
    """The bells of one transaction, by task the queue; they ring together, in one round trip."""

    def __call__(self) -> None:
        """Ring. The rows are committed already and the sweep comes: nothing here may fail the page."""
        try:
            for task_name in self._silent():
                celery.current_app.tasks[task_name].apply_async(queue=self[task_name], ignore_result=True, retry=False)
        except NO_BROKER as error:
            log.warning("bell.not_rung", extra={"tasks": sorted(self), "error": type(error).__name__})
        except Exception:
            log.exception("bell.broken", extra={"tasks": sorted(self)})

    def _silent(self) -> list[str]:
        """Those that do not ring yet; from now on they do."""
        with client().pipeline(transaction=False) as pipeline:
            for task_name in self:
                pipeline.set(_key(task_name), 1, nx=True, px=UNANSWERED_MS)
            return [task_name for task_name, was_silent in zip(self, pipeline.execute(), strict=True) if was_silent]


def _key(task_name: str) -> str:
    return f"bell:{task_name}"
