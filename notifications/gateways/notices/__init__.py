"""What gateways tell us, read into our words. The only place that knows their field names."""

from notifications.gateways.notices.base import Arrived, Inbound, NotUnderstood, Reader, Receipt, Report
from notifications.gateways.notices.iletimerkezi import IletiMerkeziReader
from notifications.gateways.notices.netgsm import NetgsmReader
from notifications.gateways.notices.twilio import Form, TwilioReader, form_of
from notifications.gateways.notices.verimor import VerimorReader

__all__ = ["Arrived", "Form", "Inbound", "NotUnderstood", "Reader", "Receipt", "Report", "form_of", "reader_of"]

_READERS: dict[str, Reader] = {
    reader.gateway: reader for reader in (TwilioReader(), VerimorReader(), NetgsmReader(), IletiMerkeziReader())
}


def reader_of(gateway: str) -> Reader:
    """Who understands ``gateway``."""
    return _READERS[gateway]
