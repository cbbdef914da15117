"""Commercial announcements go only where the gateway leaves out whoever refused them in the register (İYS)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from accounts.models import User
from common.errors import InvalidInput
from notifications.lanes import Lane
from notifications.models import BulkMessage, Campaign, State
from notifications.services import consents, delivery
from notifications.services.campaigns import approval
from notifications.services.campaigns.advance import advance
from tests.notifications.conftest import PHONE, use_route
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
