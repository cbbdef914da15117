"""Two workers on one lane: real connections, real locks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from notifications.lanes import Lane
from notifications.models import LocalDelivery, Message, State
from notifications.services import delivery
from notifications.services.ledgers import Attempt
from tests.notifications.connections import in_another_connection

pytestmark = pytest.mark.django_db(transaction=True)


def test_skips_what_another_worker_holds_instead_of_waiting(queue: Callable[..., Message]) -> None:
    held, free = queue(), queue()

    def claim() -> list[Attempt]:
        return delivery.claim(Lane.TRANSACTIONAL).attempts

    with transaction.atomic():
        Message.objects.select_for_update().get(pk=held.pk)
        claimed = in_another_connection(claim)
    assert [attempt.id for attempt in claimed] == [free.pk]


def test_a_claimed_message_is_not_claimed_again(queue: Callable[..., Message]) -> None:
    queue()
    assert len(delivery.claim(Lane.TRANSACTIONAL).attempts) == 1
    assert delivery.claim(Lane.TRANSACTIONAL).looked_at == 0


def test_the_claim_is_committed_with_its_text_before_anything_is_sent(queue: Callable[..., Message]) -> None:
    message = queue()
    delivery.claim(Lane.TRANSACTIONAL)
    seen = in_another_connection(lambda: Message.objects.get(pk=message.pk))
    assert (seen.state, seen.attempts) == (State.SENDING, 1)
    assert seen.text.startswith("Başvurunuz alındı")


def test_two_workers_send_everything_once(queue: Callable[..., Message]) -> None:
    sent = [queue().pk for _ in range(150)]
    together = Barrier(2)

    def work() -> int:
        together.wait(timeout=10)
        try:
            return delivery.deliver(Lane.TRANSACTIONAL)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        tried = [worker.result(timeout=30) for worker in [workers.submit(work) for _ in range(2)]]
    assert sum(tried) == 150
    assert set(Message.objects.values_list("state", "attempts")) == {(State.ACCEPTED, 1)}
    assert set(LocalDelivery.objects.values_list("message_id", flat=True)) == set(sent)
