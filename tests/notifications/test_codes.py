"""One-time codes: short-lived, counted, used once."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
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


def _proof(
    *, phone: str = PHONE, purpose: str = "track", subject: str = "26-0000123-4", asker: str = "browser"
) -> codes.Proof:
    return codes.Proof(phone, purpose, subject, asker)


def _ask(*, remote_address: str = "192.0.2.1", send: bool = True, **proof: str) -> OneTimeCode:
    return codes.issue(_proof(**proof), language="tr", remote_address=remote_address, send=send)


def _issue(**changes: str) -> str:
    """Issue a code and read it from the simulated phone."""
    assert _ask(**changes).sent
    delivery.deliver(Lane.OTP)
    text = LocalDelivery.objects.all().newest_first()[0].text
    found = re.search(r"\b\d{6}\b", text)
    assert found is not None
    return found.group()


def _check(code: str, **changes: str) -> None:
    codes.check(_proof(**changes), code=code)


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def _refusal(code: str, **changes: str) -> str:
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


def test_asking_again_leaves_the_code_that_came_before_good() -> None:
    first = _issue()
    _issue()
    _check(first)


def test_with_one_code_used_the_others_are_used_too() -> None:
    first, second = _issue(), _issue()
    _check(second)
    assert "already used" in _refusal(first)


def test_a_wrong_try_counts_against_every_code_that_is_good() -> None:
    codes_sent = {_issue(), _issue()}
    wrong = next(f"{number:06d}" for number in range(3) if f"{number:06d}" not in codes_sent)
    for _ in range(5):
        _refusal(wrong)
    assert all("five times" in _refusal(code) for code in codes_sent)


def test_after_five_wrong_tries_a_new_code_helps() -> None:
    spent = _issue()
    for _ in range(5):
        _refusal(_wrong(spent))
    _check(_issue())


@pytest.mark.parametrize(
    "other",
    [{"purpose": "contact"}, {"phone": OTHER_PHONE}, {"subject": "26-0000999-9"}, {"asker": "another browser"}],
)
def test_a_code_is_good_for_its_own_phone_purpose_subject_and_asker_only(other: dict[str, str]) -> None:
    code = _issue()
    assert "no longer valid" in _refusal(code, **other)
    assert OneTimeCode.objects.get().tries == 0
    _check(code)


@pytest.mark.parametrize("other", [{"subject": "26-0000999-9"}, {"asker": "another browser"}])
def test_who_asks_and_guesses_beside_it_takes_nothing_from_a_code_under_way(other: dict[str, str]) -> None:
    code = _issue()
    _ask(remote_address="192.0.2.66", send="subject" not in other, **other)
    for _ in range(5):
        _refusal(_wrong(code), **other)
    _check(code)


def test_an_unknown_purpose_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="purpose"):
        _issue(purpose="marketing")


def test_three_codes_in_a_quarter_of_an_hour_may_be_asked_for() -> None:
    for _ in range(3):
        _issue()
    with translation.override("en"), pytest.raises(InvalidInput, match="Wait 15 minutes") as refused:
        _issue()
    assert refused.value.field == "phone"
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        _issue()


def test_they_cover_all_purposes_and_browsers_together() -> None:
    _issue()
    _issue(purpose="contact")
    _issue(asker="another browser")
    with pytest.raises(InvalidInput):
        _issue(purpose="contact")


def test_a_phone_is_sent_five_codes_whoever_asks_and_nobody_is_told() -> None:
    for number in range(5):
        _issue(remote_address=f"192.0.2.{number}")
    assert not _ask(remote_address="192.0.2.9").sent
    assert Message.objects.count() == 5
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        _issue()


def test_a_code_that_was_not_sent_for_the_cap_leaves_the_sent_one_good() -> None:
    mine = _issue()
    for number in range(4):
        _issue(remote_address=f"192.0.2.{number + 2}", asker="stranger")
    assert not _ask().sent
    _check(mine)


def test_a_stranger_with_wrong_numbers_uses_up_nothing_of_a_phone() -> None:
    for number in range(6):
        for _ in range(3):
            _ask(subject=f"wrong {number}", remote_address="192.0.2.66", send=False)
    _check(_issue())


def test_a_stranger_with_the_right_number_leaves_codes_for_the_owner() -> None:
    for _ in range(3):
        _ask(remote_address="192.0.2.66", asker="stranger")
    with pytest.raises(InvalidInput):
        _ask(remote_address="192.0.2.66", asker="stranger")
    _check(_issue())


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


def test_no_more_than_a_total_is_sent_and_the_operator_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(codes, "CAPS", codes.Caps(total=1))
    _issue()
    assert not _ask(phone=OTHER_PHONE, remote_address="192.0.2.9").sent
    assert "total_cap_reached" in caplog.text


def test_codes_that_are_not_sent_do_not_count_towards_the_total(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "CAPS", codes.Caps(total=1))
    _ask(phone=OTHER_PHONE, send=False)
    _issue()


def test_a_stranger_is_refused_as_often_as_anybody_but_nothing_is_sent() -> None:
    for _ in range(3):
        assert not _ask(send=False).sent
    with pytest.raises(InvalidInput):
        _ask(send=False)
    assert not Message.objects.exists()


def test_no_guess_is_right_where_nothing_was_sent() -> None:
    _ask(send=False)
    row = OneTimeCode.objects.get()
    row.digest = _proof().digest("123456")
    row.save()
    assert "4 more times" in _refusal("123456")


def test_asking_takes_the_same_steps_whether_it_is_sent_or_not() -> None:
    _ask(remote_address="192.0.2.7")
    with CaptureQueriesContext(connection) as sent:
        _ask(remote_address="192.0.2.8")
    with CaptureQueriesContext(connection) as kept:
        _ask(remote_address="192.0.2.9", send=False)
    assert _steps(kept) == _steps(sent)
    assert _steps(sent).count("INSERT") == 2


def _steps(queries: CaptureQueriesContext) -> list[str]:
    """What the database was asked to do, without the marks that group it."""
    kinds = [query["sql"].split()[0] for query in queries]
    return [kind for kind in kinds if kind not in ("SAVEPOINT", "RELEASE", "ROLLBACK")]


def test_a_refused_request_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "CAPS", codes.Caps(same=0))
    with pytest.raises(InvalidInput):
        _issue()
    assert not Message.objects.exists()
    assert not OneTimeCode.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_checking_inside_a_transaction_is_a_mistake_because_tries_would_not_count() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        codes.check(_proof(), code="123456")


@pytest.mark.django_db(transaction=True)
def test_asking_many_times_at_once_does_not_pass_the_cap() -> None:
    outcomes = _at_once(6, _ask)
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
