"""One-time codes by SMS: who holds this phone may do this one thing.

Six digits, three minutes, five wrong tries, good for one subject and in the browser that asked for it
(docs/decisions/0008). The message says what the code is for (KVKK principle decision, Official Gazette
26.06.2025) and gives no consent to anything.
"""

import ipaddress
import logging
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from common import bell
from common.errors import InvalidInput
from notifications.lanes import Lane, deliver_task
from notifications.models import OneTimeCode
from notifications.services import outbox

log = logging.getLogger(__name__)

DIGITS = 6
VALID_FOR = timedelta(minutes=3)
MAX_TRIES = 5

# What a code may be asked for. The template is the event code_<purpose>; its text names the purpose.
PURPOSES = frozenset({"track", "contact", "subscribe", "test"})


@dataclass(frozen=True, slots=True)
class Caps:
    """The most codes in ``window``.

    What may be asked for is limited by what this asker did, and the asker is told: ``same`` for one phone and
    subject from one address, ``address`` for everything from it. What is sent is limited by what others did as
    well, and nobody is told: ``phone`` to one phone, ``total`` in all.
    """

    window: timedelta = timedelta(minutes=15)
    same: int = 3
    # Many citizens share an address behind a mobile operator.
    address: int = 30
    # More than ``same``: whoever asks three times in somebody's name has not used up that person's codes.
    phone: int = 5
    total: int = 600


CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Proof:
    """What a code is to prove: that ``asker`` holds ``phone``, for one ``purpose`` and one ``subject``.

    ``phone`` is in stored form, ``subject`` names what it is about (a request's number), ``asker`` is a secret
    of the browser that asks. A code proves exactly this and nothing else; codes of other proofs neither
    replace it nor use it up.
    """

    phone: str
    purpose: str
    subject: str
    asker: str

    def __post_init__(self) -> None:
        if self.purpose not in PURPOSES:
            raise ValueError(f"unknown purpose {self.purpose!r}")

    @property
    def row(self) -> dict[str, str]:
        """The columns by which its codes are found."""
        return {
            "phone": self.phone,
            "purpose": self.purpose,
            "subject_digest": _keyed("subject", self.subject),
            "asker_digest": _keyed("asker", self.asker),
        }

    def digest(self, code: str) -> str:
        """What is stored of ``code``. A key is needed: without one a million codes are tried in a second."""
        return _keyed("code", "\0".join((self.purpose, self.phone, self.subject, self.asker, code)))


