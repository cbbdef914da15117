"""Verimor's push: a JSON list, receipts (``type`` outbound) and incoming SMS (inbound) to one address.

Field names, status words and the operators' error numbers are those of its published guide (user_guide.md of
github.com/verimor/SMS-API). It expects 200 and tries three times more, every five minutes. It signs nothing, and the
guide names no addresses that it pushes from: ask its support for them.
"""

from typing import Any

from notifications.gateways.base import Retry
from notifications.gateways.notices.base import (
    Arrived,
    Fields,
    Inbound,
    JsonReader,
    Kind,
    Receipt,
    Report,
    by_report,
    key_of,
    objects,
    one_of,
    our_id,
    packed,
    phone_of,
    provider_id,
    short,
    text_of,
)
from notifications.models.notice import InboundNotice

_REPORTS = (
    by_report(Report.ON_ITS_WAY, ("SENDING", "WAITING", "SENT"))
    | by_report(Report.DELIVERED, ("DELIVERED",))
    | by_report(
        Report.FAILED,
        (
            "NOT_DELIVERED",
            "EXPIRED",
            "INVALID_DESTINATION_ADDRESS",
            "REJECTED",
            "DOUBLE_SEND_ERROR",
            "BLACKLISTED_DESTINATION_ADDRESS",
            "MISSING_TARIFF",
            "ROUTE_NOT_AVAILABLE",
            "NETWORK_NOTCOVERED",
            "SEND_ERROR",
            "INTERNATIONAL_DENIED",
        ),
    )
)
# The phone is off, out of reach, busy or full.
_OUT_OF_REACH = {"6", "27", "31", "256"}


class VerimorReader(JsonReader):
    """See ``Reader``."""

    gateway = "verimor"

    def arrived(self, body: Any, kind: InboundNotice.Kind | None) -> list[Arrived]:
        """Each element is one event."""
        return [_arrived(fields) for fields in objects(body)]

    def receipt(self, notice: InboundNotice) -> Receipt:
        """By our own id. What it answered with when it took the batch is the number of a campaign; that of a message
        is known only from a look-up.
        """
        fields = self.fields(notice)
        report = one_of(fields.get("status"), _REPORTS)
        error = str(fields.get("gsm_error") or "0")
        own = our_id(fields.get("message_custom_id"))
        number = "" if own else f"m{provider_id(fields, 'message_id')}"[:64]
        if report is not Report.FAILED:
            return Receipt(self.gateway, report, own, number)
        retry = Retry.ONCE if error in _OUT_OF_REACH else Retry.NEVER
        code = short(None if error == "0" else error, short(fields.get("status"), "failed"))
        return Receipt(self.gateway, report, own, number, code=code, retry=retry)

    def inbound(self, notice: InboundNotice) -> Inbound:
        """On a shared short number the text begins with our keyword."""
        fields = self.fields(notice)
        keyword = text_of(fields, "keyword")
        return Inbound(
            channel="sms",
            sender=text_of(fields, "source_addr"),
            phone=self.phone(notice),
            text=_without(keyword, text_of(fields, "content")),
            provider_id=provider_id(fields, "message_id"),
            keyword=keyword,
        )

    def phone(self, notice: InboundNotice) -> str:
        """Of whoever wrote to us, or was written to."""
        fields = self.fields(notice)
        return phone_of(fields.get("source_addr") or fields.get("dest"))


def _arrived(fields: Fields) -> Arrived:
    # Older accounts say ``direction`` instead of ``type``.
    inbound = "inbound" in (fields.get("type"), fields.get("direction"))
    status = () if inbound else (fields.get("status"),)
    kind = Kind.INBOUND if inbound else Kind.RECEIPT
    return Arrived(kind, packed(fields), key_of(fields.get("message_id"), *status))


def _without(keyword: str, text: str) -> str:
    if keyword and text.casefold().startswith(keyword.casefold()):
        return text[len(keyword) :].strip()
    return text
