"""SMS through İleti Merkezi's API: a chunk of messages a call ("order"), found again by time and phone.

Source: İleti Merkezi's published documentation and clients, https://github.com/iletimerkezi/apidocs-website and
iletimerkezi-python.

``POST /v1/send-sms/json`` takes any number of texts with their receivers and answers with the order's number. It
keeps neither an id nor a reference of ours. So of an order without an answer we know only when it was made, by which
sender, and for which phones: ``POST /v1/get-reports/json`` lists the orders of a day, ``POST /v1/get-report/json``
the phones of an order. A message is taken to be in an order of our sender, made between the claim and the end of its
lease, that holds its phone and does not belong to another message of ours. Two messages to one phone are never in one
order and never looked up at the same time, so each order is counted once. The orders do not say their texts: where
fewer are found than messages of ours may be meant, nothing is concluded about any of them.

The same texts to the same receivers are refused for ten minutes (451): a second hold against sending twice. That
refusal is final, because the first order was taken.

On a busy day the list is read over several rounds (``iletimerkezi_orders``).

Not confirmed: that times are those of Türkiye; how many orders a page of the list has, so pages are read until an
empty one; that an order is listed at once, hence nothing is called absent in the first two minutes. No validity can
be given: a code may arrive after it has expired, and is then refused by us.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from notifications.gateways import calls
from notifications.gateways.base import Finding, Gateway, OutboundMessage, Outcome, Retry, Sending
from notifications.gateways.calls import Call, Faults, Handover
from notifications.gateways.http import ANSWER_SECONDS, Answer, HttpClient, NotSent, Unanswered
from notifications.gateways.iletimerkezi_orders import Order, Orders, Span

log = logging.getLogger(__name__)

CONNECTIONS = 8
BATCH_SIZE = 1_000
BEFORE, AFTER = timedelta(seconds=5), timedelta(seconds=120)

# Length and an empty text; receiver.
_FAULTS = Faults(of_text=frozenset({"453", "454"}), of_receiver=frozenset({"452"}))
_BY_CODE = {
    "401": Retry.ROUTE,  # credentials, or this server's address
    "402": Retry.ROUTE,  # no credit
    "450": Retry.ROUTE,  # sender
    "451": Retry.NEVER,  # the same order within ten minutes
    "452": Retry.NEVER,
    "453": Retry.NEVER,
    "454": Retry.NEVER,
}
_NOT_DELIVERED = 112


class IletimerkeziGateway(Gateway):
    """One HTTP request an order."""

    name = "iletimerkezi"
    batch_size = BATCH_SIZE

    def __init__(self, sending: Sending, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        key, hash_ = sending.secrets
        self._authentication = {"key": key, "hash": hash_}
        self._sender = sending.sender
        self._address = f"{sending.address}/v1"
        self._http = HttpClient(connections=CONNECTIONS, answer_seconds=answer_seconds)
        self._handover = Handover(self._http, self._send, faults=_FAULTS)
        self._orders = Orders(self._question, sender=sending.sender)

    def send_batch(self, messages: Sequence[OutboundMessage], *, until: datetime) -> list[Outcome]:
        """Hand over ``messages`` in one order for each class."""
        outcomes = self._handover.make(calls.calls_of(messages, calls.shared_reference), until=until)
        return [outcomes[message.id] for message in messages]

    def lookup_batch(self, messages: Sequence[OutboundMessage]) -> list[Finding]:
        """Read on in the orders of the time in which ``messages`` were sent, and find them in these."""
        self._http.each(self._read_on, [[_span(message) for message in messages]])
        findings = [_finding(message, *self._orders.known(*_span(message))) for message in messages]
        self._orders.forget_growing()
        return findings

    async def _send(self, call: Call) -> list[Outcome]:
        order = {
            "sender": self._sender,
            "sendDateTime": [],
            "iys": "1" if call.messages[0].commercial else "0",
            "iysList": "BIREYSEL",
            "message": _by_text(call.messages),
        }
        try:
            return _of_answer(await self._ask("send-sms", order=order), call)
        except (NotSent, Unanswered, ValueError, KeyError, TypeError) as error:
            return [calls.of_failure(error)] * len(call.messages)

    async def _ask(self, method: str, **content: Any) -> Answer:
        request = {"request": {"authentication": self._authentication, **content}}
        return await self._http.request("POST", f"{self._address}/{method}/json", json=request)

    async def _read_on(self, spans: Sequence[Span]) -> None:
        try:
            await self._orders.read_on(spans)
        except (NotSent, Unanswered, ValueError, KeyError, TypeError) as error:
            log.warning("iletimerkezi.not_looked_up", extra={"error": type(error).__name__})

    async def _question(self, method: str, **content: Any) -> dict[str, Any]:
        return _response(await self._ask(method, **content))


def _by_text(messages: Sequence[OutboundMessage]) -> list[dict[str, Any]]:
    """Each text once, with its receivers."""
    receivers: dict[str, list[str]] = {}
    for message in messages:
        receivers.setdefault(message.text, []).append(calls.local_digits(message.phone))
    return [{"text": text, "receipents": {"number": numbers}} for text, numbers in receivers.items()]


def _response(answer: Answer) -> dict[str, Any]:
    """What a question was answered with. Raises ValueError where it was refused."""
    response: dict[str, Any] = answer.json()["response"]
    if str(response["status"]["code"]) != "200":
        raise ValueError("refused")
    return response


def _of_answer(answer: Answer, call: Call) -> list[Outcome]:
    if answer.status >= 500 or not answer.body.startswith(b"{"):
        wrong = Outcome.unknown("answer_not_understood") if answer.status < 300 else calls.of_status(answer)
        return [wrong] * len(call.messages)
    response = answer.json()["response"]
    code, detail = str(response["status"]["code"]), str(response["status"].get("message") or "")[:300]
    if code == "200":
        number = response["order"]["id"]
        return [Outcome.accepted(calls.numbered(number, message.phone)) for message in call.messages]
    if code.startswith("5"):
        return [Outcome.unknown(f"http_{code}", detail=detail)] * len(call.messages)
    retry = Retry.LATER if code == "429" else _BY_CODE.get(code, Retry.ROUTE)
    return [Outcome.rejected(code[:64], retry, detail=detail, retry_after=answer.retry_after)] * len(call.messages)


def _span(message: OutboundMessage) -> Span:
    return message.tried_at - BEFORE, message.tried_at + AFTER


def _finding(message: OutboundMessage, orders: Sequence[Order], complete: bool) -> Finding:
    ours = tuple(_of_order(order, message.phone) for order in orders if message.phone[-10:] in order.phones)
    return Finding(calls.has_settled(message) and complete, ours, rivals_within=BEFORE + AFTER)


def _of_order(order: Order, phone: str) -> Outcome:
    number, status = calls.numbered(order.number, phone), order.phones[phone[-10:]]
    if status == _NOT_DELIVERED:
        return Outcome.rejected(f"status_{status}", Retry.ONCE, provider_id=number)
    return Outcome.accepted(number)
