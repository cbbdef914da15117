"""Which messages of unknown outcome may be looked up, seen over both tables.

A gateway that does not keep our id knows a message by its phone, so two to one phone are never looked up at the same
time, nor while another one is on its way there: what is found for the first is known when the second is asked for.
"""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q

from notifications.models import BulkMessage, Message
from notifications.services.ledgers.base import Attempt
from notifications.workflow import State

_TABLES: tuple[type[models.Model], ...] = (Message, BulkMessage)


def to_look_up(model: type[models.Model], at: datetime) -> "models.QuerySet[models.Model]":
    """Messages of ``model`` to ask a gateway about at ``at``, longest waiting first, one a phone and route.

    Where two to one phone are unknown, news and codes come before announcements, and otherwise the lower id.
    """
    free = [~Exists(_in_the_way(model, other)) for other in _TABLES]
    return model._default_manager.filter(*free, state=State.UNKNOWN, due_at__lte=at).order_by("due_at")


def rivals(attempt: Attempt, *, within: timedelta) -> int:
    """How many other messages of unknown outcome went to the same phone and route ``within`` that time."""
    around = (attempt.tried_at - within, attempt.tried_at + within)
    near = Q(state=State.UNKNOWN, phone=attempt.phone, route=attempt.route, claimed_at__range=around)
    return sum(model._default_manager.filter(near).exclude(pk=attempt.id).count() for model in _TABLES)


def _in_the_way(model: type[models.Model], other: type[models.Model]) -> "models.QuerySet[models.Model]":
    """Rows of ``other`` for which one of ``model`` waits."""
    first = Q(id__lt=OuterRef("id")) if model is other else Q() if other is Message else Q(pk=None)
    same = other._default_manager.filter(phone=OuterRef("phone"), route=OuterRef("route"))
    return same.filter(Q(state=State.SENDING) | Q(first, state=State.UNKNOWN))
