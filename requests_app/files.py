"""Short-lived signed links to private files.

A page that may show a file hands out its link; the link itself asks nobody again, so it must not live long.
It stays the same for some minutes, so that a browser need not load the same picture again.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner, b62_encode
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from requests_app.models import Attachment

LINK_LIVES: Final = timedelta(minutes=10)
SAME_FOR: Final = timedelta(minutes=5)
SMALL: Final = "small"
EXPIRED: Final = _("This link to the file has expired. Open the page with the file again.")


class _SteadySigner(TimestampSigner):
    """Signs with the beginning of the present five minutes, so that a link is the same for all of them."""

    def timestamp(self) -> str:
        step = int(SAME_FOR.total_seconds())
        return b62_encode(int(time.time()) // step * step)


_signer: Final = _SteadySigner(salt="requests_app.files")


class LinkExpired(DomainError):
    """The link was right but is too old."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a link leads to: the stored file and how it is to be named."""

    file: FieldFile
    name: str
    content_type: str
    is_image: bool


def link_for(attachment: Attachment) -> str:
    """An address of the file that works for ten to fifteen minutes, for whoever has it.

    The caller has made sure that its reader may see the file.
    """
    return reverse("files:file", args=[_signer.sign(str(attachment.pk))])


def small_link_for(attachment: Attachment) -> str:
    """The same for the picture in small; of a picture stored without one, the picture itself."""
    if not attachment.thumbnail:
        return link_for(attachment)
    return reverse("files:file", args=[_signer.sign(f"{attachment.pk}:{SMALL}")])


def find(token: str) -> Found | None:
    """The file a link was made for; None where nobody made it or the file is gone.

    Raises LinkExpired when the link's time is over.
    """
    try:
        pk, _colon, size = _signer.unsign(token, max_age=LINK_LIVES + SAME_FOR).partition(":")
    except SignatureExpired as error:
        raise LinkExpired(EXPIRED) from error
    except BadSignature:
        return None
    attachment = Attachment.objects.filter(pk=pk).first()
    return None if attachment is None else _found(attachment, small=size == SMALL)


def _found(attachment: Attachment, *, small: bool) -> Found:
    if small:
        return Found(attachment.thumbnail, attachment.original_name, "image/webp", is_image=True)
    return Found(attachment.file, attachment.original_name, attachment.content_type, attachment.is_image)
