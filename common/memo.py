"""Remembers reference data for a moment, so that a busy page does not ask the database the same again.

For small, slowly changing configuration only: a change is seen by every process after ``seconds`` at most.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_memories: list[dict[object, tuple[float, object]]] = []


def memo(*, seconds: float) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorate a function of hashable arguments so that its result is kept for ``seconds`` per process."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        memory: dict[object, tuple[float, object]] = {}
        _memories.append(memory)

        @wraps(function)
        def remembered(*args: P.args, **kwargs: P.kwargs) -> T:
            key = (args, tuple(sorted(kwargs.items())))
            now = time.monotonic()
            known = memory.get(key)
            if known is not None and known[0] > now:
                return known[1]  # type: ignore[return-value]
            value = function(*args, **kwargs)
            memory[key] = (now + seconds, value)
            return value

        return remembered

    return decorate


def forget_all() -> None:
    """Forget everything, for instance after reference data was loaded."""
    for memory in _memories:
        memory.clear()
