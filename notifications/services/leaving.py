"""The way out that a text carries: a link by which the receiver of one message leaves in one press.

It names the message, not the phone, and is signed. Texts are written, measured and planned with a stand-in of the same
length, since the links of all messages are equally long; a message's own token takes its place when it is sent.
"""

import base64
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.models import BulkMessage

# What an author writes where the link goes, in either language.
FIELDS = frozenset({"ayril", "leave"})
_SIGNATURE = 6  # bytes: a link is worth nothing but leaving, and every sign of it is paid for
_STAND_IN = "x" * 30


def link(language: str) -> str:
    """The address as it stands in an SMS in ``language``, with a stand-in for the message's token."""
    with translation.override(language):
        path = reverse("announcements:leave", args=[_STAND_IN])
    return urlsplit(settings.PUBLIC_BASE_URL).netloc + path


def addressed(text: str, message_id: UUID) -> str:
    """``text`` with the token of the message in the place of the stand-in, if it has one."""
    return text.replace(_STAND_IN, _token(message_id)) if _STAND_IN in text else text


def receiver_of(token: str) -> str | None:
    """The phone that the message of a link went to; None where the link is not ours or too old."""
    try:
        message_id = UUID(bytes=base64.urlsafe_b64decode(f"{token}{'=' * (-len(token) % 4)}")[:16])
    except ValueError:
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(constant_time_compare(token, _token(message_id, key)) for key in keys):
        return None
    return BulkMessage.objects.filter(pk=message_id).values_list("phone", flat=True).first()


def _token(message_id: UUID, key: str | None = None) -> str:
    digest = salted_hmac("notifications.leave", message_id.hex, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(message_id.bytes + digest[:_SIGNATURE]).decode().rstrip("=")
