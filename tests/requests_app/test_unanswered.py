"""Questions that get no reply. They are asked on Monday, 2 November 2026, at 10."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from common.errors import DomainError
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import conversation, unanswered
from requests_app.tasks import unanswered_questions
from requests_app.vocabulary import ActorKind
from requests_app.workflow import Status, Verb
from tests import factories
from tests.factories import People, Town, intake

MONDAY = datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("Europe/Istanbul"))


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def asked(town: Town, people: People) -> ServiceRequest:
    """What triage asks about before it is sent anywhere."""
    request = factories.submit(town)
    return conversation.ask(request_id=request.pk, question="Hangi sokak?", actor=Actor.staff(people.clerk))


def after(clock: time_machine.Traveller, days: int) -> None:
    clock.move_to(MONDAY + timedelta(days=days))
    unanswered_questions()


def reminders() -> list[str]:
    return [message.context["date"] for message in Message.objects.filter(event="request_question_reminder")]


def test_who_does_not_reply_is_reminded_once(asked: ServiceRequest, clock: time_machine.Traveller) -> None:
    after(clock, 6)
    assert reminders() == []
    after(clock, 7)
    after(clock, 8)
    assert reminders() == ["17 Kasım 2026"]
    event = asked.events.latest("version")
    assert (event.verb, event.actor_kind) == (Verb.REMIND, ActorKind.SYSTEM)
    asked.refresh_from_db()
    assert asked.status == Status.WAITING_FOR_APPLICANT


def test_each_question_is_reminded_of(asked: ServiceRequest, people: People, clock: time_machine.Traveller) -> None:
    after(clock, 7)
    clock.move_to(MONDAY + timedelta(days=8))
    conversation.reply(request_id=asked.pk, text="Çiçek Sokak.", files=[], actor=Actor.applicant(asked.pk))
    conversation.ask(request_id=asked.pk, question="Kaç numara?", actor=Actor.staff(people.clerk))
    after(clock, 15)
    assert len(reminders()) == 2


def test_the_question_says_until_which_day_we_wait(asked: ServiceRequest) -> None:
    message = Message.objects.get(event="request_question")
    assert message.context["date"] == "17 Kasım 2026"


def test_the_whole_day_that_was_named_is_waited_for(asked: ServiceRequest, clock: time_machine.Traveller) -> None:
    clock.move_to((MONDAY + timedelta(days=15)).replace(hour=23, minute=59))
    assert unanswered.resume() == 0
    clock.shift(timedelta(minutes=2))
    assert unanswered.resume() == 1


def test_without_a_reply_the_request_goes_on_where_it_was(asked: ServiceRequest, clock: time_machine.Traveller) -> None:
    after(clock, 7)
    after(clock, 16)
    asked.refresh_from_db()
    assert (asked.status, asked.paused_at) == (Status.RECEIVED, None)
    assert asked.clock_due_at is not None
    event = asked.events.latest("version")
    assert (event.verb, event.actor_kind) == (Verb.RESUME, ActorKind.SYSTEM)


def test_a_request_at_a_department_goes_on_there(town: Town, people: People, clock: time_machine.Traveller) -> None:
    request = factories.in_progress(town, people)
    conversation.ask(request_id=request.pk, question="Kaç numara?", actor=Actor.staff(people.head_a))
    after(clock, 16)
    request.refresh_from_db()
    assert (request.status, request.department) == (Status.IN_PROGRESS, town.roads)


def test_who_replied_is_neither_reminded_nor_passed_over(asked: ServiceRequest, clock: time_machine.Traveller) -> None:
    conversation.reply(request_id=asked.pk, text="Çiçek Sokak.", files=[], actor=Actor.applicant(asked.pk))
    before = asked.events.count()
    after(clock, 16)
    assert (reminders(), asked.events.count()) == ([], before)


@pytest.mark.parametrize("days", [(1, 3), (2, 20)])
def test_the_days_are_settings(
    days: tuple[int, int], asked: ServiceRequest, clock: time_machine.Traveller, settings: Any
) -> None:
    settings.QUESTION_REMINDER_DAYS, settings.QUESTION_RESUME_DAYS = days
    clock.move_to(MONDAY + timedelta(days=days[0]))
    assert (unanswered.resume(), unanswered.remind()) == (0, 1)
    clock.move_to(MONDAY + timedelta(days=days[1] + 1))
    assert (unanswered.resume(), unanswered.remind()) == (1, 0)


@pytest.mark.parametrize("contact", [None, intake.Contact(name="Zeynep Deneme")], ids=["anonymous", "no phone"])
def test_who_left_no_phone_cannot_be_asked(contact: intake.Contact | None, town: Town, people: People) -> None:
    request = factories.submit(town, contact=contact)
    with pytest.raises(DomainError, match="telefon"):
        conversation.ask(request_id=request.pk, question="Hangi sokak?", actor=Actor.staff(people.clerk))
    request.refresh_from_db()
    assert request.status == Status.RECEIVED
