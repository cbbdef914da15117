"""Commercial announcements go only where the gateway leaves out whoever refused them in the register (İYS)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from accounts.models import User
from common.errors import InvalidInput
from notifications.campaign_workflow import Status, Verb
from notifications.lanes import Lane
from notifications.models import BulkMessage, Campaign, RoutePause, State
from notifications.services import consents, delivery
from notifications.services.campaigns import approval, running
from notifications.services.campaigns.advance import advance
from tests.notifications.conftest import OTHER_PHONE, PHONE, use_route
from tests.providers import netgsm, twilio

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # 12:00 in Istanbul
CONCERT = {"tr": "Konser biletleri satışta. Çıkmak için: {ayril}"}


@pytest.fixture(autouse=True)
def at_noon() -> Iterable[Any]:
    with time_machine.travel(NOON) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def agreed(templates: None, at_noon: Any) -> None:
    consents.give(phone=PHONE, text_version="tr-1", source="portal", language="tr")


@pytest.fixture
def over_netgsm(settings: Any, at_noon: Any) -> Iterator[netgsm.NetgsmServer]:
    """Messages go out over the loopback NetGSM too."""
    with netgsm.running() as server:
        settings.NETGSM_USERNAME, settings.NETGSM_PASSWORD = netgsm.USERNAME, netgsm.PASSWORD
        settings.NETGSM_API_BASE = server.url
        use_route("local")
        use_route("netgsm", sender="ORNEKBLD")
        yield server


def _send() -> None:
    advance()
    delivery.deliver(Lane.BULK)


@pytest.mark.parametrize("purpose", Campaign.Purpose.values)
def test_the_gateway_filters_what_is_commercial_and_nothing_else(
    approved: Callable[..., Campaign], over_netgsm: netgsm.NetgsmServer, purpose: str
) -> None:
    approved(purpose=purpose, bodies=CONCERT)
    _send()
    assert [taken.filtered for taken in over_netgsm.taken] == [purpose == Campaign.Purpose.COMMERCIAL]


def test_a_route_that_cannot_filter_is_passed_by(
    approved: Callable[..., Campaign],
    over_twilio: twilio.TwilioServer,
    over_netgsm: netgsm.NetgsmServer,
) -> None:
    use_route("twilio", alone=False, sender="ORNEKBLD", links_allowed=False, weight=1000)
    use_route("netgsm", alone=False, sender="ORNEKBLD", weight=1)
    approved(purpose=Campaign.Purpose.COMMERCIAL, bodies=CONCERT)
    _send()
    assert len(over_netgsm.taken) == 1
    assert not over_twilio.taken


def test_where_no_route_filters_any_more_it_waits(
    approved: Callable[..., Campaign], over_twilio: twilio.TwilioServer, over_netgsm: netgsm.NetgsmServer
) -> None:
    approved(purpose=Campaign.Purpose.COMMERCIAL, bodies=CONCERT)
    use_route("twilio", sender="ORNEKBLD", links_allowed=False)
    _send()
    assert BulkMessage.objects.get().state == State.QUEUED
    assert not over_twilio.taken


def test_an_account_that_is_not_set_up_for_it_stops_it_and_loses_nothing(
    approved: Callable[..., Campaign], author: User, over_netgsm: netgsm.NetgsmServer
) -> None:
    campaign = approved(purpose=Campaign.Purpose.COMMERCIAL, bodies=CONCERT)
    over_netgsm.next(netgsm.code("51"))
    _send()
    campaign.refresh_from_db()
    assert (campaign.status, campaign.halted_because) == (Status.PAUSED, Campaign.Limit.REGISTER)
    assert set(BulkMessage.objects.values_list("state", "attempts")) == {(State.QUEUED, 0)}
    assert not RoutePause.objects.exists()
    running.resume(actor=author, campaign_id=campaign.pk)
    _send()
    assert len(over_netgsm.taken) == 1


def test_workers_that_hear_so_at_the_same_time_stop_it_once(
    approved: Callable[..., Campaign], over_netgsm: netgsm.NetgsmServer
) -> None:
    consents.give(phone=OTHER_PHONE, text_version="tr-1", source="portal", language="tr")
    use_route("netgsm", sender="ORNEKBLD", batch_size=1)
    campaign = approved(purpose=Campaign.Purpose.COMMERCIAL, bodies=CONCERT)
    over_netgsm.next(netgsm.code("51"), netgsm.code("51"))
    advance()
    for claimed in [delivery.claim(Lane.BULK) for _ in range(2)]:
        delivery.send(Lane.BULK, claimed)
    assert over_netgsm.posts == 2
    assert campaign.events.filter(verb=Verb.HALT).count() == 1
    assert set(BulkMessage.objects.values_list("state", flat=True)) == {State.QUEUED}


def test_without_a_route_that_filters_it_is_not_sent_for_approval(
    author: User, over_twilio: twilio.TwilioServer
) -> None:
    campaign = approval.create(actor=author, name="Konser", bodies=CONCERT, purpose=Campaign.Purpose.COMMERCIAL)
    with pytest.raises(InvalidInput) as refusal:
        approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    assert refusal.value.field == "purpose"
    assert "İYS" in approval.obstacle(campaign)


def test_without_a_way_out_it_is_not_sent_for_approval(author: User) -> None:
    use_route("local")
    campaign = approval.create(
        actor=author, name="Konser", bodies={"tr": "Konser."}, purpose=Campaign.Purpose.COMMERCIAL
    )
    with pytest.raises(InvalidInput) as refusal:
        approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    assert refusal.value.field == "bodies"
    assert "{ayril}" in approval.obstacle(campaign)
