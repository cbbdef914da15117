"""What follows from an outcome."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.gateways.base import NOT_TRIED, Outcome, Retry
from notifications.ids import new_id
from notifications.lanes import POLICIES, Lane
from notifications.models import State
from notifications.services import retries
from notifications.services.ledgers import Attempt
from notifications.workflow import TRANSITIONS

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
UNTRIED = [NOT_TRIED, Outcome.rejected("20003", Retry.ROUTE)]


def _attempt(*, lane: Lane = Lane.TRANSACTIONAL, number: int = 1, minutes_left: float = 600) -> Attempt:
    return Attempt(
        id=new_id(),
        lane=lane,
        phone="+905000000001",
        text="Başvurunuz alındı.",
        route="twilio",
        number=number,
        lookups=1,
        tried_at=NOW,
        expires_at=NOW + timedelta(minutes=minutes_left),
    )


def test_accepted_is_accepted() -> None:
    result = retries.after(_attempt(), Outcome.accepted("SM1"), now=NOW)
    assert (result.state, result.provider_id) == (State.ACCEPTED, "SM1")


def test_unknown_is_looked_up_when_the_gateway_has_settled() -> None:
    result = retries.after(_attempt(), Outcome.unknown("no_answer"), now=NOW)
    assert (result.state, result.due_at) == (State.UNKNOWN, NOW + retries.SETTLING)


def test_never_fails_at_once() -> None:
    assert retries.after(_attempt(), Outcome.rejected("21610", Retry.NEVER), now=NOW).state == State.FAILED


def test_later_waits_with_growing_pauses() -> None:
    first = POLICIES[Lane.TRANSACTIONAL].first_delay
    for number in (1, 2, 3):
        result = retries.after(_attempt(number=number), Outcome.rejected("20429", Retry.LATER), now=NOW)
        full = first * 2 ** (number - 1)
        assert result.state == State.QUEUED
        assert full / 2 <= result.due_at - NOW <= full


def test_later_never_waits_longer_than_the_lanes_longest_pause() -> None:
    result = retries.after(_attempt(number=500), Outcome.rejected("20429", Retry.LATER), now=NOW)
    assert result.due_at - NOW <= POLICIES[Lane.TRANSACTIONAL].longest_delay


def test_later_waits_as_long_as_the_gateway_asks() -> None:
    outcome = Outcome(
        kind=Outcome.rejected("429", Retry.LATER).kind, retry=Retry.LATER, retry_after=timedelta(minutes=5)
    )
    assert retries.after(_attempt(), outcome, now=NOW).due_at == NOW + timedelta(minutes=5)


def test_later_than_the_deadline_is_too_late() -> None:
    attempt = _attempt(lane=Lane.OTP, minutes_left=0.01)
    assert retries.after(attempt, Outcome.rejected("20429", Retry.LATER), now=NOW).state == State.EXPIRED


def test_pauses_differ_so_that_messages_do_not_come_back_together() -> None:
    pauses = {retries.after(_attempt(), Outcome.rejected("20429", Retry.LATER), now=NOW).due_at for _ in range(20)}
    assert len(pauses) > 1


def test_once_comes_back_hours_later_and_only_once() -> None:
    outcome = Outcome.rejected("30003", Retry.ONCE)
    again = retries.after(_attempt(number=1), outcome, now=NOW)
    assert (again.state, again.due_at) == (State.QUEUED, NOW + retries.ONCE_MORE_AFTER)
    assert retries.after(_attempt(number=2), outcome, now=NOW).state == State.FAILED


@pytest.mark.parametrize("outcome", UNTRIED, ids=lambda outcome: outcome.code)
def test_what_says_nothing_about_the_message_makes_no_pause_longer(outcome: Outcome) -> None:
    result = retries.after(_attempt(number=7), outcome, now=NOW)
    assert (result.state, result.due_at, result.counts) == (State.QUEUED, NOW, False)


@pytest.mark.parametrize("outcome", UNTRIED, ids=lambda outcome: outcome.code)
def test_what_could_not_be_tried_before_its_deadline_is_too_late(outcome: Outcome) -> None:
    assert retries.after(_attempt(minutes_left=0), outcome, now=NOW).state == State.EXPIRED


def test_absent_at_the_gateway_is_sent_again_at_once() -> None:
    assert retries.after_absence(_attempt(), now=NOW).state == State.QUEUED


def test_absent_at_the_gateway_and_past_the_deadline_is_too_late() -> None:
    assert retries.after_absence(_attempt(minutes_left=-1), now=NOW).state == State.EXPIRED


def test_a_gateway_that_cannot_be_asked_is_asked_again() -> None:
    result = retries.after_silence(_attempt(), now=NOW)
    assert result.state == State.UNKNOWN
    assert result.due_at > NOW


def test_after_a_day_without_an_answer_the_message_is_called_failed_aloud(caplog: pytest.LogCaptureFixture) -> None:
    result = retries.after_silence(_attempt(), now=NOW + timedelta(hours=24))
    assert (result.state, result.error_code) == (State.FAILED, "unresolved")
    assert [(record.levelname, record.message) for record in caplog.records] == [("ERROR", "message.unresolved")]


@pytest.mark.parametrize("attempt", [0, 1, 5, 40, 32_000])
def test_a_pause_is_never_negative_nor_endless(attempt: int) -> None:
    pause = retries.backoff(attempt, first=timedelta(seconds=2), longest=timedelta(seconds=20))
    assert timedelta() < pause <= timedelta(seconds=20)


@pytest.mark.parametrize("lane", Lane)
@pytest.mark.parametrize("retry", Retry)
@pytest.mark.parametrize("minutes_left", [600, -1])
def test_what_a_gateway_reports_of_a_message_it_took_always_leads_somewhere(
    lane: Lane, retry: Retry, minutes_left: float
) -> None:
    attempt = _attempt(lane=lane, minutes_left=minutes_left)
    result = retries.after_taken(attempt, Outcome.rejected("30008", retry), now=NOW)
    assert (State.ACCEPTED, result.state) in TRANSITIONS
