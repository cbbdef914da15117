"""A loopback server that speaks Twilio's Messages API, in whatever mood the test needs.

It keeps every message it took, so a test can ask what the citizen would have got. Moods are queued with
``server.next(...)`` and used up one a POST; without one the server accepts.

What Twilio itself would send is made by ``receipts`` and ``inbound``: signed calls that a test posts late, twice and
out of order, with Django's client or to a running server (``Call.post``).
"""

from __future__ import annotations

import base64
import json
import random
import threading
import urllib.request
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from twilio.request_validator import RequestValidator

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "loopback-token"
_BASE = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages"
_AUTHORIZATION = "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()


@dataclass
class Taken:
    """A message the server took: it counts as sent."""

    to: str
    body: str
    form: dict[str, str]
    sid: str = field(default_factory=lambda: f"SM{uuid4().hex}")
    status: str = "queued"
    error_code: int | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def as_json(self) -> dict[str, Any]:
        """The Message resource. A queued message has no date_sent yet."""
        created = format_datetime(self.created)
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT_SID,
            "api_version": "2010-04-01",
            "to": self.to,
            "from": self.form.get("From"),
            "messaging_service_sid": self.form.get("MessagingServiceSid"),
            "body": self.body,
            "status": self.status,
            "error_code": self.error_code,
            "error_message": None,
            "direction": "outbound-api",
            "num_segments": "1",
            "num_media": "0",
            "price": None,
            "price_unit": "USD",
            "date_created": created,
            "date_updated": created,
            "date_sent": None if self.status == "queued" else created,
            "uri": f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{self.sid}.json",
            "subresource_uris": {},
        }


@dataclass(frozen=True)
class Mood:
    """How one POST is answered: ``take`` it or not, then answer ``status``, hang or hang up."""

    take: bool = True
    status: int = 201
    code: int | None = None
    message: str = ""
    hang: bool = False
    hang_up: bool = False
    body: str | None = None


def refuse(status: int, code: int | None = None, message: str = "refused") -> Mood:
    """An error answer; the message is not taken."""
    return Mood(take=False, status=status, code=code, message=message)


TAKE_THEN_FAIL = Mood(status=500, message="internal error")
TAKE_THEN_HANG = Mood(hang=True)
TAKE_THEN_HANG_UP = Mood(hang_up=True)
TAKE_THEN_GARBLE = Mood(body="<html>gateway</html>")
HANG_UP = Mood(take=False, hang_up=True)
FAIL = refuse(500)
BUSY = refuse(429, 20429, "Too many requests")


class TwilioServer:
    """What tests talk to. ``taken`` in order of arrival; ``posts`` counts every attempt."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.posts = 0
        self.lists = 0
        self.list_status = 200
        self.connections = 0
        self.arrived = threading.Event()
        self.released = threading.Event()
        self._moods: deque[Mood] = deque()
        self._lock = threading.Lock()
        self._http = _Http(self)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def next(self, *moods: Mood) -> None:
        """Answer the coming POSTs like this, one after the other."""
        self._moods.extend(moods)

    def texts_to(self, phone: str) -> list[str]:
        """What the citizen's phone would show."""
        return [message.body for message in self.taken if message.to == phone]

    def serve(self) -> None:
        """Answer until closed."""
        self._http.serve_forever(poll_interval=0.01)

    def close(self) -> None:
        """Let go of whoever hangs and stop."""
        self.released.set()
        self._http.shutdown()
        self._http.server_close()

    def receive(self, form: dict[str, str]) -> tuple[Mood, Taken | None]:
        """Count a POST and take its message if the mood is so."""
        with self._lock:
            self.posts += 1
            mood = self._moods.popleft() if self._moods else Mood()
            taken = Taken(to=form["To"], body=form["Body"], form=form) if mood.take else None
            if taken:
                self.taken.append(taken)
        self.arrived.set()
        return mood, taken

    def listed(self, to: str | None) -> list[Taken]:
        """The list resource: newest first, by receiver if one is named."""
        self.lists += 1
        return [message for message in reversed(self.taken) if to in (None, message.to)]


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, twilio: TwilioServer) -> None:
        self.twilio = twilio
        super().__init__(("127.0.0.1", 0), _Handler)


