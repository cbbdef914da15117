"""Who looked at an applicant's contact details."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from requests_app.models import Applicant, ContactReveal, ServiceRequest


@transaction.atomic
def reveal(*, request_id: int, reason: str, user: User) -> Applicant:
    """Show the applicant's contact details to ``user`` and keep who asked, when and why.

    ``reason`` is one of ``ContactReveal.Reason``: the record can never be changed, so it takes no words. Needs
    ``requests_app.reveal_contact`` and a request in the user's scope. Raises NotPermitted,
    ServiceRequest.DoesNotExist, InvalidInput on ``reason``.
    """
    if not user.has_perm("requests_app.reveal_contact"):
        raise NotPermitted
    request = ServiceRequest.objects.visible_to(user).select_related("applicant").get(pk=request_id)
    if request.applicant is None:
        raise InvalidInput("reason", _("This application was made without a name."))
    if reason not in ContactReveal.Reason.values:
        raise InvalidInput("reason", _("Choose why you need it; the applicant may ask for this record."))
    ContactReveal.objects.create(request=request, user=user, reason=reason, at=timezone.now())
    return request.applicant
