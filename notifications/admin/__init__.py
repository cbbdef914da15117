"""Messages and announcements in the administration: read, write, approve, watch."""

from notifications.admin.campaigns import CampaignAdmin
from notifications.admin.consents import ConsentAdmin
from notifications.admin.messages import MessageAdmin
from notifications.admin.notices import InboundNoticeAdmin
from notifications.admin.optouts import OptOutAdmin
from notifications.admin.quota import QuotaYearAdmin
from notifications.admin.routes import RouteAdmin
from notifications.admin.simulated import LocalDeliveryAdmin
from notifications.admin.templates import MessageTemplateAdmin
from notifications.admin.topics import TopicAdmin

__all__ = [
    "CampaignAdmin",
    "ConsentAdmin",
    "InboundNoticeAdmin",
    "LocalDeliveryAdmin",
    "MessageAdmin",
    "MessageTemplateAdmin",
    "OptOutAdmin",
    "QuotaYearAdmin",
    "RouteAdmin",
    "TopicAdmin",
]
