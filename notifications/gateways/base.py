"""What every gateway speaks: batches out, one of three outcomes back for each message."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID


class Kind(Enum):
    """UNKNOWN: we cannot say whether the gateway took it. Such a message is looked up, never just resent."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class Retry(Enum):
    """What to do about a rejection.

    NEVER: this message will not get through (wrong number, refused content).
    LATER: it may in a moment (too many requests, gateway busy); again with growing pauses.
    ONCE: it may much later (phone switched off); once more in some hours.
    ROUTE: the gateway refuses us, not the message; keep the messages, pause the route.
    HALT: it takes no commercial messages from us, whatever they say; keep them, stop their announcement.
    AT_ONCE: it was not tried; again as soon as somebody can.

    The last three say nothing about the message, so they do not count as a try of it.
    """

    NEVER = "never"
    LATER = "later"
    ONCE = "once"
    ROUTE = "route"
    HALT = "halt"
    AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt. ``code`` is the gateway's own error code or one of ours in words."""

    kind: Kind
    provider_id: str = ""
    code: str = ""
    detail: str = ""
    retry: Retry = Retry.NEVER
    retry_after: timedelta | None = None

    @property
    def counts(self) -> bool:
        """Whether the message itself was tried, so that pauses grow and tries are used up."""
        return self.retry not in (Retry.ROUTE, Retry.HALT, Retry.AT_ONCE)

    @classmethod
    def accepted(cls, provider_id: str) -> "Outcome":
        """The gateway has the message under ``provider_id``."""
        return cls(Kind.ACCEPTED, provider_id=provider_id)

    @classmethod
    def rejected(
        cls, code: str, retry: Retry, *, detail: str = "", provider_id: str = "", retry_after: timedelta | None = None
    ) -> "Outcome":
        """The gateway certainly did not, and will not, send the message."""
        return cls(Kind.REJECTED, provider_id, code, detail, retry, retry_after)

    @classmethod
    def unknown(cls, code: str, *, detail: str = "") -> "Outcome":
        """Bytes left this machine and no answer that settles the matter came back."""
        return cls(Kind.UNKNOWN, code=code, detail=detail)


@dataclass(frozen=True, slots=True)
class Sending:
    """What an adapter is made of: credentials, the gateway's address without a slash at the end, sender, channel."""

    secrets: tuple[str, ...] = field(repr=False)
    address: str
    sender: str
    channel: str


NOT_TRIED = Outcome.rejected("not_tried", Retry.AT_ONCE, detail="The time to begin it was over.")


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One attempt as a gateway sees it. ``id`` is ours, ``tried_at`` when the attempt began.

    ``commercial``: the law on commercial messages (6563) applies, so the gateway has to leave out whoever refused
    such messages in the national register (İYS). Nothing else may go out in the same call.

    ``template`` names a text that the gateway itself holds and fills with ``variables`` (WhatsApp outside of
    the 24 hours after the citizen's last message); ``text`` is then what it says, for our own records.

    ``rests_at``: from when on no phone may ring for it, as things were when it was sent. ``words``: the text before it
    was put into the letters of its route, where that is another. Settings of ours decide about both, and about ``text``,
    and may have changed when the message is looked up: what it is found by hangs on none of the three, only on ``words``.
    """

    id: UUID
    phone: str
    text: str
    tried_at: datetime
    expires_at: datetime
    commercial: bool = False
    template: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    rests_at: datetime | None = None
    words: str = ""

    @property
    def valid_until(self) -> datetime:
        """How long a gateway may keep trying."""
        return min(self.expires_at, self.rests_at or self.expires_at)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a gateway knows about a message of unknown outcome.

    Several ``candidates`` where it does not keep our id: the caller leaves out those that belong to other
    messages. None left means that the gateway never took the message, but only where it was ``asked`` and
    its answer was whole; otherwise nothing may be concluded.

    ``rivals_within``: where the gateway knows a message by phone and time alone, a candidate may be any of our
    messages to that phone that were tried within this time of this one.
    """

    asked: bool
    candidates: tuple[Outcome, ...] = ()
    rivals_within: timedelta = timedelta()


COULD_NOT_ASK = Finding(asked=False)


class Gateway(ABC):
    """An adapter to one provider. Writes nothing of ours except what a simulated provider itself keeps.

    ``batch_size``: the most messages for one call of ``send_batch``; the adapter must be able to finish
    them within the shortest lease it is used with.
    """

    name: str
    batch_size: int

    @abstractmethod
    def send_batch(self, messages: Sequence[OutboundMessage], *, until: datetime) -> list[Outcome]:
        """Hand over ``messages``; one outcome each, in the same order.

        Starts no message after ``until`` (those come back NOT_TRIED), so that a stop holds soon and nothing is
        under way any more when the lease ends. Raises nothing: an error is an outcome.
        """

    @abstractmethod
    def lookup_batch(self, messages: Sequence[OutboundMessage]) -> list[Finding]:
        """Ask the provider what became of ``messages``; one finding each, in the same order. Raises nothing."""
