"""Finding one's request: by its link, or by number, phone and code."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from common.numbers import make_number
from notifications.models import Message
from requests_app.models import ServiceRequest
from tests import factories
from tests.requests_app.portal.citizen import Citizen, last_code, text_of


@pytest.fixture
def sent(citizen: Citizen) -> ServiceRequest:
    return citizen.apply()


@pytest.fixture
def visitor(sent: ServiceRequest) -> Citizen:
    """Somebody without cookies."""
    return Citizen()


def find(visitor: Citizen, number: str, phone: str = "0500 000 00 01") -> None:
    assert visitor.post("track", number=number, phone=phone)["Location"] == "/takip/kod/"


def test_the_link_opens_the_request_and_leaves_the_address(citizen: Citizen, sent: ServiceRequest) -> None:
    response = citizen.open_link()
    assert response["Location"] == f"/takip/basvuru/{sent.number}/"
    assert citizen.client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("secret", ["yok", "0" * 32, "..", "ş"])
def test_a_forged_link_opens_nothing_and_says_what_to_do(visitor: Citizen, secret: str) -> None:
    response = visitor.client.get(f"/takip/{secret}/")
    assert response.status_code == 404
    assert "Bu bağlantıda bir başvuru yok" in text_of(response) or secret == ".."


def test_number_phone_and_code_open_the_request(visitor: Citizen, sent: ServiceRequest) -> None:
    find(visitor, sent.number)
    response = visitor.post("track_code", code=last_code("track"))
    assert response["Location"] == f"/takip/basvuru/{sent.number}/"
    assert "0500 000 00 01" in text_of(visitor.client.get(response["Location"]))


def test_the_number_may_be_typed_as_people_type(visitor: Citizen, sent: ServiceRequest) -> None:
    find(visitor, f" {sent.number.replace('-', ' ')} ", "+90 (500) 000-0001")
    assert visitor.post("track_code", code=f" {last_code('track')[:3]} {last_code('track')[3:]}").status_code == 302


def test_the_link_with_the_number_fills_it_in(visitor: Citizen, sent: ServiceRequest) -> None:
    assert f'value="{sent.number}"' in text_of(visitor.get("track", number=sent.number))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"number": "", "phone": "0500 000 00 01"}, "Başvuru numarasını yazın."),
        ({"number": "26-0000001-9", "phone": "0500 000 00 01"}, "id_number_error"),
        ({"number": "123", "phone": "0500 000 00 01"}, "id_number_error"),
        ({"number": "\x00", "phone": "0500 000 00 01"}, "id_number_error"),
        ({"number": make_number(2026, 1), "phone": "0500"}, "Telefon numarası 05 ile başlamalı"),
        ({"number": make_number(2026, 1), "phone": ""}, "Telefon numarası yazın."),
    ],
)
def test_a_mistyped_number_or_phone_is_explained(visitor: Citizen, fields: dict[str, str], message: str) -> None:
    response = visitor.post("track", **fields)
    assert response.status_code == 422
    assert message in text_of(response)
    assert not Message.objects.filter(event="code_track").exists()


def test_a_phone_that_does_not_belong_gets_no_message_but_the_same_page(visitor: Citizen, sent: ServiceRequest) -> None:
    find(visitor, sent.number, "0500 000 00 99")
    assert not Message.objects.filter(event="code_track").exists()
    assert "birbirini tutuyorsa" in text_of(visitor.get("track_code"))


def test_an_unknown_number_gets_the_same_page(visitor: Citizen) -> None:
    find(visitor, make_number(2026, 999))
    assert "birbirini tutuyorsa" in text_of(visitor.get("track_code"))


def test_a_wrong_code_says_how_many_tries_are_left(visitor: Citizen, sent: ServiceRequest) -> None:
    find(visitor, sent.number)
    wrong = "000000" if last_code("track") != "000000" else "111111"
    response = visitor.post("track_code", code=wrong)
    assert response.status_code == 422
    assert "id_code_error" in text_of(response)


def test_a_wrong_code_reads_the_same_whether_there_is_such_a_request(visitor: Citizen, sent: ServiceRequest) -> None:
    find(visitor, sent.number, "0500 000 00 99")
    stranger = text_of(visitor.post("track_code", code="000000"))
    find(visitor, sent.number)
    wrong = "000000" if last_code("track") != "000000" else "111111"
    owner = text_of(visitor.post("track_code", code=wrong))
    message = owner.split('id="id_code_error"')[1].split("</p>")[0]
    assert message in stranger


def test_an_expired_code_is_refused(visitor: Citizen, sent: ServiceRequest) -> None:
    find(visitor, sent.number)
    code = last_code("track")
    with time_machine.travel(timezone.now() + timedelta(minutes=4), tick=False):
        response = visitor.post("track_code", code=code)
    assert response.status_code == 422
    assert "id_code_error" in text_of(response)


def test_a_used_code_is_refused(visitor: Citizen, sent: ServiceRequest) -> None:
    find(visitor, sent.number)
    code = last_code("track")
    visitor.post("track_code", code=code)
    again = Citizen()
    again.client.cookies = visitor.client.cookies
    session = again.client.session
    session["request_looked_for"] = {"number": sent.number, "phone": "+905000000001"}
    session.save()
    assert again.post("track_code", code=code).status_code == 422


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "\x00", "1" * 50])
def test_what_is_no_code_is_refused(visitor: Citizen, sent: ServiceRequest, code: str) -> None:
    find(visitor, sent.number)
    response = visitor.post("track_code", code=code)
    assert response.status_code == 422
    assert "id_code_error" in text_of(response)


def test_a_new_code_can_be_asked_for(visitor: Citizen, sent: ServiceRequest) -> None:
    find(visitor, sent.number)
    assert visitor.post("track_code", again="1")["Location"] == "/takip/kod/?again=1"
    assert Message.objects.filter(event="code_track").count() == 2
    assert visitor.post("track_code", code=last_code("track")).status_code == 302


def test_a_code_that_comes_late_is_good_although_a_new_one_was_asked_for(
    visitor: Citizen, sent: ServiceRequest
) -> None:
    find(visitor, sent.number)
    late = last_code("track")
    visitor.post("track_code", again="1")
    assert visitor.post("track_code", code=late).status_code == 302


@pytest.mark.parametrize("knows_the_number", [True, False])
def test_a_stranger_cannot_spoil_a_code_under_way(
    visitor: Citizen, sent: ServiceRequest, knows_the_number: bool
) -> None:
    find(visitor, sent.number)
    mine = last_code("track")
    stranger = Citizen(REMOTE_ADDR="192.0.2.66")
    for _ in range(2):
        find(stranger, sent.number if knows_the_number else make_number(2026, 999))
    wrong = "000000" if mine != "000000" else "111111"
    for _ in range(5):
        assert stranger.post("track_code", code=wrong).status_code == 422
    assert stranger.post("track_code", code=mine).status_code == 422
    assert visitor.post("track_code", code=mine).status_code == 302


def test_a_stranger_who_asks_until_refused_leaves_a_code_for_the_owner(visitor: Citizen, sent: ServiceRequest) -> None:
    stranger = Citizen(REMOTE_ADDR="192.0.2.66")
    while stranger.post("track", number=sent.number, phone="0500 000 00 01").status_code == 302:
        pass
    find(visitor, sent.number)
    assert visitor.post("track_code", code=last_code("track")).status_code == 302


def everything_seen(visitor: Citizen, number: str, phone: str) -> list[tuple[int, str]]:
    """What comes back to somebody who asks, guesses and asks again until the end."""
    seen = [visitor.post("track", number=number, phone=phone)]
    seen += [visitor.get("track_code")]
    seen += [visitor.post("track_code", code="000000") for _ in range(6)]
    seen += [visitor.post("track_code", again="1") for _ in range(4)]
    seen += [visitor.post("track", number=number, phone=phone)]
    return [(response.status_code, bare(text_of(response), number)) for response in seen]


def bare(page: str, number: str) -> str:
    """The page without what differs each time anyway."""
    without_token = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return without_token.replace(number, "NUMBER")


def test_a_stranger_sees_the_same_whether_number_and_phone_belong_together(sent: ServiceRequest) -> None:
    known = everything_seen(Citizen(REMOTE_ADDR="192.0.2.1"), sent.number, "0500 000 00 01")
    unknown = everything_seen(Citizen(REMOTE_ADDR="192.0.2.2"), make_number(2026, 999), "0500 000 00 01")
    assert known == unknown
    assert {status for status, _page in known} == {200, 302, 422, 429}


def test_what_others_asked_for_shows_to_nobody(sent: ServiceRequest) -> None:
    """Otherwise a refusal would tell that somebody is looking for this very request."""
    for number in range(6):
        find(Citizen(REMOTE_ADDR=f"192.0.2.{10 + number}"), sent.number)
    known = everything_seen(Citizen(REMOTE_ADDR="192.0.2.1"), sent.number, "0500 000 00 01")
    unknown = everything_seen(Citizen(REMOTE_ADDR="192.0.2.2"), make_number(2026, 999), "0500 000 00 01")
    assert known == unknown
    assert Message.objects.filter(event="code_track").count() == 5


def test_asking_too_often_is_refused_plainly(visitor: Citizen, sent: ServiceRequest) -> None:
    for _ in range(3):
        find(visitor, sent.number)
    response = visitor.post("track", number=sent.number, phone="0500 000 00 01")
    assert response.status_code == 429
    assert "id_phone_error" in text_of(response)
    assert visitor.post("track_code", again="1").status_code == 429
    assert Message.objects.filter(event="code_track").count() == 3


def test_without_asking_first_there_is_no_code_to_enter(visitor: Citizen) -> None:
    assert visitor.get("track_code")["Location"] == "/takip/"
    assert visitor.post("track_code", code="123456")["Location"] == "/takip/"


def test_a_code_for_one_request_does_not_open_another(visitor: Citizen, sent: ServiceRequest, town: object) -> None:
    other = factories.submit(town, contact=factories.intake.Contact("Ali Deneme", "+905000000002"))  # type: ignore[arg-type]
    find(visitor, other.number, "0500 000 00 01")
    assert not Message.objects.filter(event="code_track").exists()


def test_recovery_marks_the_phone_as_verified(visitor: Citizen, sent: ServiceRequest) -> None:
    find(visitor, sent.number)
    visitor.post("track_code", code=last_code("track"))
    sent.applicant.refresh_from_db()
    assert sent.applicant.phone_verified_at is not None


def test_the_code_comes_in_the_language_of_the_page(sent: ServiceRequest) -> None:
    visitor = Citizen("en")
    visitor.post("track", number=sent.number, phone="0500 000 00 01")
    assert Message.objects.get(event="code_track").language == "en"
