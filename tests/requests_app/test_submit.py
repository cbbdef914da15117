"""Submitting: one transaction for the request, its history and the message; one request for one submission."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from common.errors import InvalidInput, NotPermitted
from common.numbers import parse_number
from common.secrets import new_secret, secret_hash
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import Applicant, RequestEvent, ServiceRequest
from requests_app.services import intake, triage
from requests_app.vocabulary import Channel, Kind
from requests_app.workflow import Status, Verb
from tests import factories
from tests.factories import APPLICANT_PHONE, People, Town, make_application


def submit(town: Town, key: str = "web:1", secret: str = "a-secret", **changes: Any) -> ServiceRequest:
    return intake.submit(
        application=make_application(town, **changes),
        submission_key=key,
        secret=secret,
        actor=Actor.applicant(),
    )


def test_a_submission_writes_request_history_and_message(town: Town) -> None:
    request = submit(town)
    assert request.status == Status.RECEIVED
    event = request.events.get()
    assert (event.verb, event.from_status, event.to_status, event.version) == (Verb.SUBMIT, "", "received", 1)
    message = Message.objects.get()
    assert (message.event, message.phone) == ("request_received", APPLICANT_PHONE)
    assert message.context["number"] == request.number


def test_the_number_has_the_year_and_a_right_check_digit(town: Town) -> None:
    number = submit(town).number
    assert parse_number(number) == number


def test_only_the_hash_of_the_secret_is_stored(town: Town) -> None:
    request = submit(town)
    request.refresh_from_db()
    assert request.tracking_hash == secret_hash("a-secret")
    assert "a-secret" not in str(ServiceRequest.objects.values().get())


def test_the_same_key_again_returns_the_first_request_and_writes_nothing(town: Town) -> None:
    first = submit(town)
    again = submit(town, description="Başka bir metin")
    assert again.pk == first.pk
    assert (ServiceRequest.objects.count(), RequestEvent.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_an_anonymous_application_has_no_legal_clock_and_no_message(town: Town) -> None:
    request = submit(town, contact=None)
    assert request.legal_due_at is None
    assert request.clock_due_at == request.target_due_at is not None
    assert not Message.objects.exists()


def test_an_agent_may_submit_for_somebody_and_is_remembered(town: Town, people: People) -> None:
    request = intake.submit(
        application=make_application(town, channel=Channel.CALL_CENTRE),
        submission_key="entry:1",
        secret=new_secret(),
        actor=Actor.staff(people.agent),
    )
    assert request.entered_by == people.agent
    assert request.events.get().actor == people.agent


def test_a_department_head_may_not_submit_for_others(town: Town, people: People) -> None:
    with pytest.raises(NotPermitted):
        intake.submit(
            application=make_application(town),
            submission_key="entry:1",
            secret=new_secret(),
            actor=Actor.staff(people.head_a),
        )
    assert not ServiceRequest.objects.exists()


def test_a_failure_on_the_way_leaves_nothing_half_written(town: Town) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        submit(town, place=intake.Place(latitude=39.0))
    assert not ServiceRequest.objects.exists()
    assert not Applicant.objects.exists()


def test_a_submission_takes_few_statements(town: Town, django_assert_max_num_queries: Any) -> None:
    submit(town)  # what is remembered for half a minute is remembered now
    with django_assert_max_num_queries(7):  # savepoint and release of the test's transaction included
        submit(town, key="web:2", secret="another")


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_does_not_stop_a_submission(settings: Any) -> None:
    town = factories.make_town()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # nobody listens there
    request = submit(town)
    assert ServiceRequest.objects.waiting_for_router().get() == request


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_make_one_request() -> None:
    town = factories.make_town()
    numbers: list[str] = []

    def run() -> None:
        try:
            numbers.append(submit(town).number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 6
    assert len(set(numbers)) == 1
    assert (ServiceRequest.objects.count(), Applicant.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_an_information_request_is_due_in_fifteen_working_days(town: Town, time_machine: Any) -> None:
    time_machine.move_to("2026-03-02 09:00 +0300")  # a Monday; Ramadan's end falls into the period
    request = submit(town, kind=Kind.INFORMATION, category=None)
    assert request.legal_due_at is not None
    assert request.legal_due_at.astimezone().date().isoformat() == "2026-03-24"


def test_an_information_request_needs_a_name(town: Town) -> None:
    with pytest.raises(InvalidInput, match="4982") as refusal:
        factories.submit(town, kind=Kind.INFORMATION, contact=None)
    assert refusal.value.field == "name"
    assert not ServiceRequest.objects.exists()
    assert factories.submit(town, kind=Kind.INFORMATION).applicant is not None


def test_the_database_wants_a_name_for_an_information_request(town: Town) -> None:
    factories.submit(town, contact=None)
    with pytest.raises(IntegrityError, match="request_information_names_applicant"), transaction.atomic():
        ServiceRequest.objects.update(kind=Kind.INFORMATION)


def test_thanks_have_no_legal_clock_and_their_receipt_promises_no_answer(town: Town) -> None:
    request = factories.submit(town, kind=Kind.THANKS, category=None)
    assert (request.legal_due_at, request.clock_due_at) == (None, None)
    assert Message.objects.get().event == "request_received_thanks"


def test_what_becomes_thanks_loses_its_legal_clock(town: Town, people: People) -> None:
    request = factories.submit(town, kind=Kind.SUGGESTION)
    assert request.legal_due_at is not None
    request = triage.reclassify(
        request_id=request.pk, kind=Kind.THANKS, category=None, place=intake.Place(), actor=Actor.staff(people.clerk)
    )
    assert request.legal_due_at is None
