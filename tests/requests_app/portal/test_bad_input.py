"""Input that is too much, or that no form would send."""

from typing import Any

import pytest

from requests_app.models import ApplicationDraft, ServiceRequest
from tests.requests_app.portal.citizen import Citizen, text_of
from tests.requests_app.portal.conftest import picture

FORTY_MEGABYTES = 40 * 1024 * 1024


def test_a_pasted_book_gets_a_page_that_says_what_to_do(citizen: Citizen) -> None:
    response = citizen.take("what", description="a" * FORTY_MEGABYTES)
    assert response.status_code == 413
    page = text_of(response)
    assert "Gönderdiğiniz çok uzun" in page
    assert 'href="/basvuru/"' in page


def test_a_pasted_book_costs_nothing_of_what_was_there(citizen: Citizen) -> None:
    citizen.take("what")
    citizen.take("where")
    citizen.take("you", name="a" * FORTY_MEGABYTES)
    assert citizen.draft.data["what"]["description"] == "Sokağın başında derin bir çukur var."
    assert citizen.draft.data["where"]["neighbourhood"] == "merkez"


def test_a_pasted_book_is_refused_in_english_too(town: object) -> None:
    assert "That was too much at once" in text_of(Citizen("en").take("what", description="a" * FORTY_MEGABYTES))


def test_a_pasted_book_without_files_is_refused_as_well(citizen: Citizen) -> None:
    body = b"description=" + b"a" * FORTY_MEGABYTES
    response = citizen.client.post("/basvuru/ne-oldu/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413


def test_hundreds_of_fields_are_refused(citizen: Citizen) -> None:
    assert citizen.take("what", **{f"f{number}": "x" for number in range(400)}).status_code == 413


def test_dozens_of_files_are_refused(citizen: Citizen) -> None:
    assert citizen.take("what", files=[picture() for _ in range(41)]).status_code == 413


def test_a_text_that_is_too_long_is_shown_whole_so_that_it_can_be_shortened(citizen: Citizen) -> None:
    text = "uzun metin " * 3000
    response = citizen.take("what", description=text)
    assert response.status_code == 422
    page = text_of(response)
    assert "En fazla 4.000 karakter yazın" in page
    assert text.strip() in page


def test_a_text_that_is_too_long_is_kept_up_to_a_length(citizen: Citizen) -> None:
    citizen.take("what", description="a" * 30_000)
    assert len(citizen.draft.data["what"]["description"]) == 20_000


def test_a_sign_that_cannot_be_stored_is_taken_out_and_said(citizen: Citizen) -> None:
    response = citizen.take("what", description="çukur\x00 var")
    assert response.status_code == 422
    page = text_of(response)
    assert "Metinde saklanamayan bir işaret vardı" in page
    assert "çukur var</textarea>" in page
    assert "\x00" not in page


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ("what", "category"),
        ("what", "kind"),
        ("where", "place"),
        ("where", "neighbourhood"),
        ("where", "address"),
        ("where", "latitude"),
        ("you", "identity"),
        ("you", "name"),
        ("you", "phone"),
        ("you", "email"),
    ],
)
@pytest.mark.parametrize("value", ["x\x00y", "\x00"])
def test_no_field_breaks_on_a_sign_that_cannot_be_stored(citizen: Citizen, step: str, field: str, value: str) -> None:
    citizen.take("what")
    citizen.take("where")
    response = citizen.take(step, **{field: value})
    assert response.status_code == 422
    assert f"id_{field}" in text_of(response)


def test_bytes_that_are_no_text_are_taken_as_what_can_be_read(citizen: Citizen) -> None:
    body = b"description=%FF%FE+cukur&category="
    response = citizen.client.post("/basvuru/ne-oldu/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 302


def test_a_broken_upload_is_refused_not_a_crash(citizen: Citizen) -> None:
    response = citizen.client.post(
        "/basvuru/ne-oldu/", b"--x\r\nbroken", content_type="multipart/form-data; boundary=x"
    )
    assert response.status_code in (400, 422)


@pytest.mark.parametrize("step", ["sil", "WHAT", "what2", ".."])
def test_there_are_no_other_steps(citizen: Citizen, step: str) -> None:
    response = citizen.client.get(f"/basvuru/{step}/")
    assert response.status_code == 404 or step == ".."


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize(
    "address", ["/basvuru/", "/basvuru/ne-oldu/", "/basvuru/kontrol/", "/takip/", "/takip/kod/", "/"]
)
def test_other_methods_are_refused(citizen: Citizen, method: str, address: str) -> None:
    assert getattr(citizen.client, method)(address).status_code == 405


def test_values_sent_twice_are_read_once(citizen: Citizen) -> None:
    response = citizen.take("what", category=["agac", "cukur"])
    assert response.status_code == 302
    assert citizen.draft.data["what"]["category"] == "cukur"


def test_fields_nobody_asked_for_change_nothing(citizen: Citizen) -> None:
    sent = citizen.apply(you={"status": "closed", "version": "9", "id": "1"})
    assert (sent.status, sent.version) == ("received", 1)


def test_a_draft_with_damaged_data_asks_again_instead_of_breaking(citizen: Citizen) -> None:
    citizen.fill()
    damaged: dict[str, Any] = {"what": {"category": 5, "kind": None}, "where": {}, "you": {}}
    ApplicationDraft.objects.update(data=damaged)
    assert citizen.send()["Location"].startswith("/basvuru/ne-oldu/")
    assert not ServiceRequest.objects.exists()