def issue(
    proof: Proof,
    *,
    language: str,
    remote_address: str,
    fields: Mapping[str, str] | None = None,
    reference: str = "",
    send: bool = True,
) -> OneTimeCode:
    """Make a code for ``proof`` and queue it to the phone. Codes made for it before stay good until they expire.

    ``remote_address`` is the asker's IP address, of which only a keyed digest is stored. ``fields`` are
    further fields of the template, for instance the municipality's name; ``reference`` is the message's. With
    ``send`` False a code that nobody learns is made, with the same work and the same refusals: for callers who
    may not tell whether a phone is known. ``sent`` of the result is False too where the phone, or everybody
    together, got as many as the caps allow. Raises InvalidInput on ``phone`` where the asker has asked too often.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    asked = {**proof.row, "address_digest": _address_digest(remote_address)}
    with transaction.atomic():
        _one_at_a_time(proof.phone, asked["address_digest"])
        now = timezone.now()
        _refuse_beyond_caps(asked, now=now)
        sent = _may_send(proof.phone, now=now) and send
        issued = OneTimeCode.objects.create(
            **asked, digest=proof.digest(code), sent=sent, created_at=now, expires_at=now + VALID_FOR
        )
        _send(issued, code, language, fields or {}, reference)
    return issued


def _send(issued: OneTimeCode, code: str, language: str, fields: Mapping[str, str], reference: str) -> None:
    """Queue the message. One that is not to be sent is queued and taken back, which takes as long."""
    minutes = int(VALID_FOR.total_seconds() // 60)
    with transaction.atomic():
        outbox.enqueue(
            event=f"code_{issued.purpose}",
            lane=Lane.OTP,
            phone=issued.phone,
            language=language,
            context={**fields, "code": code, "minutes": str(minutes)},
            reference=reference,
            expires_in=VALID_FOR,
        )
        transaction.set_rollback(not issued.sent)
    if not issued.sent:  # the bell of a message taken back does not ring
        bell.ring(deliver_task(Lane.OTP), queue=Lane.OTP.value)


def check(proof: Proof, *, code: str) -> None:
    """Accept any code made for ``proof`` that is still good, once. Raises InvalidInput on ``code``.

    A wrong try counts against all of them. Must not be called inside a transaction (RuntimeError): a wrong try
    is counted even though it is refused, so it is committed here.
    """
    typed = _typed_digits(code)
    with transaction.atomic(durable=True):
        issued = list(OneTimeCode.objects.filter(**proof.row).select_for_update().order_by("id"))
        refusal = _judge(issued, proof.digest(typed), now=timezone.now())
    if refusal is not None:
        raise refusal


def erase(*, phone: str) -> int:
    """Delete every code made for ``phone``, because what it was about has been erased. Returns how many."""
    deleted, _by_model = OneTimeCode.objects.filter(phone=phone).delete()
    return deleted


def delete_old(*, before: datetime) -> int:
    """Remove codes issued before ``before``; returns how many. They are long expired by then."""
    deleted, _by_model = OneTimeCode.objects.filter(created_at__lt=before).delete()
    return deleted


def _judge(issued: list[OneTimeCode], digest: str, *, now: datetime) -> InvalidInput | None:
    """Count or use up the locked codes; the refusal, if any, is raised after that is committed."""
    valid = [row for row in issued if row.expires_at > now]
    if not valid:
        return InvalidInput("code", _("This code is no longer valid. Ask for a new one."))
    unused = [row for row in valid if row.used_at is None]
    if not unused:
        return InvalidInput("code", _("This code was already used. Ask for a new one."))
    open_ = [row for row in unused if row.tries < MAX_TRIES]
    if any(row.sent and constant_time_compare(row.digest, digest) for row in open_):
        _update(unused, used_at=now)
        return None
    _update(open_, tries=F("tries") + 1)
    return _wrong_code(max((MAX_TRIES - row.tries - 1 for row in open_), default=0))


def _update(rows: list[OneTimeCode], **values: Any) -> None:
    OneTimeCode.objects.filter(pk__in=[row.pk for row in rows]).update(**values)


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


def _refuse_beyond_caps(asked: Mapping[str, str], *, now: datetime) -> None:
    """By what came from this address alone, so that a refusal says nothing about anybody else."""
    own = OneTimeCode.objects.issued_since(now - CAPS.window).filter(address_digest=asked["address_digest"])
    same = own.filter(phone=asked["phone"], subject_digest=asked["subject_digest"])
    if same.count() >= CAPS.same or own.count() >= CAPS.address:
        raise too_many()


def too_many() -> InvalidInput:
    """The refusal of somebody who asked, or was sent, too many codes."""
    minutes = int(CAPS.window.total_seconds() // 60)
    message = _("Too many codes were asked for. Wait %(minutes)d minutes and try again.")
    return InvalidInput("phone", message % {"minutes": minutes})


def _may_send(phone: str, *, now: datetime) -> bool:
    sent = OneTimeCode.objects.issued_since(now - CAPS.window).sent()
    if sent.count() >= CAPS.total:
        log.error("codes.total_cap_reached", extra={"cap": CAPS.total})
        return False
    return sent.filter(phone=phone).count() < CAPS.phone


def _keyed(what: str, value: str) -> str:
    return salted_hmac(f"notifications.codes.{what}", value, algorithm="sha256").hexdigest()


def _address_digest(remote_address: str) -> str:
    """Of the address; of its /64 network for IPv6, where one household has all of them."""
    try:
        address = ipaddress.ip_address(remote_address)
    except ValueError:
        network = remote_address
    else:
        network = str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
    return _keyed("address", network)
