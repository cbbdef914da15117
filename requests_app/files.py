"""Short-lived signed links to private files.

A page that may show a file hands out its link; the link itself asks nobody again, so it must not live long.
"""

from datetime import timedelta
from typing import Final

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from requests_app.models import Attachment

LINK_LIVES: Final = timedelta(minutes=10)
EXPIRED: Final = _("This link to the file has expired. Open the page with the file again.")

_signer: Final = TimestampSigner(salt="requests_app.files")


class LinkExpired(DomainError):
    """The link was right but is too old."""


def link_for(attachment: Attachment) -> str:
    """An address of the file that works for ten minutes, for whoever has it.

    The caller has made sure that its reader may see the file.
    """
    return reverse("files:file", args=[_signer.sign(str(attachment.pk))])


def find(token: str) -> Attachment | None:
    """The attachment a link was made for; None where nobody made it or the file is gone.

    Raises LinkExpired after ten minutes.
    """
    try:
        pk = _signer.unsign(token, max_age=LINK_LIVES)
    except SignatureExpired as error:
        raise LinkExpired(EXPIRED) from error
    except BadSignature:
        return None
    return Attachment.objects.filter(pk=pk).first()
