"""İleti Merkezi's push of reports: one JSON object ``report`` with id, packet_id, status, to and body.

Fields and the three words are those of its documentation (iletimerkezi.com/docs/api/webhooks) and of its PHP client
(WebhookReport.php). It signs nothing; not documented are the addresses it pushes from, whether it tries again, and a
push of incoming SMS, which is therefore not read. ``packet_id`` is the order it answered with when it took the batch;
``id`` is known only from the push itself.
"""

from typing import Any

from notifications.gateways import calls
from notifications.gateways.notices.base import (
    Arrived,
    Fields,
    Inbound,
    JsonReader,
    Kind,
    NotUnderstood,
    Receipt,
    Report,
    key_of,
    objects,
    one_of,
    packed,
    phone_of,
    provider_id,
)
from notifications.models.notice import InboundNotice

_REPORTS = {"accepted": Report.ON_ITS_WAY, "delivered": Report.DELIVERED, "undelivered": Report.FAILED}


class IletiMerkeziReader(JsonReader):
    """See ``Reader``."""

    gateway = "iletimerkezi"

    def arrived(self, body: Any, kind: InboundNotice.Kind | None) -> list[Arrived]:
        """One report a call; a list of them is read as well."""
        return [Arrived(Kind.RECEIPT, packed(fields), _key(fields)) for fields in map(_report, objects(body))]

    def receipt(self, notice: InboundNotice) -> Receipt:
        """By the order, which is one number for a whole batch, and the phone. It gives no reason for a failure."""
        fields = self.fields(notice)
        report = one_of(fields.get("status"), _REPORTS)
        phone = self.phone(notice)
        if not phone:
            raise NotUnderstood("to")
        code = "undelivered" if report is Report.FAILED else ""
        return Receipt(self.gateway, report, None, calls.numbered(provider_id(fields, "packet_id"), phone), code=code)

    def inbound(self, notice: InboundNotice) -> Inbound:
        """It has no push of incoming messages that we know of."""
        raise NotUnderstood("kind")

    def phone(self, notice: InboundNotice) -> str:
        """Of whoever was written to."""
        return phone_of(self.fields(notice).get("to"))


def _report(fields: Fields) -> Fields:
    report = fields.get("report")
    if not isinstance(report, dict):
        raise NotUnderstood("report")
    # The text of a one-time code is nothing to keep.
    return {name: value for name, value in report.items() if name != "body"}


def _key(fields: Fields) -> str | None:
    return key_of(fields.get("id"), fields.get("status"))
