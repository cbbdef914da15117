"""What the gateways that take many messages a call have in common.

Such a gateway answers for the call as a whole, so a call is what is accepted, refused or of unknown outcome. Where
it is refused because of one of its messages, none was taken: it is made anew in parts, those that are refused again in
smaller parts, until the message at fault is alone. Of a thousand messages one bad one costs some thirty calls.

With a slow gateway that takes longer than a claim may. What was not begun then comes back in another claim, and the
parts that were refused by then are known, so that the search goes on where it ended (``Handover``).

A call carries a reference of ours by which it is found again, and no two calls carry the same. It must be known after
the worker that made it has died, so it is worked out from what is kept of each message: when the claim was made, what
the call's messages have in common whatever our settings are, and, for a part, some bits of their ids. A message that is
sent alone is referred to by its own id. So a message can have gone under one of four references (``references``).
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import salted_hmac

from notifications.gateways.base import NOT_TRIED, Kind, OutboundMessage, Outcome, Retry
from notifications.gateways.http import Answer, HttpClient, NotSent, Unanswered
from notifications.segments import TURKISH_ROUTE, Encoding, measure, plain

# Before this nobody can say that a gateway has not taken a message: its lists may lag.
SETTLING = timedelta(minutes=2)
# A refused call is made in eight parts, a refused part in eight again; what is refused then is tried one by one. More
# steps would need fewer calls, but each is one more question when a message of unknown outcome is looked up.
_PART_BITS = 3
_STEPS = 2
# The whole call, the parts, alone.
REFERENCES = _STEPS + 2
# Of refused calls, remembered by a process: some ten megabytes.
MOST_SPOILT = 100_000

_BY_STATUS = {401: Retry.ROUTE, 403: Retry.ROUTE, 404: Retry.ROUTE, 408: Retry.LATER, 429: Retry.LATER}


@dataclass(frozen=True, slots=True)
class Call:
    """Messages that go out in one request. ``step`` counts the refused calls that it is a part of."""

    shared: str
    messages: tuple[OutboundMessage, ...]
    step: int = 0

    @property
    def reference(self) -> str:
        """Ours, of this call."""
        return _reference(self.messages[0], self.shared, self.step)


@dataclass(frozen=True, slots=True)
class Faults:
    """The codes by which a gateway blames one message for the whole call: for its text, or for its receiver."""

    of_text: frozenset[str]
    of_receiver: frozenset[str]

    def __contains__(self, code: str) -> bool:
        return code in self.of_text or code in self.of_receiver

    def spoil(self, call: Call, code: str) -> bool:
        """Whether ``code`` is about some of the messages of ``call``, while others may be good."""
        if len(call.messages) == 1:
            return False
        one_text = len({message.text for message in call.messages}) == 1
        return code in self.of_receiver or (code in self.of_text and not one_text)


def shared_reference(message: OutboundMessage, *shared: Hashable) -> str:
    """The reference of the call with ``message`` and those of its claim and class that have ``shared`` in common."""
    claimed = int(message.tried_at.timestamp() * 1_000_000)
    class_ = ("iys",) if message.commercial else ()
    return "-".join(str(part) for part in (claimed, *shared, *class_))


def references(message: OutboundMessage, shared: str) -> list[str]:
    """Under what ``message`` may have gone: the call with others as ``shared``, its parts, or alone; in this order."""
    return [_reference(message, shared, step) for step in range(REFERENCES)]


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


def has_settled(message: OutboundMessage) -> bool:
    """Whether a gateway that does not list ``message`` by now never took it."""
    return timezone.now() >= message.tried_at + SETTLING


class Handover:
    """Makes calls to one gateway, those that it refuses because of one message anew in ever smaller parts.

    A call that holds messages of one that was refused is not made as large again. This memory is the process's own:
    where it is lost, or another worker has the messages, they are refused once more.
    """

    def __init__(self, http: HttpClient, send: Callable[[Call], Awaitable[list[Outcome]]], *, faults: Faults) -> None:
        """``send`` one call; ``faults`` say that one message spoils it."""
        self._http = http
        self._send = send
        self._faults = faults
        self._spoilt: dict[UUID, int] = {}  # the longest known in front

    def make(self, calls: Iterable[Call], *, until: datetime) -> dict[UUID, Outcome]:
        """What became of each message of ``calls``, of which none is begun after ``until``.

        As many at once as there are connections, the smallest parts first: they are nearest to the message at fault.
        """

        async def begin(call: Call) -> list[Outcome]:
            return [NOT_TRIED] * len(call.messages) if timezone.now() >= until else await self._send(call)

        settled: dict[UUID, Outcome] = {}
        left = sorted((part for call in calls for part in self._promising(call)), key=_step, reverse=True)
        while left:
            answered = list(zip(left, self._http.each(begin, left), strict=True))
            left = []
            for call, outcomes in answered:
                if self._faults.spoil(call, outcomes[0].code):
                    left += self._parts_of_refused(call)
                else:
                    settled |= self._settled(call, outcomes)
        return settled

    def _promising(self, call: Call) -> list[Call]:
        """``call``, or those of its parts that were not refused yet."""
        if not any(self._spoilt.get(message.id, 0) > call.step for message in call.messages):
            return [call]
        return [smaller for part in _parts(call) for smaller in self._promising(part)]

    def _parts_of_refused(self, call: Call) -> list[Call]:
        parts = _parts(call)
        for message in call.messages:
            self._spoilt.pop(message.id, None)
            self._spoilt[message.id] = parts[0].step
        while len(self._spoilt) > MOST_SPOILT:
            del self._spoilt[next(iter(self._spoilt))]
        return parts

    def _settled(self, call: Call, outcomes: Sequence[Outcome]) -> dict[UUID, Outcome]:
        settled = {message.id: outcome for message, outcome in zip(call.messages, outcomes, strict=True)}
        for id_, outcome in settled.items():
            if outcome.kind is not Kind.REJECTED:
                self._spoilt.pop(id_, None)
        return settled


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


def encodings(message: OutboundMessage) -> tuple[Encoding, Encoding]:
    """The character sets of what ``message`` says, with and without Turkish letters.

    A route sends all in one or all in the other way, so messages that have both in common share theirs. Which one it
    was nobody can say later, when the route may be set otherwise: references hold both.
    """
    return _encodings(message.words or message.text)


def local_digits(phone: str) -> str:
    """A number as Turkish gateways write it: 90 and ten digits, others with 00 in front."""
    digits = phone.removeprefix("+")
    return digits if digits.startswith("90") else f"00{digits}"


@lru_cache(maxsize=16)
def _encodings(words: str) -> tuple[Encoding, Encoding]:
    return encoding_of(words), encoding_of(plain(words))


def _parts(call: Call) -> list[Call]:
    """At the first step at which there are several: the same call once more would be refused once more."""
    step = call.step + 1
    groups: dict[str, list[OutboundMessage]] = defaultdict(list)
    for message in call.messages:
        groups[_reference(message, call.shared, step)].append(message)
    parts = [Call(call.shared, tuple(group), step) for group in groups.values()]
    return _parts(parts[0]) if len(parts) == 1 and len(call.messages) > 1 else parts


def _step(call: Call) -> int:
    return call.step


def _alone(message: OutboundMessage) -> Call:
    return Call("", (message,), _STEPS + 1)


def _reference(message: OutboundMessage, shared: str, step: int) -> str:
    """The last bits of an id are chance, so they divide a call evenly."""
    if step == 0:
        return shared
    if step > _STEPS:
        return message.id.hex
    part = message.id.int & ((1 << _PART_BITS * step) - 1)
    return f"{shared}-p{part:0{step}o}"
