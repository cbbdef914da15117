"""Messages in the administration: read, send again, word anew."""

from notifications.admin.consents import ConsentAdmin
from notifications.admin.messages import MessageAdmin
from notifications.admin.notices import InboundNoticeAdmin
from notifications.admin.routes import RouteAdmin
from notifications.admin.simulated import LocalDeliveryAdmin
from notifications.admin.templates import MessageTemplateAdmin

__all__ = [
    "ConsentAdmin",
    "InboundNoticeAdmin",
    "LocalDeliveryAdmin",
    "MessageAdmin",
    "MessageTemplateAdmin",
    "RouteAdmin",
]
