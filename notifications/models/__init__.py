"""Messages, their templates, one-time codes, consents, and the simulated phone."""

from notifications.lanes import Lane
from notifications.models.code import OneTimeCode
from notifications.models.consent import Consent
from notifications.models.message import Message
from notifications.models.route import Route, RouteAllowance, RoutePause, RouteTally
from notifications.models.simulated import LocalDelivery
from notifications.models.template import MessageTemplate
from notifications.workflow import State

__all__ = [
    "Consent",
    "Lane",
    "LocalDelivery",
    "Message",
    "MessageTemplate",
    "OneTimeCode",
    "Route",
    "RouteAllowance",
    "RoutePause",
    "RouteTally",
    "State",
]
