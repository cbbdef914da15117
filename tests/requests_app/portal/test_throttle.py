"""How often one address may do something."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone

from common.addresses import client_address
from notifications.models import Message
from requests_app.models import ApplicationDraft, ServiceRequest
from requests_app.views import throttle
from tests.factories import APPLICANT_PHONE
from tests.requests_app.portal.citizen import Citizen, text_of


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """Counts start anew every hour; no test may run across it."""
    with time_machine.travel("2026-11-20T12:30:00+03:00", tick=False):
        yield


def use_up(limit: throttle.Limit, who: str = "127.0.0.1") -> None:
    for _ in range(limit.most):
        assert throttle.allows(limit, who)


def test_an_address_that_sends_too_much_is_asked_to_wait_and_loses_nothing(citizen: Citizen) -> None:
    citizen.fill()
    use_up(throttle.SEND)
    response = citizen.send()
    assert response.status_code == 429
    page = text_of(response)
    assert "Yazdıklarınız duruyor" in page
    assert "derin bir çukur" in page
    assert not ServiceRequest.objects.exists()


def test_an_address_that_starts_too_much_keeps_its_text_on_the_page(citizen: Citizen) -> None:
    use_up(throttle.START)
    response = citizen.take("what")
    assert response.status_code == 429
    assert "derin bir çukur var.</textarea>" in text_of(response)
    assert not ApplicationDraft.objects.exists()


def test_a_phone_that_may_be_a_strangers_gets_only_so_many_confirmations(citizen: Citizen) -> None:
    use_up(throttle.PHONE, APPLICANT_PHONE)
    sent = citizen.apply()
    assert sent.applicant is not None
    assert not Message.objects.filter(phone=APPLICANT_PHONE).exists()


def test_where_no_confirmation_goes_out_the_receipt_claims_none(citizen: Citizen) -> None:
    use_up(throttle.PHONE, APPLICANT_PHONE)
    citizen.apply()
    page = text_of(citizen.get("receipt"))
    assert "Numarayı bir yere yazın: bu kez SMS ile gelmiyor." in page
    assert "SMS ile gönderdik" not in page


def test_where_a_confirmation_goes_out_the_receipt_says_so(citizen: Citizen) -> None:
    citizen.apply()
    page = text_of(citizen.get("receipt"))
    assert "SMS ile gönderdik" in page
    assert "Numarayı bir yere yazın" not in page


def test_another_phone_gets_its_confirmation(citizen: Citizen) -> None:
    use_up(throttle.PHONE, "+905000000099")
    citizen.apply()
    assert Message.objects.get().phone == APPLICANT_PHONE


def test_after_an_hour_it_goes_on(citizen: Citizen) -> None:
    citizen.fill()
    use_up(throttle.SEND)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        assert citizen.send()["Location"] == "/basvuru/alindi/"


def test_another_address_is_not_held_back(citizen: Citizen) -> None:
    use_up(throttle.SEND, "10.0.0.9")
    citizen.fill()
    assert citizen.send().status_code == 302


def test_without_a_cache_everything_is_let_through(citizen: Citizen, settings: Any) -> None:
    limit = throttle.Limit("test", 0)
    assert not throttle.allows(limit, "x")
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert throttle.allows(limit, "x")


def test_a_program_that_asks_too_much_on_a_request_is_held_back(citizen: Citizen) -> None:
    sent = citizen.apply()
    citizen.open_link()
    use_up(throttle.WORDS)
    response = citizen.post("request_add", sent.number, text="bir daha")
    assert response.status_code == 429
    assert "bir daha</textarea>" in text_of(response)


@pytest.mark.parametrize("action", ["reopen", "rate"])
def test_what_sends_messages_or_counts_is_held_back_as_well(citizen: Citizen, action: str) -> None:
    sent = citizen.apply()
    citizen.open_link()
    use_up(throttle.WORDS)
    assert citizen.post(f"request_{action}", sent.number, text="bir daha").status_code == 429


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (1, "", "127.0.0.1"),
        (3, "1.2.3.4", "127.0.0.1"),
    ],
)
def test_the_address_is_what_our_own_proxy_saw(settings: Any, proxies: int, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == address


def test_one_household_of_ipv6_addresses_counts_as_one() -> None:
    limit = throttle.Limit("test", 1)
    first, second = (RequestFactory().get("/", REMOTE_ADDR=f"2001:db8::{number}") for number in (1, 2))
    assert throttle.allows_address(limit, first)
    assert not throttle.allows_address(limit, second)
