"""The bubble that shows the SMS an answer will send."""

from datetime import date

from django.test import Client
from django.urls import reverse

from requests_app.models import ServiceRequest
from requests_app.services.intake import Contact
from tests.factories import People, Town, in_progress
from tests.requests_app.desk.conftest import Browser, action, answer, page_of


def preview_of(request: ServiceRequest) -> str:
    """The address of the preview."""
    return reverse("desk:sms_preview", args=[request.number])


def test_it_is_the_text_that_will_be_sent(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    shown = staff.post(preview_of(request), answer(request)).json()

    text = f"Örnek Bld: {request.number} numarali basvurunuz sonuclandi."
    assert shown == {"text": text, "segments": 1, "characters": len(text)}


def test_a_programme_date_is_written_out(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    sent = answer(request, outcome="scheduled", promised_on=date(2030, 11, 20).isoformat())

    assert "20 Kasım 2030 tarihine" in staff.post(preview_of(request), sent).json()["text"]


def test_it_speaks_the_applicants_language(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people, language="en")
    sent = answer(request, outcome="scheduled", promised_on=date(2030, 11, 20).isoformat())

    assert "20 November 2030" in staff.post(preview_of(request), sent).json()["text"]


def test_without_the_date_there_is_nothing_to_show_yet(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    shown = staff.post(preview_of(request), answer(request, outcome="scheduled", promised_on="")).json()

    assert shown == {"text": "", "segments": 0, "characters": 0}


def test_what_is_not_ours_names_the_authority(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    sent = answer(request, outcome="not_ours", authority=town.water_board.pk)

    assert "Örnek Su İdaresi kurumuna iletildi" in staff.post(preview_of(request), sent).json()["text"]
    assert staff.post(preview_of(request), {**sent, "authority": ""}).json()["text"] == ""


def test_nonsense_is_no_error(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    assert staff.post(preview_of(request), {"outcome": "\0", "promised_on": "x", "version": ""}).status_code == 200


def test_another_department_previews_nothing(town: Town, people: People, browser: Browser) -> None:
    assert browser(people.head_b).post(preview_of(in_progress(town, people)), {}).status_code == 404


def test_the_page_shows_it_without_a_script(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    sent = answer(request, outcome="scheduled", promised_on=date(2030, 11, 20).isoformat())

    body = staff.post(action(request, "draft_answer"), sent, follow=True).content.decode()

    assert "20 Kasım 2030 tarihine programlandi." in body


def test_without_a_phone_the_page_says_that_there_is_no_sms(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people, contact=Contact(name="Zeynep Deneme", email="zeynep@example.org"))

    body = staff.get(page_of(request)).content.decode()

    assert "SMS gitmez" in body
    assert "data-sms-preview" not in body
