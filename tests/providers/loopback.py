"""What every loopback provider is: a server that keeps what it took, in whatever mood the test needs.

Moods are queued with ``server.next(...)`` and used up one a sending request; without one the server accepts.
A provider says how a request is signed in, taken and refused in its own words.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

P = TypeVar("P", bound="Provider")


@dataclass(frozen=True)
class Mood:
    """How one sending request is answered: ``take`` it or not, then answer ``status``, hang or hang up.

    ``code`` and ``message`` go into the provider's own kind of error; ``body`` replaces it. Seconds for ``delay``
    before and ``retry_after`` in the answer.
    """

    take: bool = True
    status: int = 200
    code: Any = None
    message: str = ""
    hang: bool = False
    hang_up: bool = False
    body: str | None = None
    delay: float = 0.0
    retry_after: int | None = None


def refuse(status: int, code: Any = None, message: str = "refused", *, retry_after: int | None = None) -> Mood:
    """An error answer; nothing is taken."""
    return Mood(take=False, status=status, code=code, message=message, retry_after=retry_after)


TAKE_THEN_FAIL = Mood(status=500, message="internal error")
TAKE_THEN_HANG = Mood(hang=True)
TAKE_THEN_HANG_UP = Mood(hang_up=True)
TAKE_THEN_GARBLE = Mood(body="<html>gateway</html>")
HANG_UP = Mood(take=False, hang_up=True)
FAIL = refuse(500)


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    query: dict[str, str]
    body: bytes
    authorization: str


@dataclass(frozen=True)
class Reply:
    """What goes out."""

    status: int
    body: str
    kind: str = "application/json"


class Provider:
    """What tests talk to. ``posts`` counts every attempt to send, ``lookups`` every question afterwards."""

    def __init__(self) -> None:
        self.posts = 0
        self.lookups = 0
        self.lookup_status = 200
        self.connections = 0
        self.arrived = threading.Event()
        self.released = threading.Event()
        self._moods: deque[Mood] = deque()
        self._lock = threading.Lock()
        self._http = _Http(self)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def next(self, *moods: Mood) -> None:
        """Answer the coming requests to send like this, one after the other."""
        self._moods.extend(moods)

    def sends(self, request: Request, method: str) -> bool:
        """Whether ``request`` hands over messages; every other one is a question."""
        raise NotImplementedError

    def signed_in(self, request: Request) -> bool:
        """Whether the credentials are right."""
        raise NotImplementedError

    def take(self, request: Request, mood: Mood) -> Reply:
        """Keep the messages of ``request``; the answer for having taken them."""
        raise NotImplementedError

    def refusal(self, mood: Mood) -> Reply:
        """An error in the provider's words."""
        raise NotImplementedError

    def look_up(self, request: Request) -> Reply:
        """What a question is answered with."""
        raise NotImplementedError

    NOT_SIGNED_IN = refuse(401)

    def serve(self) -> None:
        """Answer until closed."""
        self._http.serve_forever(poll_interval=0.01)

    def close(self) -> None:
        """Let go of whoever hangs and stop."""
        self.released.set()
        self._http.shutdown()
        self._http.server_close()

    def handle(self, request: Request, method: str) -> tuple[Mood, Reply]:
        """The mood for ``request`` and its answer."""
        if not self.signed_in(request):
            return self.NOT_SIGNED_IN, self.refusal(self.NOT_SIGNED_IN)
        if self.sends(request, method):
            return self._receive(request)
        self.lookups += 1
        if self.lookup_status != 200:
            return Mood(), self.refusal(refuse(self.lookup_status))
        return Mood(), self.look_up(request)

    def _receive(self, request: Request) -> tuple[Mood, Reply]:
        with self._lock:
            self.posts += 1
            mood = self._moods.popleft() if self._moods else Mood()
            taken = self.take(request, mood) if mood.take else None
        self.arrived.set()
        if mood.body is not None:
            return mood, Reply(mood.status, mood.body)
        return mood, taken if taken is not None and mood.status < 400 else self.refusal(mood)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(("127.0.0.1", 0), _Handler)


@contextmanager
def running(kind: type[P]) -> Iterator[P]:
    """A server for the length of a test."""
    server = kind()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.provider.connections += 1

    def do_POST(self) -> None:
        self._do()

    def do_GET(self) -> None:
        self._do()

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        address = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        request = Request(address.path, query, body, self.headers.get("Authorization", ""))
        mood, reply = self.server.provider.handle(request, self.command)
        wait = 30 if mood.hang else mood.delay
        if wait:
            self.server.provider.released.wait(timeout=wait)
        if mood.hang or mood.hang_up:
            self.close_connection = True
        else:
            self._answer(reply, mood.retry_after)

    def _answer(self, reply: Reply, retry_after: int | None) -> None:
        content = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(content)))
        if retry_after is not None:
            self.send_header("Retry-After", str(retry_after))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Tests read what was taken, not a log."""
