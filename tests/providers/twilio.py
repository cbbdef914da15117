"""A loopback server that speaks Twilio's Messages API.

It keeps every message it took, so a test can ask what the citizen would have got.

What Twilio itself would send is made by ``receipts`` and ``inbound``: signed calls that a test posts late, twice and
out of order, with Django's client or to a running server (``Call.post``).
"""

from __future__ import annotations

import base64
import json
import random
import urllib.request
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from twilio.request_validator import RequestValidator

from tests.providers.loopback import (
    FAIL,
    HANG_UP,
    TAKE_THEN_FAIL,
    TAKE_THEN_GARBLE,
    TAKE_THEN_HANG,
    TAKE_THEN_HANG_UP,
    Mood,
    Provider,
    Reply,
    Request,
    refuse,
)
from tests.providers.loopback import running as _running

__all__ = [
    "BUSY",
    "FAIL",
    "HANG_UP",
    "TAKE_THEN_FAIL",
    "TAKE_THEN_GARBLE",
    "TAKE_THEN_HANG",
    "TAKE_THEN_HANG_UP",
    "Mood",
    "refuse",
]

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "loopback-token"
_BASE = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages"
_AUTHORIZATION = "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
BUSY = refuse(429, 20429, "Too many requests")


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


class TwilioServer(Provider):
    """``taken`` in order of arrival."""

    NOT_SIGNED_IN = refuse(401, 20003, "Authenticate")

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        super().__init__()

    def texts_to(self, phone: str) -> list[str]:
        """What the citizen's phone would show."""
        return [message.body for message in self.taken if message.to == phone]

    def sends(self, request: Request, method: str) -> bool:
        """A POST is a message."""
        return method == "POST"

    def signed_in(self, request: Request) -> bool:
        """Basic authentication by account and token."""
        return request.authorization == _AUTHORIZATION

    def take(self, request: Request, mood: Mood) -> Reply:
        """One form is one message."""
        form = {key: values[0] for key, values in parse_qs(request.body.decode()).items()}
        self.taken.append(Taken(to=form["To"], body=form.get("Body", ""), form=form))
        return Reply(201, json.dumps(self.taken[-1].as_json()))

    def refusal(self, mood: Mood) -> Reply:
        """Status, code and message."""
        said = {"status": mood.status, "code": mood.code, "message": mood.message}
        return Reply(mood.status, json.dumps(said))

    def look_up(self, request: Request) -> Reply:
        """The list resource: newest first, by receiver if one is named."""
        if request.path != f"{_BASE}.json":
            return self.refusal(refuse(404, 20404, "not found"))
        to = request.query.get("To")
        found = [message for message in reversed(self.taken) if to in (None, message.to)]
        return Reply(200, json.dumps(self._page(found, request.query)))

    def _page(self, found: list[Taken], query: dict[str, str]) -> dict[str, Any]:
        size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
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


def running() -> AbstractContextManager[TwilioServer]:
    """A server for the length of a test."""
    return _running(TwilioServer)


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
