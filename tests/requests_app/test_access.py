"""Who may see a request: by its secret, or by number, phone and code. Nobody learns whether a guess was close."""

import pytest

from common.errors import InvalidInput
from notifications.models import Message, OneTimeCode
from requests_app.services import access
from tests import factories
from tests.factories import APPLICANT_PHONE, OTHER_PHONE, Town


def ask(number: str, phone: str = APPLICANT_PHONE) -> None:
    access.send_recovery_code(number=number, phone=phone, asker="browser", language="tr", remote_address="127.0.0.1")


def sent_code() -> str:
    return str(Message.objects.filter(event__startswith="code_").latest("created_at").context["code"])


def test_the_secret_opens_its_request_and_no_other(town: Town) -> None:
    request = factories.submit(town, secret="the-one")
    assert access.by_secret("the-one") == request
    assert access.by_secret("another") is None


@pytest.mark.django_db(transaction=True)
def test_number_phone_and_code_open_the_request() -> None:
    request = factories.submit(factories.make_town())
    ask(request.number)
    found = access.recover(number=request.number, phone=APPLICANT_PHONE, asker="browser", code=sent_code())
    assert found.pk == request.pk
    found.applicant.refresh_from_db()
    assert found.applicant.phone_verified_at is not None


def test_a_wrong_phone_gets_no_code_but_the_same_treatment(town: Town) -> None:
    request = factories.submit(town)
    ask(request.number, OTHER_PHONE)
    assert not Message.objects.filter(event="code_track").exists()
    assert OneTimeCode.objects.count() == 1


def test_caps_hold_for_wrong_phones_too(town: Town) -> None:
    request = factories.submit(town)
    for _ in range(3):
        ask(request.number, OTHER_PHONE)
    with pytest.raises(InvalidInput):
        ask(request.number, OTHER_PHONE)


@pytest.mark.django_db(transaction=True)
def test_a_code_for_one_request_does_not_open_another() -> None:
    town = factories.make_town()
    mine = factories.submit(town)
    other = factories.submit(town, contact=factories.intake.Contact(name="Başka Biri", phone=OTHER_PHONE))
    ask(mine.number)
    with pytest.raises(InvalidInput):
        access.recover(number=other.number, phone=APPLICANT_PHONE, asker="browser", code=sent_code())
