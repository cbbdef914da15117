"""Overdue and due soon mean the same in a list, on a counter and on the chip of one request."""

from datetime import timedelta

import pytest
from django.utils import timezone

from requests_app import presentation
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import conversation
from tests import factories
from tests.factories import People, Town

pytestmark = pytest.mark.django_db

NOW = timezone.now()
A_MOMENT = timedelta(microseconds=1)
SOON = timedelta(days=3)


@pytest.mark.parametrize(
    ("due_at", "level"),
    [
        (NOW - A_MOMENT, "late"),
        (NOW, "soon"),
        (NOW + SOON - A_MOMENT, "soon"),
        (NOW + SOON, "ok"),
    ],
)
def test_database_and_chip_agree_at_the_very_borders(due_at: object, level: str, town: Town) -> None:
    request = factories.submit(town)
    ServiceRequest.objects.filter(pk=request.pk).update(clock_due_at=due_at)
    request.refresh_from_db()
    assert presentation.due(request, NOW).level == level
    assert ServiceRequest.objects.overdue(NOW).exists() == (level == "late")
    assert ServiceRequest.objects.due_soon(NOW).exists() == (level == "soon")


def test_while_the_applicant_is_asked_nothing_is_overdue(town: Town, people: People) -> None:
    request = factories.submit(town)
    conversation.ask(request_id=request.pk, question="Nerede?", actor=Actor.staff(people.clerk))
    request.refresh_from_db()
    later = NOW + timedelta(days=400)
    assert presentation.due(request, later).level == "paused"
    assert not ServiceRequest.objects.overdue(later).exists()
