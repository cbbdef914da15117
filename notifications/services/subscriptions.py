"""Subscribing to announcements on the portal: whoever holds the phone decides, proved by a one-time code.

Whatever a stranger types, the answers are the same whether a phone is subscribed or not, until its code is typed.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac

from departments.services.organisation import municipality
from notifications.models import BulkMessage, Consent, OptOut
from notifications.services import codes, consents

SUBSCRIBE = "subscribe"
SUBJECT = "announcements"
# Through what a consent is given and withdrawn here.
PORTAL, LINK = "portal", "link"
_SIGNATURE = 10  # bytes: a link is worth nothing but leaving


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to hear about. ``text_version`` is the consent they agreed to, as they saw it."""

    topics: Sequence[str]
    neighbourhood_id: int | None
    text_version: str
    language: str


def send_code(*, phone: str, asker: str, language: str, remote_address: str) -> None:
    """Send a code to ``phone``, whether it is subscribed or not. Raises InvalidInput on ``phone``.

    ``asker`` is a secret of the browser, in which alone the code is good.
    """
    place = municipality()
    codes.issue(
        _proof(phone, asker),
        language=language,
        remote_address=remote_address,
        fields={"municipality": place.short_name if place else ""},
    )


def confirm(*, phone: str, asker: str, code: str) -> None:
    """Check the code sent by ``send_code``. Not inside a transaction. Raises InvalidInput on ``code``."""
    codes.check(_proof(phone, asker), code=code)


@transaction.atomic
def subscribe(*, phone: str, wish: Wish) -> Consent:
    """Record the consent and what it is about; the caller has verified the phone by ``confirm``."""
    consent = consents.give(phone=phone, text_version=wish.text_version, source=PORTAL, language=wish.language)
    consents.prefer(phone=phone, topics=wish.topics, neighbourhood_id=wish.neighbourhood_id)
    return consent


def gets_nothing(phone: str) -> bool:
    """Whether the owner of ``phone``, whose phone the caller has verified, wants no announcements at all."""
    return OptOut.objects.filter(phone=phone).exists()


def leave_link(message_id: UUID, *, language: str) -> str:
    """The address by which the receiver of a message leaves in one press. It names the message, not the phone."""
    with translation.override(language):
        path = reverse("announcements:leave", args=[_token(message_id)])
    return f"{settings.PUBLIC_BASE_URL}{path}"


def receiver_of(token: str) -> str | None:
    """The phone that the message of a leave link went to; None where the link is not ours or too old."""
    try:
        message_id = UUID(bytes=base64.urlsafe_b64decode(f"{token}{'=' * (-len(token) % 4)}")[:16])
    except ValueError:
        return None
    if not constant_time_compare(token, _token(message_id)):
        return None
    return BulkMessage.objects.filter(pk=message_id).values_list("phone", flat=True).first()


def _token(message_id: UUID) -> str:
    digest = salted_hmac("notifications.leave", message_id.hex, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(message_id.bytes + digest[:_SIGNATURE]).decode().rstrip("=")


def _proof(phone: str, asker: str) -> codes.Proof:
    return codes.Proof(phone, SUBSCRIBE, SUBJECT, asker)
