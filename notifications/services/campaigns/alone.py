"""What goes wrong with one campaign stops no other."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import OperationalError

log = logging.getLogger(__name__)


@contextmanager
def alone(step: str, pk: int, *, give_up: Callable[[], object] | None = None) -> Iterator[None]:
    """Do ``step`` for the campaign or list ``pk``; an error goes into the log and no further.

    Where the database is away or too busy, the next round tries again. Anything else would come again
    every ten seconds: then ``give_up`` is called.
    """
    try:
        yield
    except OperationalError:
        log.exception("campaign.postponed", extra={"step": step, "pk": pk})
    except Exception:
        log.exception("campaign.failed", extra={"step": step, "pk": pk})
        if give_up is not None:
            give_up()
