"""What follows from an outcome. Pure but for the log: no query, no clock; chance only in the length of a pause."""

import logging
import random
from dataclasses import replace
from datetime import datetime, timedelta

from notifications.gateways.base import Kind, Outcome, Retry
from notifications.lanes import POLICIES, Lane
from notifications.services.ledgers.base import Attempt, Result
from notifications.workflow import State

log = logging.getLogger(__name__)

# When a gateway is first asked. When it may be believed that a message is not there is its adapter's to say.
SETTLING = timedelta(seconds=15)
# "Once more, hours later": for a phone that is switched off or out of reach.
ONCE_MORE_AFTER = timedelta(hours=3)
# Between look-ups that could not be made, doubled each time.
LOOKUP_FIRST_DELAY = timedelta(seconds=15)
LOOKUP_LONGEST_DELAY = timedelta(minutes=10)
# After this long without an answer a message of unknown outcome is called failed.
UNRESOLVED_AFTER = timedelta(hours=24)
# An announcement is not sent a second time after the gateway took it: the yearly quota holds one sending of each
# message, a campaign ends, and Turkish gateways refuse the same text to the same phone on the same day. The text of
# a one-time code is gone.
_SENT_AGAIN = (Lane.TRANSACTIONAL, Lane.REPLY)


def after(attempt: Attempt, outcome: Outcome, *, now: datetime) -> Result:
    """The message's next state after ``attempt`` ended with ``outcome``."""
    if outcome.kind is Kind.ACCEPTED:
        return _result(attempt, State.ACCEPTED, outcome, due_at=now)
    if outcome.kind is Kind.UNKNOWN:
        return _result(attempt, State.UNKNOWN, outcome, due_at=now + SETTLING)
    return _after_rejection(attempt, outcome, now=now)


def after_taken(attempt: Attempt, outcome: Outcome, *, now: datetime) -> Result:
    """The message's next state where the gateway took it, and says by a receipt or when asked what became of it."""
    if attempt.lane not in _SENT_AGAIN:
        outcome = replace(outcome, retry=Retry.NEVER)
    elif outcome.retry is Retry.ROUTE:  # whether a route is to be left alone is judged when it is used
        outcome = replace(outcome, retry=Retry.LATER)
    result = after(attempt, outcome, now=now)
    # What a gateway took has been sent: too late for another try it failed, and did not expire.
    return replace(result, state=State.FAILED) if result.state is State.EXPIRED else result


def after_absence(attempt: Attempt, *, now: datetime) -> Result:
    """The gateway never took it: send it again at once, if there is still time."""
    return _at_once(attempt, Outcome.rejected("not_at_gateway", Retry.LATER), now=now)


def after_silence(attempt: Attempt, *, now: datetime) -> Result:
    """The gateway could not be asked: ask again later, and after a day call the message failed."""
    if now >= attempt.tried_at + UNRESOLVED_AFTER:
        log.error("message.unresolved", extra={"message_id": str(attempt.id), "route": attempt.route})
        return _result(attempt, State.FAILED, Outcome.unknown("unresolved"), due_at=now)
    pause = backoff(attempt.lookups, first=LOOKUP_FIRST_DELAY, longest=LOOKUP_LONGEST_DELAY)
    return _result(attempt, State.UNKNOWN, Outcome.unknown(attempt.error_code), due_at=now + pause)


def backoff(attempt: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """The pause after the ``attempt``-th failure: doubled each time up to ``longest``, half of it by chance.

    The chance keeps many messages that failed together from coming back together.
    """
    doubled = first * 2 ** min(attempt - 1, 20) if attempt > 0 else first
    return min(doubled, longest) * random.uniform(0.5, 1.0)  # noqa: S311  (no secret)


def _after_rejection(attempt: Attempt, outcome: Outcome, *, now: datetime) -> Result:
    if not outcome.counts:
        return _at_once(attempt, outcome, now=now)
    if outcome.retry is Retry.LATER:
        return _again(attempt, outcome, now=now, pause=_pause(attempt, outcome), too_late=State.EXPIRED)
    if outcome.retry is Retry.ONCE and attempt.number < 2:
        return _again(attempt, outcome, now=now, pause=ONCE_MORE_AFTER, too_late=State.FAILED)
    return _result(attempt, State.FAILED, outcome, due_at=now)


def _pause(attempt: Attempt, outcome: Outcome) -> timedelta:
    policy = POLICIES[attempt.lane]
    pause = backoff(attempt.number, first=policy.first_delay, longest=policy.longest_delay)
    return max(pause, outcome.retry_after or timedelta())


def _at_once(attempt: Attempt, outcome: Outcome, *, now: datetime) -> Result:
    return _again(attempt, outcome, now=now, pause=timedelta(), too_late=State.EXPIRED)


def _again(attempt: Attempt, outcome: Outcome, *, now: datetime, pause: timedelta, too_late: State) -> Result:
    state = State.QUEUED if now + pause < attempt.expires_at else too_late
    return _result(attempt, state, outcome, due_at=now + pause)


def _result(attempt: Attempt, state: State, outcome: Outcome, *, due_at: datetime) -> Result:
    return Result(
        id=attempt.id,
        number=attempt.number,
        tried_at=attempt.tried_at,
        counts=outcome.counts,
        state=state,
        due_at=due_at,
        segments=attempt.segments,
        provider_id=outcome.provider_id,
        error_code=outcome.code,
        error_detail=outcome.detail,
    )