@contextmanager
def running() -> Iterator[TwilioServer]:
    """A server for the length of a test."""
    server = TwilioServer()
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

    def setup(self) -> None:
        super().setup()
        self.server.twilio.connections += 1

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        form = {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()}
        if not self._signed_in():
            return
        mood, taken = self.server.twilio.receive(form)
        if mood.hang:
            self.server.twilio.released.wait(timeout=30)
        if mood.hang or mood.hang_up:
            self.close_connection = True
        elif mood.body is not None:
            self._answer(mood.status, mood.body)
        elif mood.status < 400 and taken:
            self._answer(mood.status, json.dumps(taken.as_json()))
        else:
            self._refuse(mood.status, mood.code, mood.message)

    def do_GET(self) -> None:
        if not self._signed_in():
            return
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        if self.server.twilio.list_status != 200:
            self._refuse(self.server.twilio.list_status, None, "unavailable")
        elif address.path == f"{_BASE}.json":
            self._answer(200, json.dumps(self._page(query)))
        else:
            self._fetch(address.path)

    def _page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        size, page = int(query.get("PageSize", ["50"])[0]), int(query.get("Page", ["0"])[0])
        found = self.server.twilio.listed(query.get("To", [None])[0])
        part = found[page * size : (page + 1) * size]
        more = f"{_BASE}.json?PageSize={size}&Page={page + 1}" if (page + 1) * size < len(found) else None
        return {
            "messages": [message.as_json() for message in part],
            "page": page,
            "page_size": size,
            "next_page_uri": more,
            "previous_page_uri": None,
            "first_page_uri": f"{_BASE}.json?PageSize={size}&Page=0",
            "uri": f"{_BASE}.json",
            "start": 0,
            "end": len(part),
        }

    def _fetch(self, path: str) -> None:
        found = [message for message in self.server.twilio.taken if path == f"{_BASE}/{message.sid}.json"]
        if found:
            self._answer(200, json.dumps(found[0].as_json()))
        else:
            self._refuse(404, 20404, "not found")

    def _signed_in(self) -> bool:
        if self.headers.get("Authorization") == _AUTHORIZATION:
            return True
        self._refuse(401, 20003, "Authenticate")
        return False

    def _refuse(self, status: int, code: int | None, message: str) -> None:
        self._answer(status, json.dumps({"status": status, "code": code, "message": message}))

    def _answer(self, status: int, body: str) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Tests read what was taken, not a log."""


# --- What Twilio sends to us ---------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One request of Twilio's to us: ``address`` is the public one, which the signature covers."""

    address: str
    form: dict[str, str]
    signature: str

    @property
    def path(self) -> str:
        """The address without scheme and host."""
        return self.address[len("/".join(self.address.split("/")[:3])) :]

    @property
    def body(self) -> str:
        """The form on the wire."""
        return urlencode(self.form)

    def post(self, base: str) -> int:
        """Send it to the server at ``base``, for instance http://127.0.0.1:8000; returns the status."""
        request = urllib.request.Request(base + self.path, data=self.body.encode(), method="POST")  # noqa: S310
        request.add_header("X-Twilio-Signature", self.signature)
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  (a server of the test's own)
            return int(answer.status)


def call(address: str, form: dict[str, str], *, token: str = AUTH_TOKEN) -> Call:
    """A signed call."""
    return Call(address, form, RequestValidator(token).compute_signature(address, form))


def receipt(address: str, sid: str, status: str, *, error: int | None = None, token: str = AUTH_TOKEN) -> Call:
    """The status callback for one status of one message."""
    form = {
        "AccountSid": ACCOUNT_SID,
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "To": "+905000000001",
        "From": "ORNEKBLD",
        "ApiVersion": "2010-04-01",
    }
    return call(address, form | ({"ErrorCode": str(error)} if error else {}), token=token)


def inbound(address: str, text: str, *, sender: str = "+905000000001", sid: str = "", **more: str) -> Call:
    """An incoming message; WhatsApp's senders begin with ``whatsapp:``."""
    form = {
        "AccountSid": ACCOUNT_SID,
        "MessageSid": sid or f"SM{uuid4().hex}",
        "From": sender,
        "To": "+905000000099",
        "Body": text,
        "NumMedia": "0",
        "NumSegments": "1",
    }
    return call(address, form | more)


def disordered(calls: Sequence[Call], *, doubled: float, moved: float, seed: int = 1) -> list[Call]:
    """``calls`` with a share of them sent twice and a share of them at another place in the queue."""
    chance = random.Random(seed)
    queue = [*calls, *chance.sample(list(calls), int(len(calls) * doubled))]
    leaving = set(chance.sample(range(len(queue)), int(len(queue) * moved)))
    stay = [each for place, each in enumerate(queue) if place not in leaving]
    for place in sorted(leaving):
        stay.insert(chance.randrange(len(stay) + 1), queue[place])
    return stay
