"""SMS through Verimor's API: up to a chunk of messages a call, found again by our own ids.

Source: Verimor's published guide and samples, https://github.com/verimor/SMS-API (user_guide.md).

``POST /v2/send.json`` takes messages of one character set and one validity ("campaign"). It answers 200 with the
campaign's number as plain text, or 400 with a code, or 401 (credentials, or this server's address is not on the
list of allowed ones), 413 and 429 (150 calls a minute). The campaign carries our reference (``custom_id``) and each
message our id (``id``). ``GET /v2/status?custom_id=`` lists the campaign's messages with that id, 100 at a time,
here narrowed to the phones in question; 404 says that there is no such campaign, hence that nothing was taken.

A campaign that is there without our message is one of another worker that claimed in the same microsecond, and nothing
is concluded from it; unless another message to the same phone is in it, then ours went alone. Verimor refuses the same
text from the same sender to the same phone on one day (DOUBLE_SEND_ERROR), which it says in the status only.

Not confirmed: that ids may hold letters (the guide shows digits), and that a campaign can be asked for at once, hence
nothing is called absent in the first two minutes.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifications.gateways import calls
from notifications.gateways.base import COULD_NOT_ASK, Finding, Gateway, OutboundMessage, Outcome, Retry, Sending
from notifications.gateways.calls import Call, Faults, Handover
from notifications.gateways.http import ANSWER_SECONDS, Answer, HttpClient, NotSent, Unanswered
from notifications.segments import Encoding

log = logging.getLogger(__name__)

CONNECTIONS = 8
# Verimor's own limits are 10 MB a call and 48 hours of validity.
BATCH_SIZE = 1_000
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=48)
_DATACODING = {Encoding.GSM7: "0", Encoding.TURKISH_LOCKING: "1", Encoding.TURKISH_SINGLE: "1", Encoding.UCS2: "2"}
# The register of refusals (İYS) is asked, and citizens who refused are left out.
_TO_CITIZENS = {"is_commercial": True, "iys_recipient_type": "BIREYSEL"}

_FAULTS = Faults(
    of_text=frozenset({"MISSING_MESSAGE", "MESSAGE_TOO_LONG", "FORBIDDEN_MESSAGE"}),
    of_receiver=frozenset({"MISSING_DESTINATION_ADDRESS", "INVALID_DESTINATION_ADDRESS"}),
)
# The account is not set up for İYS. Only commercial texts ask for it, so the others' way stays open.
_NOT_REGISTERED = frozenset({"MISSING_IYS_BRAND_CODE", "AHS_AUTHORIZATION_ERROR", "NO_AHS_BRAND_ERROR"})
_ON_ITS_WAY = {"SENDING", "WAITING", "DELIVERED", "SENT"}
_ABSENT = Finding(asked=True)
# Worth another try in some hours; what else a status can be is final.
_ONCE = {"NOT_DELIVERED", "SEND_ERROR"}


class VerimorGateway(Gateway):
    """One HTTP request a campaign."""

    name = "verimor"
    batch_size = BATCH_SIZE

    def __init__(self, sending: Sending, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        username, password = sending.secrets
        self._credentials = {"username": username, "password": password}
        self._sender = sending.sender
        self._address = sending.address
        self._http = HttpClient(connections=CONNECTIONS, answer_seconds=answer_seconds)
        self._handover = Handover(self._http, self._send, faults=_FAULTS)

    def send_batch(self, messages: Sequence[OutboundMessage], *, until: datetime) -> list[Outcome]:
        """Hand over ``messages`` in one campaign for each character set, validity and class among them."""
        outcomes = self._handover.make(calls.calls_of(messages, _reference), until=until)
        return [outcomes[message.id] for message in messages]

    def lookup_batch(self, messages: Sequence[OutboundMessage]) -> list[Finding]:
        """Ask for each message's campaign, for the parts in which it may have been made anew, and for it alone."""
        found = dict.fromkeys((message.id for message in messages), _ABSENT)
        for step in range(calls.REFERENCES):
            groups: dict[str, list[OutboundMessage]] = defaultdict(list)
            for message in messages:
                if found[message.id] == _ABSENT:
                    groups[calls.references(message, _reference(message))[step]].append(message)
            found |= dict(pair for pairs in self._http.each(self._look_up, list(groups.items())) for pair in pairs)
        return [found[message.id] for message in messages]

    async def _send(self, call: Call) -> list[Outcome]:
        first = call.messages[0]
        content = {
            **self._credentials,
            "source_addr": self._sender,
            "custom_id": call.reference,
            "valid_for": _valid_for(first, first.valid_until),
            **_datacoding(first),
            **(_TO_CITIZENS if first.commercial else {}),
            "messages": [
                {"msg": message.text, "dest": calls.local_digits(message.phone), "id": message.id.hex}
                for message in call.messages
            ],
        }
        try:
            answer = await self._http.request("POST", f"{self._address}/v2/send.json", json=content)
            outcome = _of_answer(answer, commercial=first.commercial)
        except (NotSent, Unanswered) as error:
            outcome = calls.of_failure(error)
        return [outcome] * len(call.messages)

    async def _look_up(self, asked: tuple[str, list[OutboundMessage]]) -> list[tuple[UUID, Finding]]:
        reference, messages = asked
        listed = await self._status(reference, messages)
        return [(message.id, _finding(message, listed)) for message in messages]

    async def _status(self, reference: str, messages: Sequence[OutboundMessage]) -> list[dict[str, Any]] | None:
        """The campaign's rows for the phones of ``messages``: none where there is no campaign, None where unknown."""
        phones = ",".join(sorted({calls.local_digits(message.phone) for message in messages}))
        query = {**self._credentials, "custom_id": reference, "dest": phones}
        try:
            answer = await self._http.request("GET", f"{self._address}/v2/status", params=query)
            rows = answer.json() if answer.status == 200 else None
        except (NotSent, Unanswered, ValueError) as error:
            log.warning("verimor.not_looked_up", extra={"error": type(error).__name__})
            return None
        if answer.status == 404:
            return []
        return rows if isinstance(rows, list) and rows else None


