"""Consents to announcements: given with a wording, withdrawn at any time, both kept as evidence.

Separate from the disclosure notice (KVKK art. 10) and never a condition of anything else.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from common.errors import NotPermitted
from notifications import policies
from notifications.models import Consent

ANNOUNCEMENTS = "announcements"
STAFF = "staff"


@transaction.atomic
def give(*, phone: str, purpose: str = ANNOUNCEMENTS, text_version: str, source: str, language: str) -> Consent:
    """Record that the owner of ``phone`` agreed to ``text_version``; the caller has verified the phone.

    ``source`` says through what (``portal``, ``call_centre``). Agreeing again to the same version changes
    nothing; agreeing to a newer one closes the older.
    """
    held = _locked(phone, purpose)
    if held is not None and held.text_version == text_version:
        return held
    if held is not None:
        _close(held, source=source)
    try:
        with transaction.atomic():
            return Consent.objects.create(
                phone=phone, purpose=purpose, text_version=text_version, source=source, language=language
            )
    except IntegrityError:
        # Somebody gave it at the same moment, for instance by a double click.
        return Consent.objects.in_force(phone=phone, purpose=purpose).get()


def in_force(*, phone: str, purpose: str = ANNOUNCEMENTS) -> Consent | None:
    """The consent of ``phone`` that holds now, for its owner, whose phone the caller has verified. One query."""
    return Consent.objects.in_force(phone=phone, purpose=purpose).first()


@transaction.atomic
def withdraw(*, phone: str, purpose: str = ANNOUNCEMENTS, source: str) -> bool:
    """End the consent of ``phone``, effective at once; returns whether there was one.

    For the owner, whose phone the caller has verified; ``source`` as in ``give``.
    """
    held = _locked(phone, purpose)
    if held is None:
        return False
    _close(held, source=source)
    return True


@transaction.atomic
def withdraw_for_owner(*, consent_id: int, actor: User) -> bool:
    """End a consent because its owner told ``actor`` so, effective at once; returns whether it was in force.

    Needs ``notifications.withdraw_consent``. Raises NotPermitted; Consent.DoesNotExist outside the scope.
    """
    if not policies.can_withdraw_consents(actor):
        raise NotPermitted
    consent = Consent.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=consent_id)
    if consent.withdrawn_at is not None:
        return False
    _close(consent, source=STAFF, by=actor)
    return True


def _locked(phone: str, purpose: str) -> Consent | None:
    return Consent.objects.in_force(phone=phone, purpose=purpose).select_for_update().first()


def _close(consent: Consent, *, source: str, by: User | None = None) -> None:
    consent.withdrawn_at = timezone.now()
    consent.withdrawn_source = source
    consent.withdrawn_by = by
    consent.save(update_fields=["withdrawn_at", "withdrawn_source", "withdrawn_by"])
