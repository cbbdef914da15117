"""The page of one request asks the database a bounded number of questions, however long its story."""

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import answers, conversation
from requests_app.services.answers import Proposal
from tests.factories import People, Town, in_progress
from tests.requests_app.desk.conftest import page_of, photo

BOUND = 35


def lengthen(request: ServiceRequest, people: People) -> None:
    """A question, a reply with a photo, a note, a draft."""
    actor = Actor.staff(people.staff_a)
    conversation.ask(request_id=request.pk, question="Nerede?", actor=actor)
    applicant = Actor.applicant(request.pk)
    conversation.reply(request_id=request.pk, text="Burada.", files=[photo()], actor=applicant)
    conversation.add_note(request_id=request.pk, text="Not.", actor=actor)
    answers.save_draft(request_id=request.pk, proposal=Proposal(text="Taslak.", files=[photo()]), actor=actor)


def test_a_longer_story_asks_no_more(
    town: Town, people: People, head: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    request = in_progress(town, people)
    lengthen(request, people)
    head.get(page_of(request))
    with django_assert_max_num_queries(BOUND) as short:
        head.get(page_of(request))
    lengthen(request, people)

    with django_assert_max_num_queries(len(short)):
        head.get(page_of(request))