def _reference(message: OutboundMessage) -> str:
    sets = "abroad" if _is_abroad(message) else "".join(_DATACODING[encoding] for encoding in calls.encodings(message))
    return calls.shared_reference(message, _valid_for(message, message.expires_at), sets)


def _valid_for(message: OutboundMessage, until: datetime) -> str:
    """How long Verimor may keep trying: never beyond ``until``, in steps, so that many share a campaign."""
    left = min(max(until - message.tried_at, SHORTEST), LONGEST)
    minutes = int(left.total_seconds()) // 60
    step = 60 if minutes >= 120 else 10 if minutes >= 20 else 1
    return f"{minutes // step * step // 60:02}:{minutes // step * step % 60:02}"


def _datacoding(message: OutboundMessage) -> dict[str, str]:
    """The character set that we counted the parts by. Abroad Verimor must choose it."""
    return {} if _is_abroad(message) else {"datacoding": _DATACODING[calls.encoding_of(message.text)]}


def _is_abroad(message: OutboundMessage) -> bool:
    return not message.phone.startswith("+90")


def _of_answer(answer: Answer, *, commercial: bool) -> Outcome:
    if answer.status == 200:
        if answer.text.isdigit():
            return Outcome.accepted(f"c{answer.text}")
        return Outcome.unknown("answer_not_understood")
    if answer.status == 400 and answer.text.isascii():
        code = answer.text.split()[0][:64] if answer.text else "http_400"
        return Outcome.rejected(code, _retry(code, commercial=commercial))
    return calls.of_status(answer)


def _retry(code: str, *, commercial: bool) -> Retry:
    if code in _FAULTS:
        return Retry.NEVER
    return Retry.HALT if commercial and code in _NOT_REGISTERED else Retry.ROUTE


def _finding(message: OutboundMessage, listed: list[dict[str, Any]] | None) -> Finding:
    if listed is None:
        return COULD_NOT_ASK
    ours = [row for row in listed if row.get("message_custom_id") == message.id.hex]
    if not ours and not calls.has_settled(message):
        return COULD_NOT_ASK
    if listed and not ours and not _went_alone(message, listed):
        return COULD_NOT_ASK
    return Finding(asked=True, candidates=tuple(_of_row(row) for row in ours))


def _went_alone(message: OutboundMessage, listed: list[dict[str, Any]]) -> bool:
    """Another message to the same phone took the place in the campaign; see ``calls_of`` for which of two does."""
    phone = calls.local_digits(message.phone)
    return any(row.get("dest") == phone and str(row.get("message_custom_id")) < message.id.hex for row in listed)


def _of_row(row: dict[str, Any]) -> Outcome:
    number, status = f"m{row.get('message_id')}", str(row.get("status"))
    if status in _ON_ITS_WAY:
        return Outcome.accepted(number)
    retry = Retry.ONCE if status in _ONCE else Retry.NEVER
    return Outcome.rejected(status[:64], retry, provider_id=number, detail=f"gsm_error {row.get('gsm_error')}")
