"""SMS through Twilio's REST API.

**Finding a message again.** ``Messages.create`` takes no id of ours and no idempotency key, and the address
given as StatusCallback is not part of the resource one can read back; it would only help where a receipt
arrives. So a message of unknown outcome is looked up by what Twilio does keep: receiver, text and time of
creation. Texts name the request or hold the code, so a twin is rare; where there is one, the caller takes
away the message SIDs it already knows and looks up one message a phone at a time, so no SID is ever counted
for two messages. The list is asked by receiver only: Twilio's DateSent filter would hide messages that it
has taken but not sent yet.

**Links.** Since 2026-04-01 Turkish operators do not deliver SMS from abroad that contain an address. So the
address of the portal is written in words (``carries_links``), and any other one is refused here instead of being
paid for and lost.

**Length.** Twilio sends Turkish letters as UCS-2 (70 characters); ``smart_encoded`` is off because it would
change the text we keep as evidence.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.utils import timezone
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest import Client

from notifications import segments
from notifications.gateways import twilio_codes
from notifications.gateways.base import COULD_NOT_ASK, NOT_TRIED, Finding, Gateway, OutboundMessage, Outcome, Retry
from notifications.gateways.http import NotSent, PooledHttpClient, Unanswered
from notifications.gateways.links import find_link

log = logging.getLogger(__name__)

CONNECTIONS = 16
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
# Twilio keeps a message it cannot send at once for this many seconds at most.
LONGEST_VALIDITY = 36_000
# Clocks differ a little, and Twilio's times have no fractions.
CLOCK_TOLERANCE = timedelta(seconds=60)
# One page of the list of messages to one phone, newest first: years of them.
LIST_SIZE = 1_000
FAILED_STATUSES = {"failed", "undelivered", "canceled"}

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class TwilioConfig:
    """Credentials and sender; a messaging service, if named, chooses the sender. Waits for an answer in seconds."""

    account_sid: str
    auth_token: str = field(repr=False)
    messaging_service_sid: str
    sender: str
    api_base: str
    answer_seconds: float = ANSWER_SECONDS


class TwilioGateway(Gateway):
    """One HTTP request a message, sixteen at a time."""

    name = "twilio"
    # Four rounds of at most 13 seconds: done within a lease of 90 seconds.
    batch_size = 4 * CONNECTIONS
    profile = segments.INTERNATIONAL_ROUTE
    carries_links = False

    def __init__(self, config: TwilioConfig) -> None:
        http = PooledHttpClient(
            connections=CONNECTIONS, connect_timeout=CONNECT_SECONDS, answer_timeout=config.answer_seconds
        )
        client = Client(config.account_sid, config.auth_token, http_client=http)
        client.api.base_url = config.api_base
        self._messages = client.api.v2010.account.messages
        self._sender = (
            {"messaging_service_sid": config.messaging_service_sid}
            if config.messaging_service_sid
            else {"from_": config.sender}
        )

    def send_batch(self, messages: Sequence[OutboundMessage], *, until: datetime) -> list[Outcome]:
        """Hand over ``messages``. After a refusal that concerns the route the rest is not tried."""
        closed: list[Outcome] = []

        def send(message: OutboundMessage) -> Outcome:
            if closed:
                return closed[0]
            if timezone.now() >= until:
                return NOT_TRIED
            outcome = self._send(message)
            if outcome.retry is Retry.ROUTE:
                closed.append(outcome)
            return outcome

        return _in_parallel(send, messages)

    def lookup_batch(self, messages: Sequence[OutboundMessage]) -> list[Finding]:
        """Messages at Twilio with the same receiver and text, created since the attempt began."""
        return _in_parallel(self._look_up, messages)

    def _send(self, message: OutboundMessage) -> Outcome:
        link = find_link(message.text)
        if link:
            return Outcome.rejected("link_on_foreign_route", Retry.NEVER, detail=link[:300])
        try:
            created = self._messages.create(
                to=message.phone,
                body=message.text,
                smart_encoded=False,
                validity_period=_validity(message),
                **self._sender,
            )
        except NotSent as error:
            return Outcome.rejected("no_connection", Retry.LATER, detail=str(error))
        except Unanswered as error:
            return Outcome.unknown("no_answer", detail=str(error))
        except (TwilioRestException, TwilioServiceException) as error:
            return _of_exception(error)
        except Exception as error:  # an answer we cannot read: the message may well be on its way
            log.exception("twilio.answer_not_understood", extra={"message_id": str(message.id)})
            return Outcome.unknown("answer_not_understood", detail=type(error).__name__)
        return Outcome.accepted(created.sid)

    def _look_up(self, message: OutboundMessage) -> Finding:
        try:
            listed = self._messages.list(to=message.phone, limit=LIST_SIZE, page_size=LIST_SIZE)
        except (NotSent, Unanswered, TwilioException) as error:
            log.warning("twilio.not_looked_up", extra={"message_id": str(message.id), "error": type(error).__name__})
            return COULD_NOT_ASK
        ours = [found for found in listed if _may_be(found, message)]
        return Finding(asked=True, candidates=tuple(_of_listed(found) for found in ours))


def _in_parallel(work: Callable[[A], B], items: Sequence[A]) -> list[B]:
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(max_workers=min(CONNECTIONS, len(items))) as threads:
        return list(threads.map(work, items))


def _validity(message: OutboundMessage) -> int:
    """Seconds Twilio may keep trying: never beyond the message's own deadline."""
    seconds = int((message.expires_at - timezone.now()).total_seconds())
    return max(1, min(seconds, LONGEST_VALIDITY))


def _of_exception(error: Any) -> Outcome:
    detail = str(getattr(error, "msg", "") or getattr(error, "detail", "") or "")
    return twilio_codes.of_error(status=error.status, code=error.code, detail=detail[:300])


def _may_be(found: Any, message: OutboundMessage) -> bool:
    """A trial account puts a sentence before the text, hence the comparison of the end."""
    since = message.tried_at - CLOCK_TOLERANCE
    return bool(found.body and found.body.endswith(message.text) and found.date_created >= since)


def _of_listed(found: Any) -> Outcome:
    if found.status in FAILED_STATUSES:
        return twilio_codes.of_failed_message(code=found.error_code, provider_id=found.sid, status=found.status)
    return Outcome.accepted(found.sid)
