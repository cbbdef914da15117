"""Who is there, where nobody signs in: a browser's own secret."""

from typing import Final

from django.contrib.sessions.backends.base import SessionBase

from common.secrets import new_secret

VISITOR: Final = "visitor"


def visitor(session: SessionBase) -> str:
    """A secret that names this browser, so that a code is good only where it was asked for."""
    if VISITOR not in session:
        session[VISITOR] = new_secret()
    return str(session[VISITOR])
