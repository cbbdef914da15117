"""Messages and announcements, their templates, one-time codes, consents, and the simulated phone."""

from notifications.lanes import Lane
from notifications.models.bulk import BulkMessage
from notifications.models.campaign import Campaign, CampaignEvent, ListedReceiver, OptOut, QuotaYear
from notifications.models.code import OneTimeCode
from notifications.models.consent import Consent
from notifications.models.message import Message
from notifications.models.notice import InboundNotice
from notifications.models.own_phone import OwnPhone
from notifications.models.receiver_list import ReceiverList
from notifications.models.route import Route, RouteAllowance, RoutePause, RouteTally
from notifications.models.simulated import LocalDelivery
from notifications.models.template import MessageTemplate
from notifications.models.topic import Topic
from notifications.workflow import State

__all__ = [
    "BulkMessage",
    "Campaign",
    "CampaignEvent",
    "Consent",
    "InboundNotice",
    "Lane",
    "ListedReceiver",
    "LocalDelivery",
    "Message",
    "MessageTemplate",
    "OneTimeCode",
    "OptOut",
    "OwnPhone",
    "QuotaYear",
    "ReceiverList",
    "Route",
    "RouteAllowance",
    "RoutePause",
    "RouteTally",
    "State",
    "Topic",
]
