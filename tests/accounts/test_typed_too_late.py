"""What a colleague typed into a form is not lost where the form comes too late."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from common import typed
from requests_app.models import Note, ServiceRequest
from tests import factories
from tests.accounts.conftest import is_signed_in, sign_in

START = "2026-11-20 10:00:00+03:00"
LATE = 31 * 60
HERE = {"Origin": "http://testserver"}
WORDS = "Çukur yarın kapatılacak.\n“Acil” dendi <b>& not edildi</b>."
UNSENT = "/hesap/yarim-kalan/"


@pytest.fixture(autouse=True)
def thirty_minutes(settings, without_second_factor: None) -> None:
    settings.STAFF_IDLE_MINUTES = 30
    settings.DEMO = True


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as travelled:
        yield travelled


@pytest.fixture
def work(town: factories.Town, people: factories.People, clock: Any) -> ServiceRequest:
    return factories.in_progress(town, people)


@pytest.fixture
def desk(work: ServiceRequest) -> Client:
    """The browser on the shared desk, where somebody of roads is signed in."""
    client = Client()
    sign_in(client, "staff_a@example.org")
    client.get("/masa/")
    return client


def note(work: ServiceRequest) -> str:
    return reverse("desk:act", args=[work.number, "add_note"])


def send_note(client: Client, work: ServiceRequest, text: str = WORDS, **headers: str) -> HttpResponse:
    """Press the button of the form for notes, as a browser does."""
    fields = {"version": str(work.version), "text": text}
    return client.post(note(work), fields, headers={**HERE, **headers})


def hidden_fields(page: str) -> dict[str, str]:
    """What the page would send."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def test_it_comes_back_to_the_same_person_after_signing_in(desk: Client, work: ServiceRequest, clock: Any) -> None:
    clock.shift(LATE)
    late = send_note(desk, work)
    assert late.url == f"/hesap/giris/?next={UNSENT.replace('/', '%2F')}"
    assert not is_signed_in(desk)
    assert "kaybolmadı" in desk.get(late.url).content.decode()
    assert sign_in(desk, "staff_a@example.org", next=UNSENT).url == UNSENT
    page = desk.get(UNSENT).content.decode()
    assert "Çukur yarın kapatılacak." in page
    assert "<b>&" not in page
    assert not Note.objects.exists()


def test_it_is_sent_to_where_it_was_meant_for_with_one_press(desk: Client, work: ServiceRequest, clock: Any) -> None:
    clock.shift(LATE)
    send_note(desk, work)
    sign_in(desk, "staff_a@example.org")
    fields = hidden_fields(desk.get(UNSENT).content.decode())
    pressed = desk.post(UNSENT, fields)
    assert (pressed.status_code, pressed.url) == (307, note(work))
    desk.post(pressed.url, fields)
    assert Note.objects.get().text.splitlines() == WORDS.splitlines()
    assert desk.get(UNSENT).status_code == 302


def test_it_can_be_thrown_away(desk: Client, work: ServiceRequest, clock: Any) -> None:
    clock.shift(LATE)
    send_note(desk, work)
    sign_in(desk, "staff_a@example.org")
    assert desk.post(UNSENT, {"throw_away": "1"}).url == "/masa/"
    assert desk.get(UNSENT).url == "/masa/"


def test_somebody_else_at_the_same_desk_does_not_get_it(desk: Client, work: ServiceRequest, clock: Any) -> None:
    clock.shift(LATE)
    send_note(desk, work)
    sign_in(desk, "head_a@example.org")
    assert desk.get(UNSENT).url == "/masa/"
    desk.post("/hesap/cikis/")
    sign_in(desk, "staff_a@example.org")
    assert desk.get(UNSENT).url == "/masa/"


def test_nobody_gets_it_without_signing_in(desk: Client, work: ServiceRequest, clock: Any) -> None:
    clock.shift(LATE)
    send_note(desk, work)
    assert desk.get(UNSENT).url == f"/hesap/giris/?next={UNSENT}"


