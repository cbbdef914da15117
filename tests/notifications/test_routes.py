"""Which way a message goes, and when a way is left alone."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from notifications.gateways.base import NOT_TRIED, Outcome, Retry
from notifications.lanes import Lane
from notifications.models import LocalDelivery, Message, Route, RoutePause, RouteTally, State
from notifications.services import delivery, retries, routes, tallies
from notifications.services.routes import WayOut
from tests.notifications.conftest import use_route
from tests.notifications.connections import in_another_connection
from tests.providers import twilio

pytestmark = pytest.mark.django_db

REFUSAL = Outcome.rejected("20003", Retry.ROUTE, detail="Authenticate")
ERROR = Outcome.rejected("no_connection", Retry.LATER)
TAKEN = Outcome.accepted("x")


@pytest.fixture
def route(db: None) -> Route:
    return use_route("local")


@pytest.fixture
def beside(over_twilio: twilio.TwilioServer) -> Route:
    """Twilio and the simulation, both in use."""
    return use_route("local", alone=False)


def _codes(lane: Lane = Lane.TRANSACTIONAL, *, now: datetime | None = None) -> list[str]:
    return [way.route.code for way in routes.ways_out(lane, now=now or timezone.now())]


def _had(route: Route, *outcomes: Outcome) -> None:
    """What happens after a chunk with ``outcomes``."""
    now = timezone.now()
    tallies.add(route, [(outcome, 1) for outcome in outcomes], now=now)
    routes.judge(WayOut(route), outcomes, now=now)


def test_wrong_credentials_pause_the_route_and_keep_every_message(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer, settings: Any
) -> None:
    settings.TWILIO_AUTH_TOKEN = "wrong"
    for _ in range(100):
        queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    assert set(Message.objects.values_list("state", flat=True)) == {State.QUEUED}
    assert RoutePause.objects.get().reason.startswith("20003")


def test_a_route_that_refused_us_is_left_alone(queue: Callable[..., Message], over_twilio: twilio.TwilioServer) -> None:
    routes.pause(Route.objects.get(code="twilio"), REFUSAL, now=timezone.now())
    queue()
    assert delivery.deliver(Lane.TRANSACTIONAL) == 0
    assert over_twilio.posts == 0


def test_goes_on_when_the_route_takes_messages_again(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    routes.pause(Route.objects.get(code="twilio"), REFUSAL, now=timezone.now())
    queue()
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        delivery.deliver(Lane.TRANSACTIONAL)
    assert Message.objects.get().state == State.ACCEPTED
    assert not RoutePause.objects.exists()


def test_pauses_longer_each_time_but_not_for_ever(route: Route) -> None:
    now = timezone.now()
    lengths = []
    for _ in range(8):
        routes.pause(route, REFUSAL, now=now)
        until = RoutePause.objects.get().until
        lengths.append((until - now).total_seconds())
        now = until
    assert lengths == [30, 60, 120, 240, 480, 600, 600, 600]


def test_refusals_of_one_moment_count_as_one(route: Route) -> None:
    now = timezone.now()
    routes.pause(route, REFUSAL, now=now)
    routes.pause(route, REFUSAL, now=now)
    assert RoutePause.objects.get().times == 1


def test_a_refusal_of_the_route_costs_the_message_no_try(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.refuse(401, 20003))
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.error_code, message.attempts) == (State.QUEUED, "20003", 0)


def test_weights_share_the_messages_out(beside: Route) -> None:
    Route.objects.filter(code="local").update(weight=90)
    Route.objects.filter(code="twilio").update(weight=10)
    first = Counter(_codes()[0] for _ in range(1_000))
    assert 850 <= first["local"] <= 950


def test_a_route_takes_only_the_lanes_it_may_carry(beside: Route) -> None:
    Route.objects.filter(code="twilio").update(lanes=[Lane.OTP])
    assert _codes(Lane.BULK) == ["local"]
    assert set(_codes(Lane.OTP)) == {"local", "twilio"}


def test_a_route_out_of_use_or_of_another_channel_is_not_taken(beside: Route) -> None:
    Route.objects.filter(code="local").update(is_active=False)
    Route.objects.filter(code="twilio").update(channel="whatsapp")
    assert _codes() == []


def test_a_route_without_credentials_is_not_taken(beside: Route, settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    assert _codes() == ["local"]


def test_without_any_route_messages_wait(queue: Callable[..., Message]) -> None:
    queue()
    Route.objects.update(is_active=False)
    assert delivery.deliver(Lane.TRANSACTIONAL) == 0
    assert Message.objects.get().state == State.QUEUED


def test_the_others_take_over_from_a_paused_route(beside: Route) -> None:
    routes.pause(beside, ERROR, now=timezone.now(), refused=False)
    assert _codes() == ["twilio"]


def test_a_route_with_errors_is_better_than_none(route: Route) -> None:
    routes.pause(route, ERROR, now=timezone.now(), refused=False)
    assert _codes() == ["local"]


def test_many_errors_within_a_minute_pause_the_route(route: Route) -> None:
    _had(route, *[TAKEN] * 950, *[ERROR] * 50)
    assert not RoutePause.objects.exists()
    _had(route, ERROR)
    assert not RoutePause.objects.get().refused


def test_a_large_share_of_errors_pauses_the_route(route: Route) -> None:
    _had(route, *[TAKEN] * 10, *[Outcome.unknown("no_answer")] * 9)
    assert not RoutePause.objects.exists()
    _had(route, Outcome.unknown("no_answer"))
    assert RoutePause.objects.get().reason == "no_answer"


def test_errors_are_forgotten_after_a_minute(route: Route) -> None:
    _had(route, *[TAKEN] * 950, *[ERROR] * 50)
    with time_machine.travel(timezone.now() + timedelta(seconds=71)):
        _had(route, ERROR)
    assert not RoutePause.objects.exists()


def test_what_is_wrong_with_messages_is_not_the_routes_fault(route: Route) -> None:
    _had(route, *[Outcome.rejected("21614", Retry.NEVER)] * 100, *[NOT_TRIED] * 100)
    assert not RoutePause.objects.exists()


def test_one_small_chunk_tries_a_paused_route_again(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    routes.pause(Route.objects.get(code="twilio"), REFUSAL, now=timezone.now())
    for _ in range(20):
        queue()
    over_twilio.next(*[twilio.refuse(401, 20003)] * 20)
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        delivery.deliver(Lane.TRANSACTIONAL)
    assert 0 < over_twilio.posts <= routes.CANARY
    assert RoutePause.objects.get().times == 2


def test_only_one_worker_sends_the_canary(route: Route) -> None:
    routes.pause(route, REFUSAL, now=timezone.now())
    later = timezone.now() + timedelta(seconds=31)
    assert routes.ways_out(Lane.BULK, now=later) == [WayOut(route, canary=True)]
    assert routes.ways_out(Lane.BULK, now=later) == []


def test_a_canary_that_never_came_back_is_replaced(route: Route) -> None:
    now = timezone.now()
    routes.pause(route, REFUSAL, now=now)
    routes.ways_out(Lane.BULK, now=now + timedelta(seconds=31))
    assert routes.ways_out(Lane.BULK, now=now + timedelta(seconds=122)) == [WayOut(route, canary=True)]


def test_a_lane_with_nothing_to_send_leaves_the_canary_to_another(route: Route) -> None:
    routes.pause(route, REFUSAL, now=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        delivery.deliver(Lane.BULK)
        assert [way.canary for way in routes.ways_out(Lane.TRANSACTIONAL, now=timezone.now())] == [True]


def test_a_code_is_no_canary_while_another_route_is_open(beside: Route) -> None:
    routes.pause(beside, ERROR, now=timezone.now(), refused=False)
    assert _codes(Lane.OTP, now=timezone.now() + timedelta(seconds=61)) == ["twilio"]


def test_what_a_canary_may_not_take_goes_by_the_routes_that_work(beside: Route) -> None:
    now = timezone.now()
    routes.pause(beside, REFUSAL, now=now)
    found = routes.ways_out(Lane.BULK, now=now + timedelta(seconds=31))
    assert [(way.route.code, way.canary) for way in found] == [("local", True), ("twilio", False)]


def test_a_canary_of_which_nothing_was_tried_shows_nothing(route: Route) -> None:
    routes.pause(route, REFUSAL, now=timezone.now())
    later = timezone.now() + timedelta(seconds=31)
    (way,) = routes.ways_out(Lane.BULK, now=later)
    routes.judge(way, [NOT_TRIED], now=later)
    assert routes.ways_out(Lane.BULK, now=later) == [WayOut(route, canary=True)]


def test_a_canary_with_errors_pauses_longer(route: Route) -> None:
    routes.pause(route, ERROR, now=timezone.now(), refused=False)
    later = timezone.now() + timedelta(seconds=61)
    (way,) = routes.ways_out(Lane.BULK, now=later)
    routes.judge(way, [ERROR, TAKEN], now=later)
    assert RoutePause.objects.get().until == later + timedelta(seconds=120)


def test_a_message_of_unknown_outcome_is_asked_for_where_it_was_sent(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.TAKE_THEN_FAIL)
    queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    use_route("local")
    with time_machine.travel(timezone.now() + retries.SETTLING + timedelta(seconds=1)):
        delivery.reconcile()
        delivery.deliver(Lane.TRANSACTIONAL)
    message = Message.objects.get()
    assert (message.state, message.route) == (State.ACCEPTED, "twilio")
    assert not LocalDelivery.objects.exists()


def test_a_message_proven_absent_may_take_another_route(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.FAIL)
    queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    use_route("local")
    with time_machine.travel(timezone.now() + retries.SETTLING + timedelta(seconds=1)):
        delivery.reconcile()
        delivery.deliver(Lane.TRANSACTIONAL)
    message = Message.objects.get()
    assert (message.state, message.route) == (State.ACCEPTED, "local")
    assert over_twilio.taken == []


def test_a_link_waits_for_a_route_that_carries_links(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    queue(context={"number": "26-0000123-4", "municipality": "ornek.bel.tr"})
    routes.pause(use_route("local", alone=False), REFUSAL, now=timezone.now())
    delivery.deliver(Lane.TRANSACTIONAL)
    message = Message.objects.get()
    assert (message.state, message.error_code) == (State.QUEUED, "link_on_foreign_route")
    assert over_twilio.posts == 0


def test_letters_are_sent_as_the_route_says_and_counted_so(queue: Callable[..., Message]) -> None:
    use_route("local", letters="plain")
    queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    message = Message.objects.get()
    assert message.text == "Basvurunuz alindi: 26-0000123-4. Örnek Belediyesi"
    assert LocalDelivery.objects.get().text == message.text


def test_outcomes_and_segments_are_counted_once(queue: Callable[..., Message]) -> None:
    for _ in range(3):
        queue(context={"number": "26-0000123-4", "municipality": "Ö" * 200})
    delivery.deliver(Lane.TRANSACTIONAL)
    sums = RouteTally.objects.values_list("kind", "messages", "segments")
    assert [sum(row[index] for row in sums) for index in (1, 2)] == [3, 6]


def test_choosing_a_way_takes_one_query(beside: Route, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        _codes()


def test_a_chunk_that_went_well_takes_one_statement_for_its_route(
    queue: Callable[..., Message], django_assert_num_queries: Any
) -> None:
    queue()
    claimed = delivery.claim(Lane.TRANSACTIONAL)
    # deliver into the simulation, savepoint and its release, the messages, the tally
    with django_assert_num_queries(5):
        delivery.send(Lane.TRANSACTIONAL, claimed)


@pytest.mark.django_db(transaction=True)
def test_a_pause_is_seen_by_every_worker(route: Route) -> None:
    in_another_connection(lambda: routes.pause(route, REFUSAL, now=timezone.now()))
    assert _codes() == []
