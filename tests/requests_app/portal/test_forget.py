"""Leaving a device that others use as well."""

from django.test import Client
from django.urls import reverse

from common.secrets import new_secret
from requests_app.models import ApplicationDraft
from requests_app.views.apply_draft import COOKIE
from tests import factories
from tests.requests_app.portal.citizen import Citizen, last_code, text_of

SECRET = new_secret()


def test_the_page_of_an_application_and_its_receipt_offer_it(citizen: Citizen) -> None:
    sent = citizen.apply()
    citizen.open_link()
    for page in (citizen.get("receipt"), citizen.get("request", sent.number)):
        assert "Bu cihazda oturumu kapat" in text_of(page)


def test_it_says_what_it_did(citizen: Citizen) -> None:
    citizen.apply()
    citizen.open_link()
    left = citizen.post("forget")
    assert left["Location"] == citizen.url("home")
    assert left["Clear-Site-Data"] == '"cache"'
    assert "Bu cihazda oturumunuz kapandı" in text_of(citizen.client.get(left["Location"]))


def test_after_it_neither_the_application_nor_the_receipt_opens(citizen: Citizen) -> None:
    sent = citizen.apply()
    citizen.open_link()
    assert citizen.get("request", sent.number).status_code == 200
    citizen.post("forget")
    assert citizen.get("request", sent.number)["Location"].startswith(citizen.url("track"))
    assert citizen.get("receipt")["Location"] == citizen.url("track")
    assert citizen.client.cookies[COOKIE].value == ""


def test_a_kept_session_cookie_opens_nothing_afterwards(citizen: Citizen) -> None:
    sent = citizen.apply()
    citizen.open_link()
    kept = citizen.client.cookies["sessionid"].value
    citizen.post("forget")
    thief = Citizen()
    thief.client.cookies["sessionid"] = kept
    assert thief.get("request", sent.number)["Location"].startswith(thief.url("track"))


def test_a_confirmed_phone_and_a_phone_looked_for_are_forgotten(citizen: Citizen, town: factories.Town) -> None:
    request = factories.submit(town, secret=SECRET)
    citizen.get("track_link", SECRET)
    citizen.post("request_contact", request.number, send="1")
    citizen.post("request_contact", request.number, code=last_code("contact"))
    citizen.post("track", number=request.number, phone=factories.APPLICANT_PHONE)
    citizen.post("forget")
    assert citizen.get("track_code")["Location"] == citizen.url("track")
    citizen.get("track_link", SECRET)
    assert "Zeynep Deneme" not in text_of(citizen.get("request", request.number))


def test_an_application_that_was_begun_is_deleted(citizen: Citizen) -> None:
    citizen.take("what")
    citizen.post("forget")
    assert not ApplicationDraft.objects.exists()


def test_an_application_that_was_sent_stays(citizen: Citizen) -> None:
    sent = citizen.apply()
    link = citizen.open_link().wsgi_request.path
    citizen.post("forget")
    assert citizen.client.get(link)["Location"] == citizen.url("request", sent.number)


def test_opening_the_address_forgets_nothing(citizen: Citizen) -> None:
    sent = citizen.apply()
    citizen.open_link()
    assert citizen.get("forget").status_code == 405
    assert citizen.get("request", sent.number).status_code == 200


def test_without_the_token_of_the_form_nothing_is_forgotten(town: factories.Town) -> None:
    request = factories.submit(town, secret=SECRET)
    visitor = Citizen(enforce_csrf_checks=True)
    visitor.get("track_link", SECRET)
    assert visitor.post("forget").status_code == 403
    assert visitor.get("request", request.number).status_code == 200


def test_staff_stay_signed_in(client: Client, town: factories.Town, people: factories.People) -> None:
    client.force_login(people.head_a, backend="accounts.backends.StaffBackend")
    client.get(reverse("portal:track_link", args=[factories.submit(town, secret=SECRET) and SECRET]))
    client.post(reverse("portal:forget"))
    assert client.get(reverse("desk:queue")).status_code == 200
