"""Messages as a gateway gets them, all of one claim."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from notifications.gateways.base import Gateway, OutboundMessage, Outcome
from notifications.ids import new_id

TEXT = "Başvurunuz alındı: 26-0000123-4."


def phone(number: int) -> str:
    """An invented phone."""
    return f"+90500000{number:04}"


def batch(count: int, *, text: str = TEXT, minutes_left: float = 60) -> list[OutboundMessage]:
    """``count`` messages to as many phones, in the order of their ids."""
    now = timezone.now()
    expires = now + timedelta(minutes=minutes_left)
    ids = sorted(new_id() for _ in range(count))
    return [OutboundMessage(id_, phone(number), text, now, expires) for number, id_ in enumerate(ids)]


def mixed() -> list[OutboundMessage]:
    """A commercial message and one of information, of one claim."""
    commercial, information = batch(2)
    return [replace(commercial, commercial=True), information]


def soon() -> datetime:
    """Time enough for every test."""
    return timezone.now() + timedelta(minutes=1)


def send(gateway: Gateway, *messages: OutboundMessage) -> list[Outcome]:
    """Hand over ``messages``, or one."""
    return gateway.send_batch(messages or batch(1), until=soon())


def of_another_part(messages: Sequence[OutboundMessage]) -> OutboundMessage:
    """One that goes with others than the first, where a call is made anew in parts."""
    return next(message for message in messages if (message.id.int ^ messages[0].id.int) & 7)
