"""Who is there, where nobody signs in: a browser's own secret, and the address it comes from."""

from typing import Final

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from common.secrets import new_secret

VISITOR: Final = "visitor"


def visitor(session: SessionBase) -> str:
    """A secret that names this browser, so that a code is good only where it was asked for."""
    if VISITOR not in session:
        session[VISITOR] = new_secret()
    return str(session[VISITOR])


def client_address(request: HttpRequest) -> str:
    """The client's address: what the outermost of our own proxies saw, never what a client claims."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    proxies = settings.TRUSTED_PROXY_COUNT
    return hops[-proxies] if 0 < proxies <= len(hops) else str(request.META.get("REMOTE_ADDR", ""))
