"""Consents to announcements: given with a wording, withdrawn at any time, both kept as evidence.

Separate from the disclosure notice (KVKK art. 10) and never a condition of anything else.
"""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from common.errors import NotPermitted
from notifications import policies
from notifications.models import Consent, OptOut

ANNOUNCEMENTS = "announcements"
STAFF = "staff"


@transaction.atomic
def give(*, phone: str, purpose: str = ANNOUNCEMENTS, text_version: str, source: str, language: str) -> Consent:
    """Record that the owner of ``phone`` agreed to ``text_version``; the caller has verified the phone.

    ``source`` says through what (``portal``, ``call_centre``). Agreeing again to the same version changes
    nothing; agreeing to a newer one closes the older.
    """
    held = _locked(phone, purpose)
    if purpose == ANNOUNCEMENTS:
        OptOut.objects.filter(phone=phone).delete()
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


def prefer(*, phone: str, topics: Sequence[str], neighbourhood_id: int | None) -> bool:
    """What the owner of ``phone`` wants to hear about, while the consent holds; nothing chosen is everything.

    Returns whether there is a consent. The caller has verified the phone.
    """
    held = Consent.objects.in_force(phone=phone, purpose=ANNOUNCEMENTS)
    return bool(held.update(topics=list(topics), neighbourhood_id=neighbourhood_id))


@transaction.atomic
def withdraw(*, phone: str, purpose: str = ANNOUNCEMENTS, source: str) -> bool:
    """End the consent of ``phone``, effective at once; returns whether there was one.

    For the owner, whose phone the caller has verified; ``source`` as in ``give``.
    """
    held = _locked(phone, purpose)
    if purpose == ANNOUNCEMENTS:
        opt_out(phone=phone, source=source)
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
    opt_out(phone=consent.phone, source=STAFF, by=actor)
    return True


@transaction.atomic
def opt_out_for_owner(*, phone: str, actor: User) -> None:
    """Keep announcements from ``phone`` because its owner told ``actor`` so, whether there was a consent or not.

    Needs ``notifications.add_optout``. Raises NotPermitted.
    """
    if not policies.can_opt_out(actor):
        raise NotPermitted
    held = _locked(phone, ANNOUNCEMENTS)
    if held is not None:
        _close(held, source=STAFF, by=actor)
    opt_out(phone=phone, source=STAFF, by=actor)


def opt_out(*, phone: str, source: str, by: User | None = None) -> None:
    """Keep announcements from ``phone``, whoever lists it, from the next chunk on; for its owner, as ``withdraw``.

    Also where there never was a consent: public information goes to lists of phones as well.
    """
    OptOut.objects.get_or_create(phone=phone, defaults={"source": source, "by": by})


def _locked(phone: str, purpose: str) -> Consent | None:
    return Consent.objects.in_force(phone=phone, purpose=purpose).select_for_update().first()


def _close(consent: Consent, *, source: str, by: User | None = None) -> None:
    consent.withdrawn_at = timezone.now()
    consent.withdrawn_source = source
    consent.withdrawn_by = by
    consent.save(update_fields=["withdrawn_at", "withdrawn_source", "withdrawn_by"])
