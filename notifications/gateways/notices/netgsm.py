"""NetGSM's push of reports and incoming SMS.

Confirmed by its own client for n8n (NetgsmTrigger.node.ts): it takes an address for reports (``reportwebhook``) and
one for incoming SMS (``inboxwebhook``) and posts JSON to them. **Not confirmed: what stands in that JSON**, whether it
tries again, and where it comes from. Read here are the names and numbers of the same things where they are asked for
(``/sms/rest/v2/report`` and ``/inbox``, types.ts and enums.ts of netgsm-sms-js). What looks different is kept, shows
in the administration as not understood, and changes nothing.
"""

from typing import Any

from notifications.gateways import calls
from notifications.gateways.base import Retry
from notifications.gateways.notices.base import (
    Arrived,
    Fields,
    Inbound,
    JsonReader,
    Kind,
    NotUnderstood,
    Receipt,
    Report,
    by_report,
    digest,
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

_WAITING, _SENT, _EXPIRED = "0", "1", "2"
_REPORTS = (
    by_report(Report.ON_ITS_WAY, (_WAITING,))
    | by_report(Report.DELIVERED, (_SENT,))
    | by_report(Report.FAILED, (_EXPIRED, "3", "4", "11", "12", "13", "14", "15", "16", "17"))
)


class NetgsmReader(JsonReader):
    """See ``Reader``."""

    gateway = "netgsm"

    def arrived(self, body: Any, kind: InboundNotice.Kind | None) -> list[Arrived]:
        """Each element is one event, in a list or below ``jobs`` or ``messages``."""
        listed = body.get("jobs") or body.get("messages") or body if isinstance(body, dict) else body
        name = _inbound_key if kind is Kind.INBOUND else _receipt_key
        return [Arrived(kind or Kind.RECEIPT, packed(fields), name(fields)) for fields in objects(listed)]

    def receipt(self, notice: InboundNotice) -> Receipt:
        """By our reference where it comes back, else by the job, which is one number for a whole batch, and phone."""
        fields = self.fields(notice)
        report = one_of(fields.get("status"), _REPORTS)
        own, phone = our_id(fields.get("referansID")), self.phone(notice)
        if not (own or phone):
            raise NotUnderstood("number")
        return Receipt(
            self.gateway,
            report,
            own,
            calls.numbered(provider_id(fields, "jobid"), phone) if phone else "",
            code=short(fields.get("errorCode"), f"status_{fields.get('status')}") if report is Report.FAILED else "",
            retry=Retry.NEVER,
        )

    def inbound(self, notice: InboundNotice) -> Inbound:
        """NetGSM gives incoming messages no id of their own."""
        fields = self.fields(notice)
        if not fields.get("sender"):
            raise NotUnderstood("sender")
        return Inbound("sms", text_of(fields, "sender"), self.phone(notice), text_of(fields, "message"))

    def phone(self, notice: InboundNotice) -> str:
        """Of whoever wrote to us, or was written to."""
        fields = self.fields(notice)
        return phone_of(fields.get("sender") or fields.get("number") or fields.get("telno"))


def _receipt_key(fields: Fields) -> str | None:
    return key_of(fields.get("jobid"), fields.get("number") or fields.get("telno"), fields.get("status"))


def _inbound_key(fields: Fields) -> str | None:
    parts = [fields.get(name) for name in ("sender", "datetime", "message")]
    return digest(*parts) if all(parts) else None
