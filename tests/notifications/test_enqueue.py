"""Putting a message into the outbox."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications.lanes import POLICIES, Lane
from notifications.models import Message, State
from tests.notifications.conftest import PHONE

pytestmark = pytest.mark.django_db


def test_costs_one_insert_and_no_other_query(
    queue: Callable[..., Message], django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(1) as captured:
        queue()
    assert captured[0]["sql"].startswith('INSERT INTO "notifications_message"')


def test_queues_the_message_with_its_lanes_deadline(queue: Callable[..., Message]) -> None:
    message = Message.objects.get(pk=queue(lane=Lane.OTP, event="code_track").pk)
    assert (message.state, message.lane, message.phone) == (State.QUEUED, Lane.OTP, PHONE)
    assert message.expires_at - message.created_at == POLICIES[Lane.OTP].deadline
    assert message.due_at <= timezone.now()


def test_rings_the_lanes_bell_once_after_the_commit(
    queue: Callable[..., Message], broker: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        queue()
        queue()
        assert broker.llen("transactional") == 0
    assert broker.llen("transactional") == 1


@pytest.mark.django_db(transaction=True)
def test_leaves_nothing_behind_when_the_callers_transaction_is_rolled_back(
    queue: Callable[..., Message], broker: Any
) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue()
        1 / 0  # noqa: B018
    assert not Message.objects.exists()
    assert broker.llen("transactional") == 0


@pytest.mark.django_db(transaction=True)
def test_commits_although_the_broker_is_dead(queue: Callable[..., Message], settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with transaction.atomic():
        queue()
    assert Message.objects.get().state == State.QUEUED


@pytest.mark.parametrize("phone", ["", "05000000001", "+90 500", "+900"])
def test_the_database_refuses_a_phone_that_is_not_in_stored_form(queue: Callable[..., Message], phone: str) -> None:
    with pytest.raises(IntegrityError, match="message_phone_e164"), transaction.atomic():
        queue(phone=phone)


def test_lists_the_messages_of_a_request(queue: Callable[..., Message]) -> None:
    first = queue()
    second = queue(event="request_answered")
    queue(reference="request:26-0000999-1")
    assert list(Message.objects.all().for_reference("request:26-0000123-4")) == [first, second]
