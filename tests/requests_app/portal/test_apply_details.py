"""The questions of a subject: a step of their own, only where there are any."""

import pytest

from tests import factories
from tests.requests_app.portal.citizen import Citizen, text_of

pytestmark = pytest.mark.usefixtures("asking")


def test_a_subject_with_questions_asks_them_next(citizen: Citizen) -> None:
    assert citizen.take("what", category="agac")["Location"] == "/basvuru/ayrinti/"
    page = text_of(citizen.get("apply_step", "details"))
    assert "Kaç ağaç?" in page
    assert "Tehlike var mı?" in page


def test_a_subject_without_questions_goes_straight_on(citizen: Citizen) -> None:
    assert citizen.take("what", category="cukur")["Location"] == "/basvuru/nerede/"


def test_answers_are_kept_with_the_request(citizen: Citizen) -> None:
    citizen.take("what", category="agac")
    citizen.take("details", q_how_many="3", q_danger="yes", q_note="çınar")
    citizen.take("where")
    citizen.take("you")
    citizen.send()
    assert citizen.draft.request.extra_answers == {"how_many": 3, "danger": "yes", "note": "çınar"}


def test_a_required_question_must_be_answered(citizen: Citizen) -> None:
    citizen.take("what", category="agac")
    response = citizen.take("details", q_how_many="")
    assert response.status_code == 422
    assert "“Kaç ağaç?” sorusunu cevaplayın." in text_of(response)


def test_a_question_that_is_not_required_may_stay_open(citizen: Citizen) -> None:
    citizen.take("what", category="agac")
    assert citizen.take("details", q_how_many="3")["Location"] == "/basvuru/nerede/"


@pytest.mark.parametrize("number", ["çok", "-1", "nan", "inf", "1e400"])
def test_a_number_that_is_none_is_refused(citizen: Citizen, number: str) -> None:
    citizen.take("what", category="agac")
    response = citizen.take("details", q_how_many=number)
    assert response.status_code == 422
    assert "Bir sayı yazın" in text_of(response)


def test_a_comma_is_a_decimal_comma(citizen: Citizen) -> None:
    citizen.take("what", category="agac")
    citizen.take("details", q_how_many="2,5")
    citizen.take("where")
    citizen.take("you")
    citizen.send()
    assert citizen.draft.request.extra_answers["how_many"] == 2.5


def test_a_forged_choice_is_refused(citizen: Citizen) -> None:
    citizen.take("what", category="agac")
    response = citizen.take("details", q_how_many="3", q_danger="belki")
    assert response.status_code == 422
    assert "Cevaplardan birini seçin." in text_of(response)


def test_questions_are_asked_in_english_too(town: factories.Town) -> None:
    citizen = Citizen("en")
    citizen.take("what", category="agac")
    assert "How many trees?" in text_of(citizen.get("apply_step", "details"))


def test_the_last_look_leads_back_to_a_question_that_was_skipped(citizen: Citizen) -> None:
    citizen.take("what", category="agac")
    citizen.take("where")
    citizen.take("you")
    assert citizen.get("apply_step", "check")["Location"] == "/basvuru/ayrinti/?to=check&errors=1"


def test_changing_the_subject_from_the_last_look_asks_its_questions_and_returns(citizen: Citizen) -> None:
    citizen.fill()
    changed = citizen.client.post("/basvuru/ne-oldu/?to=check", {"description": "Ağaç eğildi.", "category": "agac"})
    assert changed["Location"] == "/basvuru/ayrinti/?to=check"
    assert citizen.client.post("/basvuru/ayrinti/?to=check", {"q_how_many": "1"})["Location"] == "/basvuru/kontrol/"
