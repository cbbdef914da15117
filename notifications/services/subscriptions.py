"""Subscribing to announcements on the portal: whoever holds the phone decides, proved by a one-time code.

Whatever a stranger types, the answers are the same whether a phone is subscribed or not, until its code is typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from departments.services.organisation import municipality
from notifications.models import Consent, OptOut
from notifications.services import codes, consents

SUBSCRIBE = "subscribe"
SUBJECT = "announcements"
# Through what a consent is given and withdrawn here.
PORTAL, LINK = "portal", "link"


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


def _proof(phone: str, asker: str) -> codes.Proof:
    return codes.Proof(phone, SUBSCRIBE, SUBJECT, asker)
