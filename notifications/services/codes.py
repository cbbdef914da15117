"""One-time codes by SMS: who holds this phone may do this one thing.

Six digits, three minutes, five wrong tries, and only the newest code of a purpose counts. The message says
what the code is for (KVKK principle decision, Official Gazette 26.06.2025) and gives no consent to anything.
"""

import ipaddress
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from common.errors import InvalidInput
from notifications.lanes import Lane
from notifications.models import OneTimeCode
from notifications.querysets import OneTimeCodeQuerySet
from notifications.services import outbox

DIGITS = 6
VALID_FOR = timedelta(minutes=3)
MAX_TRIES = 5

# What a code may be asked for. The template is the event code_<purpose>; its text names the purpose.
PURPOSES = frozenset({"track", "contact"})


@dataclass(frozen=True, slots=True)
class Caps:
    """The most codes in ``window``: to one phone, for one asker's address, and in all."""

    window: timedelta = timedelta(minutes=15)
    phone: int = 3
    # Many citizens share an address behind a mobile operator.
    address: int = 30
    total: int = 600


CAPS = Caps()


def issue(
    *,
    phone: str,
    purpose: str,
    language: str,
    remote_address: str,
    fields: Mapping[str, str] | None = None,
    send: bool = True,
) -> OneTimeCode:
    """Make a code and queue it to ``phone`` (stored form); earlier codes of the purpose stop counting.

    ``remote_address`` is the asker's IP address, of which only a keyed digest is stored. ``fields`` are
    further fields of the template, for instance the municipality's name. With ``send`` False a code that
    nobody learns is made: where the caller may not tell whether a phone is known, caps and refusals are then
    the same for both. Raises InvalidInput on ``phone`` where a cap is reached.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"unknown purpose {purpose!r}")
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    address_digest = _address_digest(remote_address)
    with transaction.atomic():
        _one_at_a_time(phone, address_digest)
        now = timezone.now()
        _refuse_beyond_caps(phone, address_digest, now=now)
        issued = OneTimeCode.objects.create(
            phone=phone,
            purpose=purpose,
            digest=_digest(phone, purpose, code),
            address_digest=address_digest,
            created_at=now,
            expires_at=now + VALID_FOR,
        )
        if send:
            _send(issued, code, language, fields or {})
    return issued


def _send(issued: OneTimeCode, code: str, language: str, fields: Mapping[str, str]) -> None:
    minutes = int(VALID_FOR.total_seconds() // 60)
    outbox.enqueue(
        event=f"code_{issued.purpose}",
        lane=Lane.OTP,
        phone=issued.phone,
        language=language,
        context={**fields, "code": code, "minutes": str(minutes)},
        expires_in=VALID_FOR,
    )


def check(*, phone: str, purpose: str, code: str) -> None:
    """Accept the newest code sent to ``phone`` for ``purpose``, once. Raises InvalidInput on ``code``.

    Must not be called inside a transaction (RuntimeError): a wrong try is counted even though it is
    refused, so it is committed here.
    """
    typed = _typed_digits(code)
    with transaction.atomic(durable=True):
        newest = OneTimeCode.objects.newest_first(phone, purpose).select_for_update().first()
        refusal = _judge(newest, typed, now=timezone.now())
    if refusal is not None:
        raise refusal


def delete_old(*, before: datetime) -> int:
    """Remove codes issued before ``before``; returns how many. They are long expired by then."""
    deleted, _by_model = OneTimeCode.objects.filter(created_at__lt=before).delete()
    return deleted


def _judge(newest: OneTimeCode | None, typed: str, *, now: datetime) -> InvalidInput | None:
    """Count or use up the locked code; the refusal, if any, is raised after that is committed."""
    if newest is None or newest.expires_at <= now:
        return InvalidInput("code", _("This code is no longer valid. Ask for a new one."))
    if newest.used_at is not None:
        return InvalidInput("code", _("This code was already used. Ask for a new one."))
    if newest.tries >= MAX_TRIES:
        return _too_many_tries()
    if constant_time_compare(newest.digest, _digest(newest.phone, newest.purpose, typed)):
        newest.used_at = now
        newest.save(update_fields=["used_at"])
        return None
    newest.tries += 1
    newest.save(update_fields=["tries"])
    return _wrong_code(MAX_TRIES - newest.tries)


def _wrong_code(left: int) -> InvalidInput:
    if left == 0:
        return _too_many_tries()
    message = ngettext_lazy(
        "The code is wrong. You can try %(left)d more time.",
        "The code is wrong. You can try %(left)d more times.",
        "left",
    )
    return InvalidInput("code", message % {"left": left})


def _too_many_tries() -> InvalidInput:
    return InvalidInput("code", _("The code was wrong five times. Ask for a new one."))


def _typed_digits(code: str) -> str:
    """The six digits of what was typed, with spaces or dashes, in any script's digits."""
    digits = [unicodedata.digit(character, None) for character in code if character not in " -\u00a0\u2009"]
    if len(digits) != DIGITS or None in digits:
        raise InvalidInput("code", _("Enter the 6 digits from the message."))
    return "".join(str(digit) for digit in digits)


def _one_at_a_time(phone: str, address_digest: str) -> None:
    """Make those who ask for the same phone or from the same address queue, so that counting holds."""
    with connection.cursor() as cursor:
        for key in sorted({phone, address_digest}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"code:{key}"])


def _refuse_beyond_caps(phone: str, address_digest: str, *, now: datetime) -> None:
    recent: OneTimeCodeQuerySet = OneTimeCode.objects.issued_since(now - CAPS.window)
    counted = (
        (recent.filter(phone=phone), CAPS.phone),
        (recent.filter(address_digest=address_digest), CAPS.address),
        (recent, CAPS.total),
    )
    if any(codes.count() >= cap for codes, cap in counted):
        minutes = int(CAPS.window.total_seconds() // 60)
        message = _("Too many codes were asked for. Wait %(minutes)d minutes and try again.")
        raise InvalidInput("phone", message % {"minutes": minutes})


def _digest(phone: str, purpose: str, code: str) -> str:
    """A key is needed: without one a million codes are tried in a second."""
    return salted_hmac("notifications.codes", f"{purpose}:{phone}:{code}", algorithm="sha256").hexdigest()


def _address_digest(remote_address: str) -> str:
    """Of the address; of its /64 network for IPv6, where one household has all of them."""
    try:
        address = ipaddress.ip_address(remote_address)
    except ValueError:
        network = remote_address
    else:
        network = str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
    return salted_hmac("notifications.codes.address", network, algorithm="sha256").hexdigest()
