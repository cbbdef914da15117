"""SMS through Twilio's REST API.

**Finding a message again.** ``Messages.create`` takes no id of ours and no idempotency key, and the address
given as StatusCallback is not part of the resource one can read back; it carries our id, which helps where a
receipt arrives (notifications/webhooks.py). Until one does, a message of unknown outcome is looked up by what
Twilio does keep: receiver, text and time of creation. Texts name the request or hold the code, so a twin is
rare; where there is one, the caller takes away the message SIDs it already knows and looks up one message a
phone at a time, so no SID is ever counted for two messages. The list is asked by receiver only: Twilio's
DateSent filter would hide messages that it has taken but not sent yet.

**WhatsApp** goes the same way with ``whatsapp:`` before both addresses. Within 24 hours of the citizen's last
message any text may be sent; outside of it only an approved template, named by its ContentSid with variables
and without a text. Twilio refuses the rest with 63016.

**Length.** Twilio sends Turkish letters as UCS-2 (70 characters); ``smart_encoded`` is off because it would
change the text we keep as evidence.

Source: https://www.twilio.com/docs/messaging/api/message-resource and the published twilio-python client.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from aiohttp import encode_basic_auth
from django.utils import timezone

from notifications.channels import Channel
from notifications.gateways import callbacks, twilio_codes
from notifications.gateways.base import (
    COULD_NOT_ASK,
    NOT_TRIED,
    Finding,
    Gateway,
    OutboundMessage,
    Outcome,
    Retry,
    Sending,
)
from notifications.gateways.http import ANSWER_SECONDS, Answer, HttpClient, NotSent, Unanswered
from notifications.segments import plain

log = logging.getLogger(__name__)

CONNECTIONS = 128
# Twilio keeps a message it cannot send at once for this many seconds at most.
LONGEST_VALIDITY = 36_000
# Clocks differ a little, and Twilio's times have no fractions.
CLOCK_TOLERANCE = timedelta(seconds=60)
# One page of the list of messages to one phone, newest first: years of them.
LIST_SIZE = 1_000
FAILED_STATUSES = {"failed", "undelivered", "canceled"}


class TwilioGateway(Gateway):
    """One HTTP request a message, many at a time."""

    name = "twilio"
    # Four rounds of at most 13 seconds: done within a lease of 90 seconds.
    batch_size = 4 * CONNECTIONS

    def __init__(self, sending: Sending, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        account, token = sending.secrets
        self._http = HttpClient(
            connections=CONNECTIONS,
            answer_seconds=answer_seconds,
            headers={"Authorization": encode_basic_auth(account, token)},
        )
        self._url = f"{sending.address}/2010-04-01/Accounts/{account}/Messages.json"
        self._prefix = "whatsapp:" if sending.channel == Channel.WHATSAPP else ""
        self._sender = (
            {"MessagingServiceSid": sending.sender}
            if sending.sender.startswith("MG")
            else {"From": self._prefix + sending.sender}
        )

    def send_batch(self, messages: Sequence[OutboundMessage], *, until: datetime) -> list[Outcome]:
        """Hand over ``messages``. After a refusal that concerns the route the rest is not tried."""
        closed: list[Outcome] = []

        async def send(message: OutboundMessage) -> Outcome:
            if closed:
                return closed[0]
            if timezone.now() >= until:
                return NOT_TRIED
            outcome = await self._send(message)
            if outcome.retry is Retry.ROUTE:
                closed.append(outcome)
            return outcome

        return self._http.each(send, messages)

    def lookup_batch(self, messages: Sequence[OutboundMessage]) -> list[Finding]:
        """Messages at Twilio with the same receiver and text, created since the attempt began."""
        return self._http.each(self._look_up, messages)

    async def _send(self, message: OutboundMessage) -> Outcome:
        form = {
            "To": self._prefix + message.phone,
            "ValidityPeriod": str(_validity(message)),
            **_content(message),
            **callbacks.twilio_receipt(message.id),
            **self._sender,
        }
        try:
            answer = await self._http.request("POST", self._url, data=form)
            return _of_answer(answer)
        except NotSent as error:
            return Outcome.rejected("no_connection", Retry.LATER, detail=str(error))
        except Unanswered as error:
            return Outcome.unknown("no_answer", detail=str(error))
        except (ValueError, KeyError, TypeError) as error:  # it may well be on its way
            log.exception("twilio.answer_not_understood", extra={"message_id": str(message.id)})
            return Outcome.unknown("answer_not_understood", detail=type(error).__name__)

    async def _look_up(self, message: OutboundMessage) -> Finding:
        query = {"To": self._prefix + message.phone, "PageSize": str(LIST_SIZE)}
        try:
            answer = await self._http.request("GET", self._url, params=query)
            listed = answer.json()["messages"] if answer.status == 200 else None
            ours = [_of_listed(found) for found in listed or () if _may_be(found, message)]
        except (NotSent, Unanswered, ValueError, KeyError, TypeError) as error:
            log.warning("twilio.not_looked_up", extra={"message_id": str(message.id), "error": type(error).__name__})
            return COULD_NOT_ASK
        return COULD_NOT_ASK if listed is None else Finding(asked=True, candidates=tuple(ours))


def _content(message: OutboundMessage) -> dict[str, str]:
    """The text, or the approved template that stands for it."""
    if not message.template:
        return {"Body": message.text, "SmartEncoded": "false"}
    return {"ContentSid": message.template, "ContentVariables": json.dumps(dict(message.variables))}


def _validity(message: OutboundMessage) -> int:
    """Seconds Twilio may keep trying: never beyond the message's own deadline."""
    seconds = int((message.valid_until - timezone.now()).total_seconds())
    return max(1, min(seconds, LONGEST_VALIDITY))


def _of_answer(answer: Answer) -> Outcome:
    if answer.status < 300:
        return Outcome.accepted(str(answer.json()["sid"]))
    said = answer.json() if answer.body.startswith(b"{") else {}
    return twilio_codes.of_error(
        status=answer.status,
        code=said.get("code"),
        detail=str(said.get("message") or "")[:300],
        retry_after=answer.retry_after,
    )


def _may_be(found: dict[str, Any], message: OutboundMessage) -> bool:
    """A trial account puts a sentence before the text, hence the comparison of the end.

    Without Turkish letters, for the route may have been set to leave them out, or not to, since.
    """
    if parsedate_to_datetime(found["date_created"]) < message.tried_at - CLOCK_TOLERANCE:
        return False
    return bool(found["body"]) and plain(found["body"]).endswith(plain(message.text))


def _of_listed(found: dict[str, Any]) -> Outcome:
    sid, status = str(found["sid"]), str(found["status"])
    if status in FAILED_STATUSES:
        return twilio_codes.of_failed_message(code=found["error_code"], provider_id=sid, status=status)
    return Outcome.accepted(sid)
