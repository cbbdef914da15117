"""One-time codes: short-lived, counted, used once."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone, translation

from common.errors import InvalidInput
from notifications.lanes import Lane
from notifications.models import LocalDelivery, Message, OneTimeCode
from notifications.services import codes, delivery
from tests.notifications.conftest import OTHER_PHONE, PHONE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("templates", "english")]


@pytest.fixture
def english(turkish: None) -> Iterator[None]:
    """The sentences below are compared as they stand in the source."""
    with translation.override("en"):
        yield


def _issue(**changes: Any) -> str:
    """Issue a code and read it from the simulated phone."""
    usual: dict[str, Any] = {"phone": PHONE, "purpose": "track", "language": "tr", "remote_address": "192.0.2.1"}
    codes.issue(**(usual | changes))
    delivery.deliver(Lane.OTP)
    text = LocalDelivery.objects.all().newest_first()[0].text
    found = re.search(r"\b\d{6}\b", text)
    assert found is not None
    return found.group()


def _check(code: str, **changes: Any) -> None:
    codes.check(**({"phone": PHONE, "purpose": "track", "code": code} | changes))


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def _refusal(code: str, **changes: Any) -> str:
    with translation.override("en"), pytest.raises(InvalidInput) as refused:
        _check(code, **changes)
    assert refused.value.field == "code"
    return str(refused.value)


def test_the_right_code_is_accepted() -> None:
    _check(_issue())
    assert OneTimeCode.objects.get().used_at is not None


def test_the_message_names_the_purpose_in_the_otp_lane() -> None:
    _issue(purpose="contact")
    assert "İletişim bilgilerini görme" in LocalDelivery.objects.get().text
    assert Message.objects.get().lane == Lane.OTP


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}-{1} ", "{0}\u00a0{1}"])
def test_the_code_may_be_typed_in_groups(typed: str) -> None:
    code = _issue()
    _check(typed.format(code[:3], code[3:]))


def test_the_code_may_be_typed_in_arabic_digits() -> None:
    code = _issue()
    _check(code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "12345\x00", "½23456"])
def test_something_that_is_no_code_is_refused_without_counting_a_try(typed: str) -> None:
    _issue()
    assert "6 digits" in _refusal(typed)
    assert OneTimeCode.objects.get().tries == 0


def test_neither_the_code_nor_the_address_is_stored() -> None:
    code = _issue()
    row = OneTimeCode.objects.filter().values().get()
    assert code not in str(row)
    assert "192.0.2.1" not in str(row)


def test_a_code_is_used_only_once() -> None:
    code = _issue()
    _check(code)
    assert "already used" in _refusal(code)


def test_a_code_expires_after_three_minutes() -> None:
    code = _issue()
    with time_machine.travel(timezone.now() + timedelta(minutes=3, seconds=1)):
        assert "no longer valid" in _refusal(code)


def test_five_wrong_tries_spend_the_code() -> None:
    code = _issue()
    answers = [_refusal(_wrong(code)) for _ in range(5)]
    assert "4 more times" in answers[0]
    assert "1 more time." in answers[3]
    assert "five times" in answers[4]
    assert "five times" in _refusal(code)


def test_a_wrong_try_is_counted_although_it_is_refused() -> None:
    _refusal(_wrong(_issue()))
    assert OneTimeCode.objects.get().tries == 1


def test_only_the_newest_code_counts() -> None:
    first, second = _issue(), _issue()
    if first != second:
        _refusal(first)
    _check(second)


def test_a_code_is_good_for_its_phone_and_purpose_only() -> None:
    code = _issue()
    assert "no longer valid" in _refusal(code, purpose="contact")
    assert "no longer valid" in _refusal(code, phone=OTHER_PHONE)
    _check(code)


def test_an_unknown_purpose_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="purpose"):
        _issue(purpose="marketing")


def test_a_phone_gets_three_codes_in_a_quarter_of_an_hour() -> None:
    for _ in range(3):
        _issue()
    with translation.override("en"), pytest.raises(InvalidInput, match="Wait 15 minutes") as refused:
        _issue()
    assert refused.value.field == "phone"
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        _issue()


def test_the_cap_of_a_phone_covers_all_purposes_together() -> None:
    _issue()
    _issue(purpose="contact")
    _issue()
    with pytest.raises(InvalidInput):
        _issue(purpose="contact")


def test_an_address_gets_only_so_many_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "CAPS", codes.Caps(address=2))
    _issue(phone="+905000000011")
    _issue(phone="+905000000012")
    with pytest.raises(InvalidInput):
        _issue(phone="+905000000013")
    _issue(phone="+905000000013", remote_address="192.0.2.2")


def test_a_household_of_ipv6_addresses_counts_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "CAPS", codes.Caps(address=1))
    _issue(remote_address="2001:db8:1:2::1")
    with pytest.raises(InvalidInput):
        _issue(phone=OTHER_PHONE, remote_address="2001:db8:1:2:ffff::9")


def test_there_is_a_cap_for_everybody_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "CAPS", codes.Caps(total=1))
    _issue()
    with pytest.raises(InvalidInput):
        _issue(phone=OTHER_PHONE, remote_address="192.0.2.9")


def test_a_code_for_a_stranger_counts_like_any_other_but_is_not_sent() -> None:
    for _ in range(3):
        codes.issue(phone=PHONE, purpose="track", language="tr", remote_address="192.0.2.1", send=False)
    assert not Message.objects.exists()
    with pytest.raises(InvalidInput):
        _issue()


def test_a_refused_request_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "CAPS", codes.Caps(phone=0))
    with pytest.raises(InvalidInput):
        _issue()
    assert not Message.objects.exists()
    assert not OneTimeCode.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_checking_inside_a_transaction_is_a_mistake_because_tries_would_not_count() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        codes.check(phone=PHONE, purpose="track", code="123456")


@pytest.mark.django_db(transaction=True)
def test_asking_many_times_at_once_does_not_pass_the_cap() -> None:
    outcomes = _at_once(6, lambda: codes.issue(phone=PHONE, purpose="track", language="tr", remote_address="192.0.2.1"))
    assert sum(outcome is None for outcome in outcomes) == 3
    assert OneTimeCode.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_code_checked_twice_at_once_is_accepted_once() -> None:
    code = _issue()
    outcomes = _at_once(4, lambda: _check(code))
    assert sum(outcome is None for outcome in outcomes) == 1


@pytest.mark.django_db(transaction=True)
def test_guessing_many_times_at_once_does_not_pass_five_tries() -> None:
    code = _issue()
    outcomes = _at_once(8, lambda: _check(_wrong(code)))
    assert all(isinstance(outcome, InvalidInput) for outcome in outcomes)
    assert OneTimeCode.objects.get().tries == 5


def _at_once(times: int, work: Callable[[], object]) -> list[InvalidInput | None]:
    """Run ``work`` on that many connections at the same moment; the refusal of each, or None."""
    together = Barrier(times)

    def run() -> InvalidInput | None:
        together.wait(timeout=10)
        try:
            work()
        except InvalidInput as refusal:
            return refusal
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(times) as threads:
        return [thread.result(timeout=20) for thread in [threads.submit(run) for _ in range(times)]]