def test_it_is_not_kept_for_longer_than_half_a_day(desk: Client, work: ServiceRequest, clock: Any) -> None:
    clock.shift(LATE)
    send_note(desk, work)
    clock.shift(12 * 3600 - 60)
    sign_in(desk, "staff_a@example.org")
    clock.shift(120)
    assert desk.get(UNSENT).url == "/masa/"


def test_the_database_cannot_read_it(desk: Client, work: ServiceRequest, clock: Any) -> None:
    clock.shift(LATE)
    send_note(desk, work, text="Gizli-sözler çok")
    stored = [session.get_decoded() for session in Session.objects.all()]
    assert any(typed.KEY in each for each in stored)
    assert "Gizli" not in str(stored)


def test_a_form_of_another_site_is_not_kept(desk: Client, work: ServiceRequest, clock: Any) -> None:
    clock.shift(LATE)
    late = send_note(desk, work, Origin="https://evil.example")
    assert "yarim-kalan" not in late.url
    sign_in(desk, "staff_a@example.org")
    assert desk.get(UNSENT).url == "/masa/"


def test_a_password_is_never_kept(desk: Client, clock: Any) -> None:
    clock.shift(LATE)
    fields = {"oldpassword": "eski Parola 1", "password1": "Yeni Parola 2", "password2": "Yeni Parola 2"}
    assert "yarim-kalan" not in desk.post("/hesap/parola/", fields, headers=HERE).url


def test_a_button_without_words_leads_back_to_its_page(desk: Client, work: ServiceRequest, clock: Any) -> None:
    clock.shift(LATE)
    page = f"/masa/{work.number}/"
    late = desk.post(note(work), {"version": "3"}, headers={**HERE, "Referer": f"http://testserver{page}"})
    assert late.url == f"/hesap/giris/?next={page.replace('/', '%2F')}"


def test_a_script_that_asks_too_late_does_not_sign_out_before_the_form_is_sent(
    desk: Client, work: ServiceRequest, clock: Any
) -> None:
    clock.shift(LATE)
    assert send_note(desk, work, **{"Sec-Fetch-Mode": "cors"}).status_code == 401
    assert send_note(desk, work).url.endswith("yarim-kalan%2F")


def test_where_nobody_is_signed_in_any_more_it_stays_on_the_page_to_be_copied(
    desk: Client, work: ServiceRequest
) -> None:
    desk.post("/hesap/cikis/")
    late = send_note(desk, work)
    assert late.status_code == 403
    assert "no-store" in late["Cache-Control"]
    page = late.content.decode()
    assert "Çukur yarın kapatılacak." in page
    assert "shown-again" not in page
    assert "hreflang" not in page
    assert not Note.objects.exists()


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_a_stranger_is_only_asked_to_sign_in(work: ServiceRequest, headers: dict[str, str]) -> None:
    assert send_note(Client(), work, **headers).status_code == 302


# --- A token that is too old


@pytest.fixture
def strict(work: ServiceRequest) -> Client:
    """A browser whose tokens are checked, with somebody of roads signed in."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.User.objects.get(email="staff_a@example.org"), "accounts.backends.StaffBackend")
    return client


def test_a_form_whose_token_is_too_old_can_be_sent_once_more(strict: Client, work: ServiceRequest) -> None:
    refused = send_note(strict, work)
    assert refused.status_code == 403
    assert "no-store" in refused["Cache-Control"]
    page = refused.content.decode()
    assert f'action="{note(work)}"' in page
    assert not Note.objects.exists()
    strict.post(note(work), hidden_fields(page), headers=HERE)
    assert Note.objects.get().text.splitlines() == WORDS.splitlines()


def test_a_form_of_another_site_cannot_be_sent_once_more(strict: Client, work: ServiceRequest) -> None:
    page = send_note(strict, work, Origin="https://evil.example").content.decode()
    assert "Çukur" not in page
    assert "csrfmiddlewaretoken" not in page


def test_a_password_whose_token_is_too_old_is_not_shown(strict: Client) -> None:
    fields = {"login": "Ayşe Kayıt", "password": "mavi Kapı"}
    assert "Kapı" not in strict.post("/hesap/giris/", fields, headers=HERE).content.decode()
