"""A route that refuses us as a whole is left alone; its messages wait."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.gateways.base import Outcome, Retry
from notifications.lanes import Lane
from notifications.models import Message, RoutePause, State
from notifications.services import delivery, routes
from tests.providers import twilio

pytestmark = pytest.mark.django_db

REFUSAL = Outcome.rejected("20003", Retry.ROUTE, detail="Authenticate")


def test_wrong_credentials_pause_the_route_and_keep_every_message(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer, settings: object
) -> None:
    settings.TWILIO_AUTH_TOKEN = "wrong"  # type: ignore[attr-defined]
    for _ in range(100):
        queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    assert set(Message.objects.values_list("state", flat=True)) == {State.QUEUED}
    assert RoutePause.objects.get().reason.startswith("20003")


def test_a_paused_route_is_left_alone(queue: Callable[..., Message], over_twilio: twilio.TwilioServer) -> None:
    routes.pause("twilio", REFUSAL, now=timezone.now())
    queue()
    assert delivery.deliver(Lane.TRANSACTIONAL) == 0
    assert over_twilio.posts == 0


def test_goes_on_when_the_route_takes_messages_again(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    routes.pause("twilio", REFUSAL, now=timezone.now())
    queue()
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        delivery.deliver(Lane.TRANSACTIONAL)
    assert Message.objects.get().state == State.ACCEPTED
    assert not RoutePause.objects.exists()


def test_pauses_longer_each_time_but_not_for_ever() -> None:
    now = timezone.now()
    lengths = []
    for _ in range(8):
        routes.pause("twilio", REFUSAL, now=now)
        until = RoutePause.objects.get().until
        lengths.append((until - now).total_seconds())
        now = until
    assert lengths == [30, 60, 120, 240, 480, 600, 600, 600]


def test_refusals_of_one_moment_count_as_one() -> None:
    now = timezone.now()
    routes.pause("twilio", REFUSAL, now=now)
    routes.pause("twilio", REFUSAL, now=now)
    assert RoutePause.objects.get().times == 1


def test_a_refusal_of_the_route_costs_the_message_no_try(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.refuse(401, 20003))
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.error_code, message.attempts) == (State.QUEUED, "20003", 0)
