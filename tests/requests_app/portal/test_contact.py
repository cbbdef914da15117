"""Contact details: masked until the phone was confirmed by a code."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from common.secrets import new_secret
from notifications.models import Consent, Message
from notifications.services import consents
from requests_app.models import Applicant, ServiceRequest
from requests_app.services import access
from tests import factories
from tests.requests_app.portal.citizen import Citizen, last_code, text_of

SECRET = new_secret()


@pytest.fixture
def request_(town: factories.Town) -> ServiceRequest:
    return factories.submit(town, secret=SECRET)


@pytest.fixture
def owner(request_: ServiceRequest) -> Citizen:
    owner = Citizen()
    owner.get("track_link", SECRET)
    return owner


def confirm(owner: Citizen, request: ServiceRequest) -> None:
    owner.post("request_contact", request.number, send="1")
    owner.post("request_contact", request.number, code=last_code("contact"))


def test_opening_the_page_sends_nothing(owner: Citizen, request_: ServiceRequest) -> None:
    assert "Bana kod gönder" in text_of(owner.get("request_contact", request_.number))
    assert not Message.objects.filter(event="code_contact").exists()


def test_the_code_goes_to_the_phone_of_the_application(owner: Citizen, request_: ServiceRequest) -> None:
    response = owner.post("request_contact", request_.number, send="1")
    assert response["Location"].endswith("?sent=1")
    assert Message.objects.get(event="code_contact").phone == factories.APPLICANT_PHONE
    assert "id_code" in text_of(owner.client.get(response["Location"]))


def test_the_right_code_shows_name_and_phone(owner: Citizen, request_: ServiceRequest) -> None:
    confirm(owner, request_)
    page = text_of(owner.get("request", request_.number))
    assert "Zeynep Deneme" in page
    assert "0500 000 00 01" in page


def test_with_the_phone_confirmed_a_consent_takes_effect(owner: Citizen, request_: ServiceRequest) -> None:
    Applicant.objects.update(announcements_version="tr-1")
    confirm(owner, request_)
    consent = Consent.objects.get()
    assert (consent.phone, consent.text_version) == (factories.APPLICANT_PHONE, "tr-1")


def test_without_a_consent_a_confirmed_phone_gets_no_announcements(owner: Citizen, request_: ServiceRequest) -> None:
    confirm(owner, request_)
    assert not Consent.objects.exists()


def agree() -> Consent:
    return consents.give(phone=factories.APPLICANT_PHONE, text_version="tr-1", source="portal", language="tr")


def test_announcements_end_with_one_press_after_the_phone_was_confirmed(
    owner: Citizen, request_: ServiceRequest
) -> None:
    consent = agree()
    confirm(owner, request_)
    assert "Duyuru almayı" in text_of(owner.get("request", request_.number))
    owner.post("request_announcements", request_.number)
    consent.refresh_from_db()
    assert consent.withdrawn_source == "portal"
    page = text_of(owner.get("request", request_.number))
    assert "Artık bizden duyuru almayacaksınız." in page
    assert "Duyuru almayı" not in page


def test_ending_announcements_twice_is_no_error(owner: Citizen, request_: ServiceRequest) -> None:
    agree()
    confirm(owner, request_)
    for _ in range(2):
        assert owner.post("request_announcements", request_.number).status_code == 302
    assert Consent.objects.get().withdrawn_at is not None


def test_the_link_alone_neither_shows_nor_ends_announcements(owner: Citizen, request_: ServiceRequest) -> None:
    agree()
    assert "Duyuru almayı" not in text_of(owner.get("request", request_.number))
    sent = owner.post("request_announcements", request_.number)
    assert sent["Location"] == owner.get("request_contact", request_.number).wsgi_request.path
    assert Consent.objects.get().withdrawn_at is None


def test_a_stranger_ends_nobodys_announcements(request_: ServiceRequest) -> None:
    agree()
    Citizen().post("request_announcements", request_.number)
    assert Consent.objects.get().withdrawn_at is None


def test_who_did_not_agree_is_offered_nothing_to_end(owner: Citizen, request_: ServiceRequest) -> None:
    confirm(owner, request_)
    assert "Duyuru almayı" not in text_of(owner.get("request", request_.number))


def test_they_are_masked_again_after_an_hour(owner: Citizen, request_: ServiceRequest) -> None:
    confirm(owner, request_)
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1), tick=False):
        page = text_of(owner.get("request", request_.number))
    assert "Zeynep Deneme" not in page
    assert "Z*** D***" in page


def test_a_wrong_code_shows_nothing(owner: Citizen, request_: ServiceRequest) -> None:
    owner.post("request_contact", request_.number, send="1")
    wrong = "000000" if last_code("contact") != "000000" else "111111"
    response = owner.post("request_contact", request_.number, code=wrong)
    assert response.status_code == 422
    assert "id_code_error" in text_of(response)
    assert "Zeynep Deneme" not in text_of(owner.get("request", request_.number))


def test_an_expired_code_shows_nothing(owner: Citizen, request_: ServiceRequest) -> None:
    owner.post("request_contact", request_.number, send="1")
    code = last_code("contact")
    with time_machine.travel(timezone.now() + timedelta(minutes=4), tick=False):
        assert owner.post("request_contact", request_.number, code=code).status_code == 422


def test_a_code_for_tracking_does_not_open_contact_details(owner: Citizen, request_: ServiceRequest) -> None:
    owner.post("track", number=request_.number, phone="0500 000 00 01")
    assert owner.post("request_contact", request_.number, code=last_code("track")).status_code == 422


def test_too_many_codes_are_refused_plainly(owner: Citizen, request_: ServiceRequest) -> None:
    for _ in range(3):
        owner.post("request_contact", request_.number, send="1")
    response = owner.post("request_contact", request_.number, send="1", again="1")
    assert response.status_code == 422
    assert 'role="alert"' in text_of(response)
    assert Message.objects.filter(event="code_contact").count() == 3


def test_where_others_used_up_the_codes_of_the_phone_it_is_said_plainly(
    owner: Citizen, request_: ServiceRequest
) -> None:
    for number in range(5):
        asking = {"number": request_.number, "phone": factories.APPLICANT_PHONE, "asker": f"browser {number}"}
        access.send_recovery_code(**asking, language="tr", remote_address=f"192.0.2.{number}")
    response = owner.post("request_contact", request_.number, send="1")
    assert response.status_code == 422
    assert 'role="alert"' in text_of(response)
    assert not Message.objects.filter(event="code_contact").exists()


def test_a_code_asked_for_in_another_browser_opens_nothing_here(owner: Citizen, request_: ServiceRequest) -> None:
    other = Citizen()
    other.get("track_link", SECRET)
    other.post("request_contact", request_.number, send="1")
    assert owner.post("request_contact", request_.number, code=last_code("contact")).status_code == 422
    assert other.post("request_contact", request_.number, code=last_code("contact")).status_code == 302


def test_a_nameless_application_has_nothing_to_show(town: factories.Town) -> None:
    secret = new_secret()
    request = factories.submit(town, secret=secret, contact=None)
    owner = Citizen()
    owner.get("track_link", secret)
    assert "gösterilecek bilgi yok" in text_of(owner.get("request_contact", request.number))
    assert owner.post("request_contact", request.number, send="1").status_code == 422


def test_another_browser_still_sees_the_mask(owner: Citizen, request_: ServiceRequest) -> None:
    confirm(owner, request_)
    other = Citizen()
    other.get("track_link", SECRET)
    assert "Zeynep Deneme" not in text_of(other.get("request", request_.number))


def test_following_the_link_again_keeps_what_was_confirmed(owner: Citizen, request_: ServiceRequest) -> None:
    confirm(owner, request_)
    owner.get("track_link", SECRET)
    assert "Zeynep Deneme" in text_of(owner.get("request", request_.number))


def test_the_first_proof_changes_the_session_key(request_: ServiceRequest) -> None:
    visitor = Citizen()
    visitor.client.session.save()
    before = visitor.client.cookies.get("sessionid")
    visitor.get("track_link", SECRET)
    assert visitor.client.cookies["sessionid"].value != (before.value if before else "")
