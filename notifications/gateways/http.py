"""Many requests at once, with time-outs and errors that say whether bytes were sent.

Workers are ordinary blocking processes, so one background thread a process runs the event loop that holds the
connections. A message costs half the processor time that it costs with a thread each (docs/decisions/, "Ways out
are rows").
"""

import asyncio
import atexit
import json
import os
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

import aiohttp
import certifi

A = TypeVar("A")
B = TypeVar("B")

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0


class NotSent(Exception):
    """The connection was never made: the provider certainly has not seen the request."""


class Unanswered(Exception):
    """The request may have reached the provider; no answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``retry_after`` is what a busy provider asks us to wait."""

    status: int
    body: bytes
    retry_after: timedelta | None = None

    @property
    def text(self) -> str:
        """The body as text, whatever is in it."""
        return self.body.decode("utf-8", "replace").strip()

    def json(self) -> Any:
        """The body as JSON. Raises ValueError for anything else."""
        return json.loads(self.body)


class HttpClient:
    """Keeps ``connections`` connections open to one provider.

    Nothing is retried here and no redirect is followed: only the caller knows whether a second request would
    be a second message. Writes nothing to the log, for addresses and bodies hold phones and passwords.
    """

    def __init__(
        self, *, connections: int, answer_seconds: float = ANSWER_SECONDS, headers: Mapping[str, str] | None = None
    ) -> None:
        self._connections = connections
        self._timeout = aiohttp.ClientTimeout(total=CONNECT_SECONDS + answer_seconds, sock_connect=CONNECT_SECONDS)
        self._headers = dict(headers or {})
        self._session: aiohttp.ClientSession | None = None

    def each(self, work: Callable[[A], Awaitable[B]], items: Sequence[A]) -> list[B]:
        """What ``work`` makes of each of ``items``, in order; as many at once as there are connections."""
        return _finished(self._each(work, items))

    async def request(self, method: str, url: str, **content: Any) -> Answer:
        """One request and its answer; ``content`` as in aiohttp. Raises NotSent or Unanswered."""
        try:
            async with self._open().request(method, url, allow_redirects=False, **content) as answer:
                return Answer(answer.status, await answer.read(), _retry_after(answer.headers.get("Retry-After")))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unanswered(type(error).__name__) from error

    async def _each(self, work: Callable[[A], Awaitable[B]], items: Sequence[A]) -> list[B]:
        free = asyncio.Semaphore(self._connections)

        async def one(item: A) -> B:
            async with free:
                return await work(item)

        return await asyncio.gather(*(one(item) for item in items))

    def close(self) -> None:
        """Hang up, at the end of the process."""
        if self._session is not None:
            _finished(self._session.close())

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            atexit.register(self.close)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ssl=_trusted()),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
                timeout=self._timeout,
            )
        return self._session


def _finished(work: Coroutine[Any, Any, B]) -> B:
    running = asyncio.run_coroutine_threadsafe(work, _loop(os.getpid()))
    try:
        return running.result()
    except BaseException:  # the worker's time limit: nothing may be sent after it
        running.cancel()
        raise


@cache
def _loop(_process: int) -> asyncio.AbstractEventLoop:
    """The loop of this process; a child that was forked later gets one of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="gateways", daemon=True).start()
    return loop


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _retry_after(value: str | None) -> timedelta | None:
    """Seconds; the other form, a date, is used by none of our gateways."""
    return timedelta(seconds=min(int(value), 3_600)) if value and value.isascii() and value.isdigit() else None
