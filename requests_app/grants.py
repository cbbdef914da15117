"""What a visitor has proved about own requests, kept in the session.

Whoever followed a tracking link holds the level ``link`` and sees the request; who confirmed its phone by
a one-time code holds ``phone`` as well and sees the contact details, for a shorter time.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from common.visitors import VISITOR

KEY: Final = "request_grants"
MOST: Final = 20


class Level(StrEnum):
    """How much was proved. PHONE includes LINK."""

    LINK = "link"
    PHONE = "phone"


LASTS: Final = {Level.LINK: timedelta(hours=12), Level.PHONE: timedelta(hours=1)}


def grant(session: SessionBase, number: str, level: Level | str) -> None:
    """Remember that this visitor proved ``level`` for the request ``number``."""
    held: dict[str, dict[str, float]] = session.get(KEY, {})
    if not held:
        # A session handed to the visitor by somebody else must not receive the grant.
        session.cycle_key()
    times = held.pop(number, {})
    for proved in {Level.LINK, Level(level)}:
        times[proved] = (timezone.now() + LASTS[proved]).timestamp()
    held[number] = times
    session[KEY] = {known: held[known] for known in list(held)[-MOST:]}


def level_of(session: SessionBase, number: str) -> Level | None:
    """The highest level that still holds for ``number``, or None."""
    times = session.get(KEY, {}).get(number, {})
    now = timezone.now().timestamp()
    return next((level for level in (Level.PHONE, Level.LINK) if times.get(level, 0) > now), None)


def forget(session: SessionBase) -> None:
    """Forget everything that was proved in this browser, and the browser itself. Staff stay signed in."""
    if SESSION_KEY not in session:
        # With its row, which would be good for whoever kept the cookie, and with all else that was typed.
        session.flush()
    for key in (KEY, VISITOR):
        session.pop(key, None)
