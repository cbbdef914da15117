"""The draft: nothing typed is lost, and it ends when it should."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from requests_app.models import ApplicationDraft
from requests_app.views.apply_draft import COOKIE
from tests import factories
from tests.requests_app.portal.citizen import Citizen, text_of
from tests.requests_app.portal.conftest import picture

LOST = "Daha önce yazdıklarınız artık burada yok."


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(citizen: Citizen) -> None:
    cookie = citizen.take("what").cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 7 * 24 * 3600


def test_the_cookie_is_secure_where_cookies_are(citizen: Citizen, settings: object) -> None:
    settings.SESSION_COOKIE_SECURE = True  # type: ignore[attr-defined]
    assert citizen.take("what").cookies[COOKIE]["secure"]


def test_the_database_holds_no_key(citizen: Citizen) -> None:
    citizen.take("what")
    assert citizen.key not in str(ApplicationDraft.objects.values().get())


def test_going_back_keeps_what_was_typed_on_the_way(citizen: Citizen) -> None:
    citizen.take("what")
    response = citizen.take("where", address="yarım adr", neighbourhood="", back="1")
    assert response["Location"] == "/basvuru/ne-oldu/"
    assert 'value="yarım adr"' in text_of(citizen.get("apply_step", "where"))


def test_going_back_asks_for_nothing(citizen: Citizen) -> None:
    citizen.take("what")
    citizen.take("where")
    assert citizen.take("you", name="", phone="12", back="1")["Location"] == "/basvuru/nerede/"
    assert 'value="12"' in text_of(citizen.get("apply_step", "you"))


@pytest.mark.usefixtures("asking")
def test_going_back_passes_the_questions_of_the_subject(citizen: Citizen) -> None:
    citizen.take("what", category="agac")
    assert citizen.take("where", back="1")["Location"] == "/basvuru/ayrinti/"
    assert citizen.take("details", back="1")["Location"] == "/basvuru/ne-oldu/"


def test_what_is_wrong_is_kept_as_well(citizen: Citizen) -> None:
    citizen.take("what")
    citizen.take("where")
    citizen.take("you", phone="0500 12")
    assert 'value="0500 12"' in text_of(citizen.get("apply_step", "you"))


def test_a_step_that_was_filled_in_opens_with_its_values(citizen: Citizen) -> None:
    citizen.take("what")
    assert "Sokağın başında derin bir çukur var.</textarea>" in text_of(citizen.get("apply_step", "what"))


def test_a_closed_tab_finds_its_draft_again(citizen: Citizen) -> None:
    citizen.take("what")
    citizen.take("where")
    page = text_of(citizen.get("apply"))
    assert "Yarım kalmış bir başvurunuz var" in page
    assert 'href="/basvuru/siz/"' in page


def test_a_complete_draft_goes_on_at_the_last_look(citizen: Citizen) -> None:
    citizen.fill()
    assert 'href="/basvuru/kontrol/"' in text_of(citizen.get("apply"))


def test_starting_anew_deletes_the_draft_and_its_files(citizen: Citizen) -> None:
    citizen.take("what", files=picture())
    response = citizen.post("apply")
    assert response["Location"] == "/basvuru/ne-oldu/"
    assert not response.cookies[COOKIE].value
    assert not ApplicationDraft.objects.exists()


def test_the_first_visit_goes_straight_to_the_first_step(citizen: Citizen) -> None:
    assert citizen.get("apply")["Location"] == "/basvuru/ne-oldu/"


def test_after_sending_a_new_application_starts_empty(citizen: Citizen) -> None:
    citizen.apply()
    response = citizen.get("apply")
    assert response["Location"] == "/basvuru/ne-oldu/"
    assert not response.cookies[COOKIE].value


@pytest.mark.parametrize("step", ["details", "where", "you", "check"])
def test_without_a_draft_a_later_step_leads_to_the_first_and_says_why(citizen: Citizen, step: str) -> None:
    response = citizen.get("apply_step", step)
    assert response["Location"] == "/basvuru/ne-oldu/"
    assert LOST in text_of(citizen.get("apply_step", "what"))


def test_after_a_week_the_draft_is_gone(citizen: Citizen) -> None:
    citizen.take("what")
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert citizen.get("apply_step", "where")["Location"] == "/basvuru/ne-oldu/"


def test_what_is_typed_into_an_expired_draft_is_kept(citizen: Citizen) -> None:
    citizen.take("what")
    ApplicationDraft.objects.update(updated_at=timezone.now() - timedelta(days=8))
    assert citizen.take("you")["Location"] == "/basvuru/ne-oldu/"
    assert LOST in text_of(citizen.get("apply_step", "what"))
    assert 'value="Zeynep Deneme"' in text_of(citizen.get("apply_step", "you"))


def test_sending_an_expired_draft_sends_nothing(citizen: Citizen) -> None:
    citizen.fill()
    ApplicationDraft.objects.update(updated_at=timezone.now() - timedelta(days=8))
    assert citizen.send()["Location"] == "/basvuru/ne-oldu/"


@pytest.mark.parametrize("key", ["", "x", "\x00", "é" * 40, "0" * 26])
def test_a_forged_key_opens_nothing(citizen: Citizen, key: str) -> None:
    Citizen().take("what")
    citizen.client.cookies[COOKIE] = key
    assert "derin bir çukur" not in text_of(citizen.get("apply_step", "what"))


def test_another_browser_sees_nothing_of_the_draft(citizen: Citizen) -> None:
    citizen.take("what")
    assert "derin bir çukur" not in text_of(Citizen().get("apply_step", "what"))


def test_steps_are_never_kept_by_caches(citizen: Citizen) -> None:
    assert "no-store" in citizen.get("apply_step", "what")["Cache-Control"]


@pytest.mark.parametrize(("step", "english"), [("what", "/en/apply/what/"), ("where", "/en/apply/where/")])
def test_switching_the_language_keeps_what_was_typed(citizen: Citizen, step: str, english: str) -> None:
    citizen.take("what")
    response = citizen.take(step, description="yarım", address="yarım adr", neighbourhood="", language="en")
    assert response["Location"] == english
    citizen.language = "en"
    assert "yarım" in text_of(citizen.get("apply_step", step))


def test_switching_the_language_keeps_the_way_back_to_the_last_look(citizen: Citizen) -> None:
    citizen.fill()
    response = citizen.client.post("/basvuru/nerede/?to=check", {"place": "nowhere", "language": "en"})
    assert response["Location"] == "/en/apply/where/?to=check"


@pytest.mark.parametrize("language", ["xx", "", "//evil.example", "en\x00"])
def test_a_language_we_do_not_speak_changes_nothing(citizen: Citizen, language: str) -> None:
    assert citizen.take("what", language=language)["Location"] == "/basvuru/ne-oldu/"


def test_a_refused_step_names_the_address_that_shows_it_again(citizen: Citizen) -> None:
    citizen.take("what")
    citizen.take("where")
    page = text_of(citizen.take("you", phone="0500 12"))
    assert '<meta name="shown-again" content="/basvuru/siz/?errors=1">' in page
    assert '<noscript><meta http-equiv="refresh" content="0; url=/basvuru/siz/?errors=1"></noscript>' in page
    again = text_of(citizen.client.get("/basvuru/siz/?errors=1"))
    assert 'value="0500 12"' in again
    assert "id_phone_error" in again


def test_a_refused_file_is_said_on_the_page_that_is_not_in_the_draft(citizen: Citizen) -> None:
    page = text_of(citizen.take("what", files=SimpleUploadedFile("a.exe", b"MZ")))
    assert "id_files_error" in page
    assert 'http-equiv="refresh"' not in page


def test_a_draft_goes_on_in_the_other_language(town: factories.Town) -> None:
    citizen = Citizen()
    citizen.take("what")
    citizen.language = "en"
    assert citizen.take("where")["Location"] == "/en/apply/you/"
    citizen.take("you")
    citizen.send()
    assert citizen.draft.request.language == "en"
