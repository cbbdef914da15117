"""Taking turns: work that needs so much memory or processor time that a process does it once at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


@contextmanager
def turn(of: BoundedSemaphore, *, within: float, refusal: Exception) -> Iterator[None]:
    """Hold ``of`` for the length of the block. Raises ``refusal`` where that is not possible ``within`` seconds."""
    if not of.acquire(timeout=within):
        raise refusal
    try:
        yield
    finally:
        of.release()
