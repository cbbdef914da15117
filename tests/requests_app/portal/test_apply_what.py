"""Step one: what happened."""

import pytest

from requests_app.models import ApplicationDraft
from requests_app.views.apply_draft import COOKIE
from requests_app.vocabulary import Kind
from tests import factories
from tests.requests_app.portal.citizen import Citizen, text_of


def test_the_first_step_opens_without_leaving_anything_behind(citizen: Citizen) -> None:
    response = citizen.get("apply_step", "what")
    assert response.status_code == 200
    assert "1 / 3" in text_of(response)
    assert COOKIE not in response.cookies
    assert not ApplicationDraft.objects.exists()


def test_a_description_leads_to_the_place(citizen: Citizen) -> None:
    response = citizen.take("what")
    assert response.status_code == 302
    assert response["Location"] == "/basvuru/nerede/"
    assert citizen.draft.data["what"]["description"] == "Sokağın başında derin bir çukur var."


def test_without_a_description_the_page_says_what_to_write(citizen: Citizen) -> None:
    response = citizen.take("what", description="  ")
    assert response.status_code == 422
    assert "Ne olduğunu ya da ne istediğinizi yazın." in text_of(response)
    assert "<title>Hata:" in text_of(response)


def test_the_error_is_tied_to_its_field(citizen: Citizen) -> None:
    page = text_of(citizen.take("what", description=""))
    assert 'href="#id_description"' in page
    assert 'aria-describedby="id_description_helptext id_description_error"' in page


def test_a_mistake_loses_nothing_that_was_typed(citizen: Citizen) -> None:
    page = text_of(citizen.take("what", description="", category="agac", kind="suggestion"))
    assert '<option value="agac" selected data-kind="request">' in page
    assert '<option value="suggestion" selected>' in page


def test_the_subject_may_be_left_to_the_municipality(citizen: Citizen) -> None:
    sent = citizen.apply(what={"category": ""})
    assert sent.category is None
    assert sent.kind == Kind.REQUEST


def test_an_unknown_subject_is_refused(citizen: Citizen) -> None:
    response = citizen.take("what", category="yok-boyle-bir-sey")
    assert response.status_code == 422
    assert "Listeden bir konu seçin" in text_of(response)


def test_a_subject_that_went_out_of_use_cannot_be_chosen(citizen: Citizen, town: factories.Town) -> None:
    town.pothole.is_active = False
    town.pothole.save()
    assert citizen.take("what").status_code == 422


def test_an_unknown_kind_is_refused(citizen: Citizen) -> None:
    response = citizen.take("what", kind="büyü")
    assert response.status_code == 422
    assert "Listedeki türlerden birini seçin." in text_of(response)


def test_the_kind_follows_the_subject_when_it_is_left_open(citizen: Citizen) -> None:
    assert citizen.apply(what={"category": "cukur", "kind": ""}).kind == Kind.COMPLAINT


def test_the_chosen_kind_beats_the_kind_of_the_subject(citizen: Citizen) -> None:
    assert citizen.apply(what={"category": "cukur", "kind": "suggestion"}).kind == Kind.SUGGESTION


def test_subjects_stand_in_groups(citizen: Citizen) -> None:
    page = text_of(citizen.get("apply_step", "what"))
    assert '<optgroup label="Genel">' in page
    assert page.index("Genel") < page.index("Yol çukuru")


def test_english_pages_show_english_names(town: factories.Town) -> None:
    town.pothole.name_en, town.pothole.group_en = "Pothole", "General"
    town.pothole.save()
    page = text_of(Citizen("en").get("apply_step", "what"))
    assert '<html lang="en">' in page
    assert "Pothole" in page
    assert '<optgroup label="General">' in page


@pytest.mark.parametrize("text", ["ISPARTA ÇİĞDEM IŞIK", "ığüşöç İĞÜŞÖÇ", "𝕮𝖚𝖐𝖚𝖗 🕳️"])
def test_letters_are_kept_as_they_were_written(citizen: Citizen, text: str) -> None:
    assert citizen.apply(what={"description": text}).description == text


def test_line_ends_count_as_one_character(citizen: Citizen) -> None:
    sent = citizen.apply(what={"description": "a\r\n" * 2000})
    assert sent.description == "a\n" * 1999 + "a"
