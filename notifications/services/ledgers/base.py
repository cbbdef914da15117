"""What every ledger speaks: attempts out, results in, each for a whole batch."""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from notifications.gateways.base import OutboundMessage
from notifications.gateways.notices import Receipt
from notifications.lanes import Lane
from notifications.models.route import Route
from notifications.workflow import IN_FLIGHT, State

_PHONE = re.compile(r"\+?\d{8,}")

# The rows that ``as_rows`` makes, for a statement. One JSON text, for the driver writes an array as an expression for
# each of its elements, which for a chunk takes longer to read than the rows take to be updated.
RESULTS = """json_to_recordset(%(results)s::json)
    AS result(id uuid, number int, tried_at timestamptz, counts bool, state text, due_at timestamptz,
              provider_id text, error_code text, error_detail text, segments int)"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send one message, whichever table the message is in.

    ``number`` counts the tries and ``tried_at`` is when this one began. Together they are the fence: an outcome is
    written only while the row still carries both (a claim that was given back does not count as a try).
    ``rests_at``: from when on no phone may ring for it, though it may be sent again later. ``words``: the text before
    it was put into the letters of its route, where that is another.
    """

    id: UUID
    lane: Lane
    phone: str
    text: str
    route: str
    number: int
    lookups: int
    tried_at: datetime
    expires_at: datetime
    error_code: str = ""
    segments: int = 1
    commercial: bool = False
    rests_at: datetime | None = None
    words: str = ""

    def outbound(self) -> OutboundMessage:
        """The attempt as a gateway sees it."""
        return OutboundMessage(
            *(self.id, self.phone, self.text, self.tried_at, self.expires_at, self.commercial),
            rests_at=self.rests_at,
            words=self.words,
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What a claim found: ``looked_at`` rows, of which ``attempts`` are now to be made."""

    looked_at: int
    attempts: list[Attempt]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages of one lane that may be sent now, and since when the oldest may."""

    lane: Lane
    messages: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What became of attempt ``number`` of a message, begun at ``tried_at``. ``due_at``: its next step, if any.

    ``counts`` is False where the message itself was not tried: it then has as many tries left as before.
    ``segments``: how many it took on its route.
    """

    id: UUID
    number: int
    tried_at: datetime
    state: State
    due_at: datetime
    segments: int
    counts: bool = True
    provider_id: str = ""
    error_code: str = ""
    error_detail: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A message that a receipt speaks of, locked: its state, the gateway's id of its last accepted attempt."""

    attempt: Attempt
    state: State
    provider_id: str


class Ledger(Protocol):
    """The only statements that move the messages of one table from state to state.

    Every statement names the states it may leave, so a finished message is never touched; a trigger on the
    table holds the same line against everybody else.
    """

    def claim(
        self, lane: Lane, route: Route, *, size: int, now: datetime, lease_end: datetime, segments: int | None = None
    ) -> Taken:
        """Take up to ``size`` due messages, written for ``route``, until ``lease_end``; skips what others hold.

        Of announcements only as many as have about ``segments`` parts together, and at least one.

        To be called in a transaction of its own, which the caller commits before anything is sent.
        """

    def record(self, results: Sequence[Result], *, now: datetime, before: Collection[State] = IN_FLIGHT) -> set[UUID]:
        """Write the outcomes of a batch in one statement; returns the ids that took it.

        Only messages whose state is one of ``before`` are touched.

        Left out is a message that was finished, or claimed again, since that attempt: what happened later
        is nearer to the truth than a late answer.
        """

    def expire_overdue(self, *, now: datetime, limit: int) -> int:
        """Finish waiting messages whose deadline has passed; returns how many."""

    def give_up_lost(self, *, now: datetime, look_up_at: datetime, limit: int) -> int:
        """Messages whose worker died or hangs become UNKNOWN, to be looked up at ``look_up_at``; returns how many."""

    def claim_unknown(self, *, now: datetime, until: datetime, limit: int) -> list[Attempt]:
        """Take messages to look up, nobody else's before ``until``; by route. Commits at once. See ``unknown``."""

    def lanes_due(self, now: datetime) -> list[Lane]:
        """The lanes of this table in which something may be sent now."""

    def waiting(self, now: datetime) -> list[Waiting]:
        """What waits in each lane of this table that is not empty; for people, not for the workers."""

    def has_unknown(self, now: datetime) -> bool:
        """Whether something is to be looked up now."""

    def hold(self, receipts: Sequence[Receipt]) -> list[tuple[Receipt, Held]]:
        """Lock the messages of this table that ``receipts`` speak of, in one statement for each way to find them.

        By our id, else by the route's gateway and its id. A receipt whose message is not here is left out.
        """

    def taken_provider_ids(self, route: str, provider_ids: Collection[str]) -> set[str]:
        """Which of ``provider_ids`` already belong to a message of this table on ``route``."""


def by_id(results: Iterable[Result]) -> list[Result]:
    """Always lock in the same order."""
    return sorted(results, key=lambda result: result.id)


def as_rows(results: Iterable[Result]) -> str:
    """``results`` as the rows of ``RESULTS``."""
    return json.dumps(
        [
            {
                "id": str(result.id),
                "number": result.number,
                "tried_at": result.tried_at.isoformat(),
                "counts": result.counts,
                "state": result.state.value,
                "due_at": result.due_at.isoformat(),
                "provider_id": result.provider_id,
                "error_code": result.error_code,
                "error_detail": safe(result.error_detail),
                "segments": result.segments,
            }
            for result in results
        ]
    )


def execute(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows that ``sql`` returns, if it returns any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []


def safe(detail: str) -> str:
    """Providers like to repeat the phone number in their error texts. No text in PostgreSQL holds a NUL."""
    return _PHONE.sub("[phone]", detail.replace("\0", ""))[:300]
