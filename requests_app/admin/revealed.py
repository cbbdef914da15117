"""Whose contact details this session has asked for and may go on seeing for a while."""

from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

KEY = "revealed_contacts"
LASTS = timedelta(minutes=15)


def remember(session: SessionBase, request_id: int) -> None:
    """Keep the contact details of the request ``request_id`` open for a quarter of an hour."""
    until = (timezone.now() + LASTS).timestamp()
    session[KEY] = {**_running(session), str(request_id): until}


def is_open(session: SessionBase, request_id: int) -> bool:
    """Whether they are still open."""
    return str(request_id) in _running(session)


def _running(session: SessionBase) -> dict[str, float]:
    now = timezone.now().timestamp()
    return {key: until for key, until in session.get(KEY, {}).items() if until > now}
