"""What is finished stays finished, whoever tries."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import InternalError, transaction
from django.utils import timezone

from notifications.gateways.base import NOT_TRIED, Outcome, Retry
from notifications.lanes import Lane
from notifications.models import Message, State
from notifications.services import delivery, ledgers, retries
from notifications.services.ledgers import Attempt
from notifications.workflow import FINISHED, TRANSITIONS

pytestmark = pytest.mark.django_db


def _in_state(message: Message, *states: State) -> Message:
    """Bring a message to the last state by way of the others."""
    now = timezone.now()
    for state in states:
        Message.objects.filter(pk=message.pk).update(
            state=state, claimed_at=now, sent_at=now, finished_at=now if state in FINISHED else None
        )
    message.refresh_from_db()
    return message


WAYS_THERE = {
    State.QUEUED: (),
    State.SENDING: (State.SENDING,),
    State.UNKNOWN: (State.SENDING, State.UNKNOWN),
    State.ACCEPTED: (State.SENDING, State.ACCEPTED),
    State.DELIVERED: (State.SENDING, State.DELIVERED),
    State.FAILED: (State.SENDING, State.FAILED),
    State.EXPIRED: (State.EXPIRED,),
    State.CANCELLED: (State.CANCELLED,),
}
REFUSED = [(a, b) for a in State for b in State if a != b and (a.value, b.value) not in TRANSITIONS]


@pytest.mark.parametrize(("source", "target"), REFUSED)
def test_the_database_refuses_every_way_that_is_not_in_the_table(
    queue: Callable[..., Message], source: State, target: State
) -> None:
    message = _in_state(queue(), *WAYS_THERE[source])
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(state=target)


@pytest.mark.parametrize("finished", FINISHED)
def test_nothing_leads_out_of_a_finished_state(finished: State) -> None:
    assert not [target for source, target in TRANSITIONS if source == finished]


@pytest.mark.parametrize("finished", [state for state in FINISHED if (State.SENDING, state) in TRANSITIONS])
def test_a_late_outcome_does_not_touch_a_finished_message(queue: Callable[..., Message], finished: State) -> None:
    queue()
    claimed = delivery.claim(Lane.TRANSACTIONAL).attempts[0]
    _in_state(Message.objects.get(pk=claimed.id), finished)
    assert _record(claimed, Outcome.accepted("SM1")) == set()
    assert Message.objects.get().state == finished


def test_a_late_outcome_of_an_earlier_attempt_does_not_touch_the_present_one(queue: Callable[..., Message]) -> None:
    queue()
    first = delivery.claim(Lane.TRANSACTIONAL).attempts[0]
    _record(first, Outcome.rejected("20429", Retry.LATER))
    Message.objects.update(due_at=timezone.now())
    delivery.claim(Lane.TRANSACTIONAL)
    assert _record(first, Outcome.rejected("21614", Retry.NEVER)) == set()
    assert Message.objects.get().state == State.SENDING


def test_a_late_outcome_of_a_claim_that_was_given_back_does_not_touch_the_next(queue: Callable[..., Message]) -> None:
    queue()
    earlier = delivery.claim(Lane.TRANSACTIONAL).attempts[0]
    _record(earlier, NOT_TRIED)
    later = delivery.claim(Lane.TRANSACTIONAL).attempts[0]
    assert earlier.number == later.number  # only the time tells the two apart
    assert _record(earlier, Outcome.rejected("21614", Retry.NEVER)) == set()
    assert Message.objects.get().state == State.SENDING


def test_the_true_outcome_of_a_message_already_called_unknown_is_taken(queue: Callable[..., Message]) -> None:
    message = queue()
    claimed = delivery.claim(Lane.TRANSACTIONAL).attempts[0]
    Message.objects.update(state=State.UNKNOWN)
    assert _record(claimed, Outcome.accepted("SM1")) == {message.pk}
    assert Message.objects.get().state == State.ACCEPTED


def test_a_batch_of_outcomes_is_one_statement(
    queue: Callable[..., Message], django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(20):
        queue()
    claimed = delivery.claim(Lane.TRANSACTIONAL).attempts
    now = timezone.now()
    results = [retries.after(attempt, Outcome.accepted(f"SM{attempt.id.hex}"), now=now) for attempt in claimed]
    with django_assert_num_queries(1):
        taken = ledgers.of(Lane.TRANSACTIONAL).record(results, now=now)
    assert len(taken) == 20


def _record(attempt: Attempt, outcome: Outcome) -> set[UUID]:
    now = timezone.now()
    return ledgers.of(attempt.lane).record([retries.after(attempt, outcome, now=now)], now=now)
