"""What is set aside, counted and paid are the parts that are really sent, whichever route takes them."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.models import User
from notifications.campaign_workflow import Status
from notifications.lanes import Lane
from notifications.models import BulkMessage, Campaign, LocalDelivery, QuotaYear, Route, State
from notifications.services import consents, delivery
from notifications.services.campaigns import closing, price, running
from notifications.services.campaigns.advance import advance
from notifications.services.campaigns.forecast import Forecast, size_of
from tests.notifications.conftest import use_route
from tests.providers import loopback, twilio, verimor

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # 12:00 in Istanbul


@pytest.fixture(autouse=True)
def at_noon() -> Iterable[Any]:
    with time_machine.travel(NOON) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def short(db: None) -> Route:
    """A route on which the usual text takes one part."""
    return use_route("local", price_kurus=10)


@pytest.fixture
def long(short: Route) -> Route:
    """A route beside it on which it takes two, at another price; out of use."""
    usual = {"name": "long", "gateway": "local", "lanes": list(Lane), "reserved_units": 150, "price_kurus": 30}
    return Route.objects.create(code="long", **usual)


@pytest.fixture
def three_phones(db: None) -> None:
    for number in range(3):
        consents.give(phone=f"+9050000001{number:02}", text_version="tr-1", source="portal", language="tr")


def _use(*routes: Route) -> None:
    Route.objects.update(is_active=False)
    Route.objects.filter(pk__in=[route.pk for route in routes]).update(is_active=True)


def _reserved() -> int:
    return QuotaYear.objects.get().reserved


def _parts() -> list[int]:
    return sorted(BulkMessage.objects.values_list("segments", flat=True))


@pytest.mark.usefixtures("three_phones")
def test_the_most_parts_of_any_route_are_set_aside(
    approved: Callable[..., Campaign], short: Route, long: Route
) -> None:
    _use(short, long)
    campaign = approved()
    forecast = Forecast(campaign)
    assert (forecast.segments, forecast.cost) == (6, Decimal("1.8"))
    advance()
    assert _reserved() == 6


@pytest.mark.usefixtures("three_phones")
def test_a_limit_that_only_one_of_the_routes_would_keep_stops_it(
    approved: Callable[..., Campaign], short: Route, long: Route
) -> None:
    _use(short, long)
    campaign = approved(most_segments=5)
    advance()
    campaign.refresh_from_db()
    assert (campaign.status, campaign.halted_because) == (Status.PAUSED, Campaign.Limit.BUDGET)


@pytest.mark.usefixtures("three_phones")
def test_a_route_that_may_not_take_it_is_neither_measured_nor_priced(
    approved: Callable[..., Campaign], short: Route, long: Route
) -> None:
    _use(short, long)
    Route.objects.filter(pk=long.pk).update(links_allowed=False)
    campaign = approved(bodies={"tr": "Konser. {ayril}"}, most_segments=3)
    forecast = Forecast(campaign)
    assert (forecast.segments, forecast.cost) == (3, Decimal("0.3"))
    advance()
    campaign.refresh_from_db()
    assert (campaign.status, _reserved(), _parts()) == (Status.RUNNING, 3, [1, 1, 1])


def test_while_it_is_written_only_routes_that_may_take_it_are_measured(
    short: Route, over_twilio: twilio.TwilioServer
) -> None:
    use_route("local", price_kurus=10)
    use_route("twilio", alone=False, sender="ORNEKBLD", links_allowed=False, price_kurus=30)
    body = {"body": "ş" * 120, "language": "tr", "plain": False}
    public, commercial = (size_of(**body, purpose=purpose) for purpose in ("public", "commercial"))
    assert (public.segments, public.cost) == (2, Decimal("0.6"))
    assert (commercial.segments, commercial.cost) == (1, Decimal("0.1"))


@pytest.mark.usefixtures("three_phones")
def test_what_was_sent_is_counted_and_paid_as_it_was_sent(
    approved: Callable[..., Campaign], short: Route, long: Route, at_noon: Any
) -> None:
    _use(short, long)
    campaign = approved()
    advance()
    _use(short)
    delivery.deliver(Lane.BULK)
    advance()
    campaign.refresh_from_db()
    tally = closing.tally(campaign)
    assert (tally.segments, tally.sent_segments, tally.by_route, _parts()) == (3, 3, {"local": 3}, [1, 1, 1])
    assert price.of_sent(tally.by_route) == Decimal("0.3")
    at_noon.move_to(NOON + timedelta(hours=73))
    advance()
    campaign.refresh_from_db()
    assert (campaign.totals["sent_segments"], campaign.totals["by_route"], _reserved()) == (3, {"local": 3}, 3)


@pytest.mark.usefixtures("three_phones")
def test_a_longer_way_taken_later_sets_more_aside_once(
    approved: Callable[..., Campaign], short: Route, long: Route
) -> None:
    campaign = approved(most_segments=6)
    advance()
    assert _reserved() == 3
    _use(long)
    assert delivery.deliver(Lane.BULK) == 3
    campaign.refresh_from_db()
    assert (_reserved(), campaign.planned_segments, closing.tally(campaign).sent_segments) == (6, 6, 6)
    assert closing.tally(campaign).by_route == {"long": 6}


@pytest.mark.usefixtures("three_phones")
@pytest.mark.parametrize("limit", [Campaign.Limit.BUDGET, Campaign.Limit.QUOTA])
def test_a_longer_way_that_would_pass_a_limit_stops_it_before_anything_is_sent(
    approved: Callable[..., Campaign], author: User, short: Route, long: Route, limit: Campaign.Limit
) -> None:
    QuotaYear.objects.create(year=2026, limit=5)
    campaign = approved(most_segments=5 if limit == Campaign.Limit.BUDGET else None)
    advance()
    _use(long)
    assert delivery.deliver(Lane.BULK) == 0
    campaign.refresh_from_db()
    assert (campaign.status, campaign.halted_because, _reserved()) == (Status.PAUSED, limit, 3)
    assert set(BulkMessage.objects.values_list("state", "attempts")) == {(State.QUEUED, 0)}
    assert not LocalDelivery.objects.exists()
    _use(short)
    running.resume(actor=author, campaign_id=campaign.pk)
    assert delivery.deliver(Lane.BULK) == 3


@pytest.mark.usefixtures("three_phones")
@pytest.mark.parametrize(
    ("mood", "asked_after", "kept"),
    [
        (loopback.TAKE_THEN_FAIL, timedelta(minutes=3), 3),
        (loopback.FAIL, timedelta(hours=25), 3),
        (loopback.refuse(400, "FORBIDDEN_MESSAGE"), timedelta(minutes=3), 0),
    ],
    ids=["taken and not delivered", "nobody can say", "refused"],
)
def test_of_what_failed_only_the_parts_that_were_certainly_not_sent_are_given_back(
    approved: Callable[..., Campaign],
    over_verimor: verimor.VerimorServer,
    at_noon: Any,
    mood: loopback.Mood,
    asked_after: timedelta,
    kept: int,
) -> None:
    over_verimor.next(mood)
    campaign = approved()
    advance()
    delivery.deliver(Lane.BULK)
    for taken in over_verimor.taken:
        taken.status = "NOT_DELIVERED"
    over_verimor.lookup_status = 200 if over_verimor.taken else 500
    at_noon.shift(asked_after)
    delivery.reconcile()
    assert set(BulkMessage.objects.values_list("state", flat=True)) == {State.FAILED}
    advance()
    campaign.refresh_from_db()
    assert (campaign.totals["sent_segments"], _reserved()) == (kept, kept)


def test_costs_are_not_guessed_where_a_price_is_missing(short: Route, long: Route) -> None:
    Route.objects.filter(pk=long.pk).update(price_kurus=0)
    assert price.of_sent({"local": 2}) == Decimal("0.2")
    assert price.of_sent({"local": 2, "long": 1}) is None
