"""Deadlines, places and extra answers in plain words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from requests_app.actors import Actor
from requests_app.models import Category, ServiceRequest
from requests_app.presentation import due, due_label, place_of
from requests_app.questions import answers_of
from requests_app.services import conversation, triage
from requests_app.services.intake import Place
from requests_app.vocabulary import Kind
from tests.factories import People, Town, closed, in_progress, submit

ISTANBUL = ZoneInfo("Europe/Istanbul")
# A Tuesday morning with no holiday for weeks.
NOW = datetime(2026, 11, 17, 10, 0, tzinfo=ISTANBUL)


@pytest.fixture(autouse=True)
def turkish() -> Iterator[None]:
    """The desk's language."""
    with translation.override("tr"):
        yield


@pytest.mark.parametrize(
    ("due_at", "label"),
    [
        (datetime(2026, 11, 20, 17, 30, tzinfo=ISTANBUL), "3 iş günü kaldı"),
        (datetime(2026, 11, 24, 17, 30, tzinfo=ISTANBUL), "5 iş günü kaldı"),
        (datetime(2026, 11, 17, 17, 30, tzinfo=ISTANBUL), "Bugün doluyor"),
        (datetime(2026, 11, 17, 9, 0, tzinfo=ISTANBUL), "Bugün doldu"),
        (datetime(2026, 11, 15, 17, 30, tzinfo=ISTANBUL), "2 gün gecikti"),
    ],
)
def test_a_deadline_in_words(due_at: datetime, label: str, town: Town) -> None:
    assert due_label(due_at, NOW) == label


def test_a_promise_for_the_weekend_counts_plain_days(town: Town) -> None:
    friday, saturday = (datetime(2026, 11, day, 12, 0, tzinfo=ISTANBUL) for day in (20, 21))

    assert due_label(saturday, friday) == "1 gün kaldı"


@pytest.mark.parametrize(("day", "level"), [(16, "late"), (18, "soon"), (19, "soon"), (21, "ok"), (30, "ok")])
def test_the_colour_follows_the_clock(day: int, level: str, town: Town) -> None:
    request = submit(town)
    request.clock_due_at = datetime(2026, 11, day, 17, 30, tzinfo=ISTANBUL)

    assert due(request, NOW).level == level


def test_a_waiting_request_says_why_its_clock_stands(town: Town, people: People) -> None:
    request = in_progress(town, people)
    asked = conversation.ask(request_id=request.pk, question="Nerede?", actor=Actor.staff(people.head_a))

    assert due(asked).label == "Süre durdu: cevap bekleniyor"


def test_a_finished_request_has_no_clock(town: Town, people: People) -> None:
    assert due(closed(town, people)).label == ""


def test_an_application_without_any_period_says_so(town: Town) -> None:
    assert due(submit(town, contact=None, category=None)).label == "Süre yok"


def test_english_has_its_own_words(town: Town) -> None:
    with translation.override("en"):
        assert due_label(datetime(2026, 11, 20, 17, 30, tzinfo=ISTANBUL), NOW) == "3 working days left"


def test_a_place_in_one_line(town: Town) -> None:
    assert place_of(submit(town)) == "Merkez, Çiçek Sokak 5"
    assert place_of(submit(town, place=Place())) == ""


def test_extra_answers_carry_their_questions(town: Town) -> None:
    request = with_answers(town, {"size": "big", "depth": "20"})

    assert shown(request) == [("Ne kadar büyük?", "Büyük"), ("Derinliği (cm)", "20")]


def test_numbers_are_written_as_people_write_them(town: Town) -> None:
    assert shown(with_answers(town, {"depth": 12500})) == [("Derinliği (cm)", "12.500")]


def test_extra_answers_are_translated(town: Town) -> None:
    with translation.override("en"):
        assert shown(with_answers(town, {"size": "big"})) == [("How big?", "Big")]


def test_an_answer_to_a_question_no_longer_asked_is_kept(town: Town) -> None:
    assert shown(with_answers(town, {"colour": "kara"})) == [("colour", "kara")]


@pytest.mark.parametrize("asks_the_same", [False, True])
def test_after_a_correction_answers_keep_the_questions_that_were_asked(
    asks_the_same: bool, town: Town, people: People
) -> None:
    request = with_answers(town, {"size": "big"})
    other = {"code": "size", "label": "Boyu", "type": "text"} if asks_the_same else {}
    Category.objects.filter(pk=town.tree.pk).update(questions=[other] if other else [])
    for category in (town.tree, town.rubbish):
        request = triage.reclassify(
            request_id=request.pk,
            kind=Kind.COMPLAINT,
            category=Category.objects.get(pk=category.pk),
            place=Place(),
            actor=Actor.staff(people.clerk),
        )
        assert shown(request) == [("Ne kadar büyük?", "Büyük")]


def shown(request: ServiceRequest) -> list[tuple[str, str]]:
    """Question and answer as pages show them."""
    return answers_of(request)


def with_answers(town: Town, given: dict[str, Any]) -> ServiceRequest:
    """A request whose category asks two questions."""
    choice = {"value": "big", "label": "Büyük", "label_en": "Big"}
    size = {"code": "size", "label": "Ne kadar büyük?", "label_en": "How big?", "type": "choice", "choices": [choice]}
    depth = {"code": "depth", "label": "Derinliği (cm)", "type": "number"}
    Category.objects.filter(pk=town.pothole.pk).update(questions=[size, depth])
    town.pothole.refresh_from_db()
    return submit(town, extra_answers=given)
