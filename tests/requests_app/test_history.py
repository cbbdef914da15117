"""History is append-only, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from requests_app.actors import Actor
from requests_app.models import ContactReveal, RequestEvent
from requests_app.services import contacts, conversation
from tests import factories
from tests.factories import People, Town


def test_the_database_refuses_to_change_a_history_row(town: Town) -> None:
    factories.submit(town)
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        RequestEvent.objects.update(verb="close")


def test_the_database_refuses_to_delete_a_history_row_even_by_plain_sql(town: Town) -> None:
    factories.submit(town)
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM requests_app_requestevent")
    assert RequestEvent.objects.count() == 1


def test_the_record_of_a_reveal_cannot_be_removed(town: Town, people: People) -> None:
    request = factories.submit(town)
    contacts.reveal(request_id=request.pk, reason="call", user=people.clerk)
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        ContactReveal.objects.all().delete()


def test_each_change_makes_the_next_version_and_one_history_row(town: Town, people: People) -> None:
    request = factories.closed(town, people)
    versions = list(request.events.values_list("version", flat=True))
    assert versions == list(range(1, request.version + 1))


def test_history_rows_hold_no_words_of_the_applicant(town: Town, people: People) -> None:
    request = factories.submit(town)
    actor = Actor.applicant(request.pk)
    conversation.add_information(request_id=request.pk, text="Gizli sözüm", files=[], actor=actor)
    assert "Gizli" not in str(list(RequestEvent.objects.values()))
