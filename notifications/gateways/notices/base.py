"""What every gateway's notices are read into."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from common.phones import phone_in
from notifications.gateways.base import Retry
from notifications.models.notice import InboundNotice

Kind = InboundNotice.Kind
Fields = Mapping[str, Any]

# Ids go into the database; whatever else a gateway may send as one is not an id.
_ID = re.compile(r"[\x21-\x7e]{1,64}")


class NotUnderstood(Exception):
    """The notice says nothing we can read. Its text names the field, never its value."""


class Report(IntEnum):
    """What a receipt says. Where several speak of one message, the greater one holds."""

    ON_ITS_WAY = 1
    FAILED = 2
    DELIVERED = 3


@dataclass(frozen=True, slots=True)
class Arrived:
    """One notice as it is written down. ``key`` names the event at the gateway, None where it has no name."""

    kind: InboundNotice.Kind
    payload: str
    key: str | None = None
    message_id: UUID | None = None

    def about(self, message_id: UUID | None) -> "Arrived":
        """The same, about a message of ours that the address named."""
        return replace(self, message_id=message_id)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message that the gateway had taken.

    Found by our own id, else by ``provider_id``, written as the gateway's adapter writes it into the message's
    row. ``retry`` says what a failure allows.
    """

    gateway: str
    report: Report
    message_id: UUID | None = None
    provider_id: str = ""
    code: str = ""
    retry: Retry = Retry.NEVER


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message to us. ``phone`` is in stored form, or empty where the sender has none (``sender`` as it came).

    ``keyword`` is what stood before the text on a number that several share, to say whom it is for. ``media`` are
    references only: address and type of each, fetched by nobody here.
    """

    channel: str
    sender: str
    phone: str
    text: str
    provider_id: str = ""
    media: tuple[tuple[str, str], ...] = ()
    keyword: str = ""

    @property
    def readings(self) -> tuple[str, ...]:
        """The text, and with the keyword before it: that may be the very word that was meant."""
        return (self.text, f"{self.keyword} {self.text}") if self.keyword else (self.text,)


class Reader(ABC):
    """Understands the notices of one gateway. Pure: no query, no clock, no network."""

    gateway: str

    @abstractmethod
    def arrived(self, body: Any, kind: InboundNotice.Kind | None) -> list[Arrived]:
        """The notices in ``body``, ready to be written down. ``kind`` where the address says it.

        Raises NotUnderstood where there are none.
        """

    @abstractmethod
    def receipt(self, notice: InboundNotice) -> Receipt:
        """What a receipt says. Raises NotUnderstood."""

    @abstractmethod
    def inbound(self, notice: InboundNotice) -> Inbound:
        """What somebody wrote to us. Raises NotUnderstood."""

    @abstractmethod
    def phone(self, notice: InboundNotice) -> str:
        """The citizen's phone in stored form, or nothing."""


class JsonReader(Reader):
    """A gateway that sends JSON: one object, or a list of them."""

    def fields(self, notice: InboundNotice) -> Fields:
        """The object as it came."""
        found: Fields = json.loads(notice.payload)
        return found


def objects(body: Any) -> list[Fields]:
    """The objects of a list, or the one object. Raises NotUnderstood where something else is among them."""
    found = body if isinstance(body, list) else [body]
    if not all(isinstance(each, dict) for each in found):
        raise NotUnderstood("body")
    return found


def packed(fields: Fields) -> str:
    """Text for the database: every sign escaped, so that it takes any (NUL, halves of pairs)."""
    return json.dumps(fields, separators=(",", ":"))


def key_of(*parts: Any) -> str | None:
    """The event's name at the gateway; None where a part of it is missing."""
    if any(part in (None, "") for part in parts):
        return None
    key = ":".join(map(str, parts))
    return key if len(key) <= 128 and _ID.fullmatch(key[:64]) and key.isascii() and key.isprintable() else digest(key)


def digest(*parts: Any) -> str:
    """A name for what has none: the same content is the same event."""
    return sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()


def provider_id(fields: Fields, name: str) -> str:
    """The gateway's id in ``name``. Raises NotUnderstood where it is none."""
    value = str(fields.get(name, ""))
    if not _ID.fullmatch(value):
        raise NotUnderstood(name)
    return value


def our_id(value: Any) -> UUID | None:
    """Our message's id, if ``value`` is one."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def text_of(fields: Fields, name: str) -> str:
    """A text as the database can take it."""
    text = str(fields.get(name) or "").replace("\0", " ")
    return text.encode("utf-8", "replace").decode()


def phone_of(value: Any) -> str:
    """A number in stored form, whatever way the gateway writes it; nothing where it is none."""
    text = str(value or "")
    digits = text.removeprefix("+")
    return phone_in(f"+{digits}" if digits.startswith("90") and len(digits) == 12 else text) if text else ""


def one_of(value: Any, reports: Mapping[str, Report]) -> Report:
    """The report behind a gateway's word. Raises NotUnderstood for a word we do not know."""
    try:
        return reports[str(value)]
    except KeyError:
        raise NotUnderstood("status") from None


def by_report(report: Report, words: Iterable[str]) -> dict[str, Report]:
    """Several words of one meaning."""
    return dict.fromkeys(words, report)


def short(value: Any, fallback: str) -> str:
    """An error code for the message's row."""
    code = str(value or fallback)
    return code[:64] if code.isascii() and code.isprintable() else "unreadable"
