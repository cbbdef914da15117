"""Twilio's status callbacks and incoming messages (SMS and WhatsApp): forms, signed, one event each.

No callback says the first status, and they may come in any order. A WhatsApp sender may be an id of the business
("TR." and letters) instead of a phone.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.utils.datastructures import MultiValueDict

from notifications.gateways import twilio_codes
from notifications.gateways.notices.base import (
    Arrived,
    Fields,
    Inbound,
    Kind,
    NotUnderstood,
    Reader,
    Receipt,
    Report,
    by_report,
    key_of,
    one_of,
    phone_of,
    provider_id,
    short,
    text_of,
)
from notifications.models.notice import InboundNotice

_REPORTS = (
    by_report(Report.ON_ITS_WAY, ("accepted", "scheduled", "queued", "sending", "sent"))
    | by_report(Report.DELIVERED, ("delivered", "read"))
    | by_report(Report.FAILED, ("failed", "undelivered", "canceled"))
)
_WHATSAPP = "whatsapp:"
_MOST_MEDIA = 10
_MOST_FIELDS = 300


@dataclass(frozen=True, slots=True)
class Form:
    """A form on the wire and taken apart: the signature and the reader need the same."""

    text: str
    fields: "MultiValueDict[str, str]"


def form_of(body: bytes) -> Form:
    """Take ``body`` apart, once. Raises NotUnderstood where it has more fields than any form of theirs."""
    text = body.decode("utf-8", "replace")
    fields: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS):
            fields.setdefault(name, []).append(value)
    except ValueError:
        raise NotUnderstood("form") from None
    return Form(text, MultiValueDict(fields))


class TwilioReader(Reader):
    """See ``Reader``."""

    gateway = "twilio"

    def arrived(self, body: Any, kind: InboundNotice.Kind | None) -> list[Arrived]:
        """The one event of a form, kept as Twilio wrote it."""
        form: Form = body
        status = () if kind is Kind.INBOUND else (form.fields.get("MessageStatus"),)
        key = key_of(form.fields.get("MessageSid"), *status)
        return [Arrived(kind or Kind.RECEIPT, form.text.replace("\0", " "), key)]

    def receipt(self, notice: InboundNotice) -> Receipt:
        """By our id, which the address carried, and by Twilio's."""
        fields = _fields(notice)
        status = fields.get("MessageStatus", "")
        sid = provider_id(fields, "MessageSid")
        report = one_of(status, _REPORTS)
        code = fields.get("ErrorCode", "")
        number = int(code) if code.isascii() and code.isdigit() else None
        failure = twilio_codes.of_failed_message(code=number, provider_id=sid, status=short(status, "failed"))
        if report is not Report.FAILED:
            return Receipt(self.gateway, report, notice.message_id, sid)
        return Receipt(self.gateway, report, notice.message_id, sid, code=failure.code, retry=failure.retry)

    def inbound(self, notice: InboundNotice) -> Inbound:
        """The channel shows in the sender's prefix."""
        fields = _fields(notice)
        sender = text_of(fields, "From")
        if not sender:
            raise NotUnderstood("From")
        return Inbound(
            channel="whatsapp" if sender.startswith(_WHATSAPP) else "sms",
            sender=sender,
            phone=self.phone(notice),
            text=text_of(fields, "Body"),
            provider_id=provider_id(fields, "MessageSid"),
            media=_media(fields),
        )

    def phone(self, notice: InboundNotice) -> str:
        """Of whoever wrote to us, or was written to."""
        fields = _fields(notice)
        other = fields.get("From" if notice.kind == Kind.INBOUND else "To", "")
        return phone_of(other.removeprefix(_WHATSAPP))


def _fields(notice: InboundNotice) -> Fields:
    return dict(parse_qsl(notice.payload, keep_blank_values=True))


def _media(fields: Fields) -> tuple[tuple[str, str], ...]:
    count = str(fields.get("NumMedia", "0"))
    listed = range(min(int(count), _MOST_MEDIA)) if count.isascii() and count.isdigit() else ()
    return tuple((text_of(fields, f"MediaUrl{each}"), text_of(fields, f"MediaContentType{each}")) for each in listed)
