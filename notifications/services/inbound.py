"""What people write to us by SMS and WhatsApp: opting out at once, and everything else for whoever wants it.

An opt-out ends announcements only; messages about one's own applications go on. Nobody agrees again by SMS, because
a consent needs a wording that was seen. Who writes by WhatsApp is answered there, where a route for it is in use. Each
kind of answer goes to a phone once a day, so that two machines cannot talk to each other for ever.
"""

import logging
import re
import time
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from common import bell, events
from common.turkish import fold
from notifications.channels import Channel
from notifications.gateways.notices import Inbound, NotUnderstood, reader_of
from notifications.lanes import INBOUND_QUEUE, INBOUND_TASK, Lane
from notifications.models import InboundNotice, Message, OptOut
from notifications.services import consents, notices, outbox, routes
from notifications.services.notices import Dealt

log = logging.getLogger(__name__)

ROUND_SECONDS = 20.0
ANSWERED_ONCE_IN = timedelta(days=1)
# So long after somebody's last message WhatsApp takes any text to them.
WHATSAPP_WINDOW = timedelta(hours=24)

# The templates of the automatic answers.
OPT_OUT_CONFIRMED = "opt_out_confirmed"
# What the answers to messages of citizens are about; behind it a digest of the phone.
ANSWER = "answer"
HOW_TO_RETURN = "opt_out_how_to_return"
WHERE_TO_APPLY = "message_where_to_apply"

# Folded: without accents, capitals and dots. The English words are those that mobile operators know.
_OUT = {
    "ret", "red", "iptal", "dur", "durdur", "cik", "cikis", "istemiyorum",
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit",
}  # fmt: skip
_IN = {"evet", "basla", "baslat", "start", "unstop", "yes"}
# What may follow: the number of an announcement or of a sender, like "RET B012" or "IPTAL 4607".
_CODE = re.compile(r"[a-z]{0,4}\d{1,10}")
_TURKISH_MOBILE = "+905"


def take_due() -> int:
    """Deal with what people wrote, one after the other, until nothing is due or the round is over; returns how many."""
    end = time.monotonic() + ROUND_SECONDS
    taken = 0
    while time.monotonic() < end:
        if not _take_one():
            return taken
        taken += 1
    bell.ring(INBOUND_TASK, queue=INBOUND_QUEUE)
    return taken


def wants_out(text: str) -> bool:
    """Whether ``text`` is an opt-out: the word alone, or the word and a number."""
    return _is_one_of(_OUT, text)


def wants_in(text: str) -> bool:
    """Whether ``text`` asks to be told again, written like an opt-out."""
    return _is_one_of(_IN, text)


def _is_one_of(words: set[str], text: str) -> bool:
    first, *rest = re.findall(r"\w+", fold(text)) or [""]
    return first in words and (not rest or (len(rest) == 1 and _CODE.fullmatch(rest[0]) is not None))


@transaction.atomic(durable=True)
def _take_one() -> bool:
    now = timezone.now()
    due = InboundNotice.objects.due(InboundNotice.Kind.INBOUND, now)
    notice = due.select_for_update(skip_locked=True).first()
    if notice is None:
        return False
    try:
        with transaction.atomic():
            dealt = Dealt(notice, now, error=_take(notice))
    except Exception:  # one message that breaks us must not hold up the others
        log.exception("inbound.failed", extra={"notice_id": str(notice.id)})
        dealt = notices.park(notice, now=now, error="failed")
    notices.finish([dealt], now=now)
    return True


def _take(notice: InboundNotice) -> str:
    """Do what a message asks for; returns why that could not be done, if so."""
    try:
        message = reader_of(notice.gateway).inbound(notice)
    except NotUnderstood as problem:
        return f"not_understood:{problem}"[:64]
    if message.phone:
        _one_at_a_time(message.phone)
    if any(wants_out(text) for text in message.readings):
        return _opt_out(message, notice)
    if any(wants_in(text) for text in message.readings) and OptOut.objects.filter(phone=message.phone).exists():
        _answer(message, notice, HOW_TO_RETURN)
        return ""
    events.message_received.publish(message=message, received_at=notice.received_at, notice_id=notice.id)
    _answer(message, notice, WHERE_TO_APPLY)
    return ""


def _opt_out(message: Inbound, notice: InboundNotice) -> str:
    if not message.phone:
        return "no_phone"
    held = consents.in_force(phone=message.phone)
    if held is not None and held.given_at > notice.received_at:
        return ""  # what was wanted later holds
    consents.withdraw(phone=message.phone, source=message.channel)
    _answer(message, notice, OPT_OUT_CONFIRMED, language=held.language if held else None)
    return ""


def _answer(message: Inbound, notice: InboundNotice, event: str, *, language: str | None = None) -> None:
    """Once a day, and to Turkish mobiles only: nobody makes us pay for messages to the other end of the world."""
    if not message.phone.startswith(_TURKISH_MOBILE):
        return
    reference = f"{ANSWER}:{salted_hmac('notifications.inbound', message.phone).hexdigest()}"
    since = timezone.now() - ANSWERED_ONCE_IN
    if Message.objects.for_reference(reference).filter(event=event, created_at__gt=since).exists():
        return
    channel, expires_in = _way_back(message, notice)
    outbox.enqueue(
        event=event,
        channel=channel,
        expires_in=expires_in,
        lane=Lane.REPLY,
        phone=message.phone,
        language=language or settings.LANGUAGE_CODE,
        context={"page": urlsplit(settings.PUBLIC_BASE_URL).netloc},
        reference=reference,
    )


def _way_back(message: Inbound, notice: InboundNotice) -> tuple[Channel, timedelta | None]:
    """The channel of the answer, and how long it may wait. By SMS where WhatsApp takes none (any more)."""
    left = notice.received_at + WHATSAPP_WINDOW - timezone.now()
    by_whatsapp = message.channel == Channel.WHATSAPP and left > timedelta()
    if by_whatsapp and routes.usable(Lane.REPLY, channel=Channel.WHATSAPP):
        return Channel.WHATSAPP, left
    return Channel.SMS, None


def _one_at_a_time(phone: str) -> None:
    """Make two messages of one phone queue, so that counting the answers holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"inbound:{phone}"])
