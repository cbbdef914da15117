"""What the gateways that take many messages a call have in common.

Such a gateway answers for the call as a whole, so a call is what is accepted, refused or of unknown outcome. Where
it is refused because of one of its messages, none was taken, and each is tried once more alone.

A call carries a reference of ours by which it is found again. It must be known after the worker that made it has
died, so it is worked out from what is kept of each message: when the claim was made, and what the call's messages
have in common. A message that is sent alone is referred to by its own id.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.crypto import salted_hmac

from notifications.gateways.base import NOT_TRIED, OutboundMessage, Outcome, Retry
from notifications.gateways.http import Answer, NotSent, Unanswered
from notifications.segments import TURKISH_ROUTE, Encoding, measure

# Of a call that was refused for one of its messages, so many are tried alone; the rest comes with the next chunk.
MOST_ALONE = 50
REFUSED_TOGETHER = Outcome.rejected("refused_together", Retry.LATER)

Settled = list[tuple[OutboundMessage, Outcome]]
_BY_STATUS = {401: Retry.ROUTE, 403: Retry.ROUTE, 404: Retry.ROUTE, 408: Retry.LATER, 429: Retry.LATER}


@dataclass(frozen=True, slots=True)
class Call:
    """Messages that go out in one request, with our reference of it."""

    reference: str
    messages: tuple[OutboundMessage, ...]


def shared_reference(message: OutboundMessage, *shared: Hashable) -> str:
    """The reference of the call with ``message`` and those of its claim and class that have ``shared`` in common."""
    claimed = int(message.tried_at.timestamp() * 1_000_000)
    class_ = ("iys",) if message.commercial else ()
    return "-".join(str(part) for part in (claimed, *shared, *class_))


def own_reference(message: OutboundMessage) -> str:
    """The reference of a call with ``message`` alone."""
    return message.id.hex


def calls_of(messages: Sequence[OutboundMessage], reference: Callable[[OutboundMessage], str]) -> list[Call]:
    """``messages`` in as few calls as their ``reference`` allows, each phone once a call.

    Gateways that do not keep our id know a message by its phone. Of two messages to one phone the one with the
    lower id goes with the others, the other alone: look-ups rely on that order.
    """
    groups: dict[str, dict[str, OutboundMessage]] = defaultdict(dict)
    alone = []
    for message in sorted(messages, key=lambda message: message.id):
        if groups[reference(message)].setdefault(message.phone, message) is not message:
            alone.append(_alone(message))
    return [Call(shared, tuple(group.values())) for shared, group in groups.items()] + alone


async def settle(
    call: Call, send: Callable[[Call], Awaitable[list[Outcome]]], *, at_fault: Collection[str], until: datetime
) -> Settled:
    """What became of the messages of ``call``; ``at_fault`` are the codes that blame one of them for all."""
    if timezone.now() >= until:
        return [(message, NOT_TRIED) for message in call.messages]
    outcomes = await send(call)
    if len(call.messages) == 1 or outcomes[0].code not in at_fault:
        return list(zip(call.messages, outcomes, strict=True))
    settled: Settled = [(message, REFUSED_TOGETHER) for message in call.messages[MOST_ALONE:]]
    for message in call.messages[:MOST_ALONE]:
        settled += await settle(_alone(message), send, at_fault=at_fault, until=until)
    return settled


def in_order(messages: Sequence[OutboundMessage], settled: Sequence[Settled]) -> list[Outcome]:
    """The outcomes of all calls, one for each of ``messages``."""
    by_id = {message.id: outcome for pairs in settled for message, outcome in pairs}
    return [by_id[message.id] for message in messages]


def of_failure(error: Exception) -> Outcome:
    """The outcome of a request that had no answer, or none we can read."""
    if isinstance(error, NotSent):
        return Outcome.rejected("no_connection", Retry.LATER, detail=str(error))
    code = "no_answer" if isinstance(error, Unanswered) else "answer_not_understood"
    return Outcome.unknown(code, detail=str(error) if isinstance(error, Unanswered) else type(error).__name__)


def of_status(answer: Answer, *, otherwise: Retry = Retry.ROUTE) -> Outcome:
    """The outcome of an error answer by its HTTP status alone.

    What we do not know is held against the route, not the messages: they keep their place and somebody looks.
    """
    if answer.status >= 500:
        return Outcome.unknown(f"http_{answer.status}")
    retry = _BY_STATUS.get(answer.status, otherwise)
    return Outcome.rejected(f"http_{answer.status}", retry, detail=answer.text[:300], retry_after=answer.retry_after)


def numbered(call: object, phone: str) -> str:
    """The number of a message where the gateway numbers only the ``call``; nobody can read the phone from it."""
    return f"{call}-{phone_mark(phone)}"[:64]


def phone_mark(phone: str) -> str:
    """Tells the messages of one call apart."""
    return salted_hmac("notifications.gateways", phone, algorithm="sha256").hexdigest()[:12]


@lru_cache(maxsize=16)  # an announcement says the same to everybody
def encoding_of(text: str) -> Encoding:
    """The character set in which a Turkish gateway sends ``text`` in the fewest parts."""
    return measure(text, TURKISH_ROUTE).encoding


def local_digits(phone: str) -> str:
    """A number as Turkish gateways write it: 90 and ten digits, others with 00 in front."""
    digits = phone.removeprefix("+")
    return digits if digits.startswith("90") else f"00{digits}"


def _alone(message: OutboundMessage) -> Call:
    return Call(own_reference(message), (message,))
