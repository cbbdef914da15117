"""SMS through NetGSM's REST API, version 2: up to a chunk of messages a call, found again by our reference and phone.

Source: NetGSM's published clients, https://github.com/netgsm/netgsm-sms-python and netgsm-sms-js (endpoints,
fields, codes), and public summaries of its manual for ``referansID``.

``POST /sms/rest/v2/send`` answers ``{"code": "00", "jobid": …}``, or HTTP 406 with another code. The job number is
the only one there is and arrives with the answer, so of a message without an answer we know none. It is found by
what the report says of each message: ``POST /sms/rest/v2/report`` lists the messages of a span of time, 100 a page,
with phone, job number and the ``referansID`` of the call they came in. Ours is worked out again from the message, so
phone and reference together are exact; that is why no phone is twice in a call. The report is long while a campaign
runs, and is then read over several rounds (``netgsm_report``).

Not confirmed: that the report lists a message at once, hence nothing is called absent in the first two minutes; how
numbers abroad are written; whether ``stopdate`` can end a validity within minutes, hence none is given: a code may
arrive after it has expired, and is then refused by us. A row without ``referansID`` proves nothing.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import encode_basic_auth

from notifications.gateways import calls
from notifications.gateways.base import Finding, Gateway, OutboundMessage, Outcome, Retry, Sending
from notifications.gateways.calls import Call, Faults, Handover
from notifications.gateways.http import ANSWER_SECONDS, Answer, HttpClient, NotSent, Unanswered
from notifications.gateways.netgsm_report import PAGE_SIZE, Page, Report, Row
from notifications.segments import Encoding

log = logging.getLogger(__name__)

CONNECTIONS = 8
BATCH_SIZE = 1_000
# The report is asked for this long before and after the claim: clocks differ, and a call may end with the lease.
BEFORE, AFTER = timedelta(seconds=60), timedelta(seconds=150)
ISTANBUL = ZoneInfo("Europe/Istanbul")

# What is asked of the register of refusals (İYS): nothing, or to leave out citizens who refused.
_INFORMATION, _TO_CITIZENS = "0", "11"

_TAKEN = {"00", "01", "02"}
_FAULTS = Faults(of_text=frozenset({"20"}), of_receiver=frozenset({"70"}))
_BY_CODE = {
    "20": Retry.NEVER,  # text
    "70": Retry.NEVER,  # a field of it, the phone
    "30": Retry.ROUTE,  # credentials, or this server's address
    "40": Retry.ROUTE,  # sender
    "50": Retry.ROUTE,  # the account is not set up for İYS
    "51": Retry.ROUTE,
    "80": Retry.LATER,  # too many requests
    "85": Retry.LATER,  # more than 20 to one phone within a minute
}
# Only commercial texts ask for İYS, so the others' way stays open.
_NOT_REGISTERED = {"50", "51"}
_BUSY_FOR = timedelta(seconds=60)
_ON_ITS_WAY = {0, 1}
_BY_STATUS = {
    2: Retry.NEVER,  # expired
    3: Retry.NEVER,  # no such number
    4: Retry.ONCE,  # not handed to the operator
    11: Retry.NEVER,  # refused by the operator
    12: Retry.ONCE,  # delivery failed
    13: Retry.NEVER,  # sent twice
    14: Retry.LATER,  # no credit
    15: Retry.NEVER,  # on the black list
    16: Retry.NEVER,  # refused by İYS
    17: Retry.LATER,  # İYS did not answer
}


class NetgsmGateway(Gateway):
    """One HTTP request a job."""

    name = "netgsm"
    batch_size = BATCH_SIZE

    def __init__(self, sending: Sending, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._sender = sending.sender
        self._address = f"{sending.address}/sms/rest/v2"
        self._http = HttpClient(
            connections=CONNECTIONS,
            answer_seconds=answer_seconds,
            headers={"Authorization": encode_basic_auth(*sending.secrets)},
        )
        self._handover = Handover(self._http, self._send, faults=_FAULTS)
        self._report = Report(self._page)

    def send_batch(self, messages: Sequence[OutboundMessage], *, until: datetime) -> list[Outcome]:
        """Hand over ``messages`` in one job with and one without Turkish letters, for each class."""
        outcomes = self._handover.make(calls.calls_of(messages, _reference), until=until)
        return [outcomes[message.id] for message in messages]

    def lookup_batch(self, messages: Sequence[OutboundMessage]) -> list[Finding]:
        """Read on in the report of the time in which ``messages`` were sent, and find them in it."""
        spans = [(message.tried_at - BEFORE, message.tried_at + AFTER) for message in messages]
        known = self._http.each(self._report.read, [spans])[0]
        return [
            _finding(message, rows, complete=complete)
            for message, (rows, complete) in zip(messages, known, strict=True)
        ]

    async def _send(self, call: Call) -> list[Outcome]:
        content = {
            "msgheader": self._sender,
            "iysfilter": _TO_CITIZENS if call.messages[0].commercial else _INFORMATION,
            "referansID": call.reference,
            "messages": [{"msg": message.text, "no": _number(message.phone)} for message in call.messages],
        }
        if _is_turkish(calls.encoding_of(call.messages[0].text)):
            content["encoding"] = "TR"
        try:
            answer = await self._http.request("POST", f"{self._address}/send", json=content)
            return _of_answer(answer, call)
        except (NotSent, Unanswered, ValueError, AttributeError) as error:
            return [calls.of_failure(error)] * len(call.messages)

    async def _page(self, since: datetime, until: datetime, number: int) -> Page:
        span = {"startdate": _local(since), "stopdate": _local(until)}
        question = {**span, "pagesize": PAGE_SIZE, "pagenumber": number}
        try:
            answer = await self._http.request("POST", f"{self._address}/report", json=question)
            said = answer.json()
            rows = {"00": said.get("jobs"), "60": []}.get(str(said.get("code")))
        except (NotSent, Unanswered, ValueError, AttributeError) as error:
            log.warning("netgsm.not_looked_up", extra={"error": type(error).__name__})
            return None
        return rows if isinstance(rows, list) else None


def _reference(message: OutboundMessage) -> str:
    return calls.shared_reference(message, *("tr" if _is_turkish(set_) else "gsm" for set_ in calls.encodings(message)))


def _is_turkish(encoding: Encoding) -> bool:
    return encoding is not Encoding.GSM7


def _number(phone: str) -> str:
    """Ten digits in Türkiye, 00 in front abroad."""
    return calls.local_digits(phone).removeprefix("90")


def _local(at: datetime) -> str:
    return at.astimezone(ISTANBUL).strftime("%d.%m.%Y %H:%M:%S")


def _of_answer(answer: Answer, call: Call) -> list[Outcome]:
    if answer.status >= 500 or answer.status not in (200, 406):
        return [calls.of_status(answer)] * len(call.messages)
    said = answer.json()
    code = str(said.get("code"))
    if code in _TAKEN:
        return [Outcome.accepted(calls.numbered(said.get("jobid"), message.phone)) for message in call.messages]
    if code not in _BY_CODE:  # a fault of theirs: the job may have been made
        return [Outcome.unknown(code[:64], detail=str(said.get("description") or "")[:300])] * len(call.messages)
    retry = Retry.HALT if code in _NOT_REGISTERED and call.messages[0].commercial else _BY_CODE[code]
    wait = (answer.retry_after or _BUSY_FOR) if retry is Retry.LATER else None
    detail = str(said.get("description") or "")[:300]
    return [Outcome.rejected(code, retry, detail=detail, retry_after=wait)] * len(call.messages)


def _finding(message: OutboundMessage, rows: Sequence[Row], *, complete: bool) -> Finding:
    same_phone = [row for row in rows if row.digits == message.phone[-10:]]
    references = calls.references(message, _reference(message))
    ours = {row.job: row for row in same_phone if row.reference in references}
    named = all(row.reference for row in same_phone)
    return Finding(
        calls.has_settled(message) and named and complete, tuple(_of_row(row, message.phone) for row in ours.values())
    )


def _of_row(row: Row, phone: str) -> Outcome:
    number = calls.numbered(row.job, phone)
    if row.status in _ON_ITS_WAY:
        return Outcome.accepted(number)
    retry = _BY_STATUS.get(row.status if isinstance(row.status, int) else -1, Retry.NEVER)
    return Outcome.rejected(f"status_{row.status}", retry, provider_id=number)
