"""The link by which the receiver of an announcement leaves: in the text, counted, and the message's own."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from common.errors import InvalidInput
from notifications.lanes import Lane
from notifications.models import BulkMessage, Campaign, LocalDelivery, OptOut
from notifications.segments import measure
from notifications.services import consents, delivery
from notifications.services.campaigns import approval
from notifications.services.campaigns.advance import advance
from notifications.services.campaigns.forecast import Forecast
from notifications.services.ledgers.bulk import BulkLedger
from tests.notifications.conftest import OTHER_PHONE, PHONE, use_route
from tests.providers import twilio

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # 12:00 in Istanbul
BODIES = {"tr": "Yarın su yok. Çıkmak için {ayril}", "en": "No water. To leave: {leave}"}
TYPED = {"tr": "Konser: ornek.bel.tr/konser"}


@pytest.fixture(autouse=True)
def at_noon() -> Iterable[Any]:
    with time_machine.travel(NOON) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def agreed(templates: None, at_noon: Any) -> None:
    consents.give(phone=PHONE, text_version="tr-1", source="portal", language="tr")
    consents.give(phone=OTHER_PHONE, text_version="en-1", source="portal", language="en")


def _texts() -> dict[str, str]:
    advance()
    delivery.deliver(Lane.BULK)
    return dict(LocalDelivery.objects.values_list("to", "text"))


def test_each_receiver_leaves_by_the_link_of_the_own_message(client: Client, approved: Callable[..., Campaign]) -> None:
    approved(bodies=BODIES)
    texts = _texts()
    assert "/a/" in texts[PHONE]
    assert "/en/a/" in texts[OTHER_PHONE]
    link = texts[OTHER_PHONE].split()[-1]
    shown = client.get(link[link.index("/") :]).content.decode()
    assert "0500 *** ** 02" in shown
    client.post(link[link.index("/") :])
    assert list(OptOut.objects.values_list("phone", "source")) == [(OTHER_PHONE, "link")]


def test_its_length_is_counted_before_anything_is_sent(approved: Callable[..., Campaign]) -> None:
    body = {"tr": "s" * 140 + " {ayril}"}
    campaign = approved(bodies=body)
    foreseen = Forecast(campaign).segments
    sent = [measure(text).segments for text in _texts().values()]
    campaign.refresh_from_db()
    assert measure(body["tr"]).segments == 1
    assert (sum(sent), foreseen, campaign.planned_segments) == (4, 4, 4)


def test_a_message_is_asked_for_in_the_words_it_was_sent_in(approved: Callable[..., Campaign], at_noon: Any) -> None:
    approved(bodies=BODIES)
    advance()
    sent = {attempt.id: attempt.text for attempt in delivery.claim(Lane.BULK).attempts}
    at_noon.shift(timedelta(minutes=5))
    delivery.sweep()
    at_noon.shift(timedelta(minutes=5))
    now = timezone.now()
    asked = BulkLedger().claim_unknown(now=now, until=now, limit=10)
    assert {attempt.id: attempt.text for attempt in asked} == sent
    assert len(set(sent.values())) == BulkMessage.objects.count() == 2


@pytest.mark.parametrize("bodies", [BODIES, TYPED], ids=["way out", "typed"])
def test_a_way_without_links_is_passed_by(
    approved: Callable[..., Campaign], over_twilio: twilio.TwilioServer, bodies: dict[str, str]
) -> None:
    use_route("twilio", sender="ORNEKBLD", links_allowed=False, weight=1000)
    use_route("local", alone=False, weight=1)
    approved(bodies=bodies)
    assert len(_texts()) == 2
    assert not over_twilio.taken


@pytest.mark.parametrize("bodies", [BODIES, TYPED], ids=["way out", "typed"])
def test_where_no_way_carries_links_it_is_not_sent_for_approval(
    author: User, over_twilio: twilio.TwilioServer, bodies: dict[str, str]
) -> None:
    campaign = approval.create(actor=author, name="Su", bodies=bodies, purpose="public")
    with pytest.raises(InvalidInput) as refusal:
        approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    assert refusal.value.field == "bodies"
