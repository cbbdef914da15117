"""How an applicant proves that a request is theirs.

Three ways: the tracking secret (a link), the draft's cookie right after sending, or number + phone + a
one-time code. The link shows the request; contact details are shown only after the phone was verified
by a code (KVKK decision 2020/966).
"""

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput, NotPermitted
from common.secrets import secret_hash
from departments.services.organisation import municipality
from notifications.services import codes, consents
from requests_app.models import ServiceRequest

TRACK = "track"
CONTACT = "contact"
# Through what a consent is given and withdrawn here.
PORTAL = "portal"
NO_MATCH = _("The code is not right or has expired. Check it, or ask for a new one.")


def by_secret(secret: str) -> ServiceRequest | None:
    """The request whose tracking secret this is, or None."""
    return ServiceRequest.objects.filter(tracking_hash=secret_hash(secret)).first()


def send_recovery_code(*, number: str, phone: str, asker: str, language: str, remote_address: str) -> None:
    """Send a code to ``phone`` (E.164) if the request ``number`` was made with it.

    ``asker`` is a secret of the browser, in which alone the code is good. Everything a stranger can observe is
    the same whether or not number and phone belong together. Raises InvalidInput on ``phone`` where this
    asker has asked too often.
    """
    codes.issue(
        codes.Proof(phone, TRACK, number, asker),
        language=language,
        remote_address=remote_address,
        fields=_fields(),
        reference=f"request:{number}",
        send=_of_phone(number, phone) is not None,
    )


def recover(*, number: str, phone: str, asker: str, code: str) -> ServiceRequest:
    """The request, if ``code`` was sent to ``phone`` for it and this asker. Raises InvalidInput on ``code``."""
    codes.check(codes.Proof(phone, TRACK, number, asker), code=code)
    request = _of_phone(number, phone)
    if request is None:
        raise InvalidInput("code", NO_MATCH)
    _mark_verified(request)
    return request


def send_contact_code(*, request: ServiceRequest, asker: str, language: str, remote_address: str) -> None:
    """Send a code to the request's own phone, so that its contact details may be shown.

    Raises InvalidInput on ``phone`` where the asker has asked, or the phone was sent, too many.
    """
    issued = codes.issue(
        _contact_proof(request, asker),
        language=language,
        remote_address=remote_address,
        fields=_fields(),
        reference=f"request:{request.number}",
    )
    if not issued.sent:  # who holds the link may know it
        raise codes.too_many()


def confirm_contact(*, request: ServiceRequest, asker: str, code: str) -> None:
    """Check the code sent by ``send_contact_code``. Raises InvalidInput on ``code``."""
    codes.check(_contact_proof(request, asker), code=code)
    _mark_verified(request)


def withdraw_announcements(*, request: ServiceRequest) -> bool:
    """End the consent to announcements of the request's phone, effective at once; returns whether there was one.

    For whoever confirmed that phone by a code in this browser, which the caller has checked. Raises NotPermitted
    where the phone was never verified.
    """
    applicant = request.applicant
    if applicant is None or applicant.phone_verified_at is None:
        raise NotPermitted
    return consents.withdraw(phone=applicant.phone, source=PORTAL)


def _contact_proof(request: ServiceRequest, asker: str) -> codes.Proof:
    return codes.Proof(_phone_of(request), CONTACT, request.number, asker)


def _phone_of(request: ServiceRequest) -> str:
    if request.applicant is None or not request.applicant.phone:
        raise InvalidInput("code", _("This application was made without a phone number."))
    return request.applicant.phone


def _fields() -> dict[str, str]:
    place = municipality()
    return {"municipality": place.short_name if place else ""}


def _of_phone(number: str, phone: str) -> ServiceRequest | None:
    request = ServiceRequest.objects.select_related("applicant").filter(number=number).first()
    if request is None or request.applicant is None or not request.applicant.phone:
        return None
    return request if constant_time_compare(request.applicant.phone, phone) else None


@transaction.atomic
def _mark_verified(request: ServiceRequest) -> None:
    """Remember that the phone is the applicant's; a consent that waited for this takes effect now."""
    applicant = request.applicant
    if applicant is None or applicant.phone_verified_at is not None:
        return
    if applicant.announcements_version:
        version = applicant.announcements_version
        consents.give(phone=applicant.phone, text_version=version, source=PORTAL, language=request.language)
    applicant.phone_verified_at, applicant.announcements_version = timezone.now(), ""
    applicant.save(update_fields=["phone_verified_at", "announcements_version"])
