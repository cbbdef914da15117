"""Private files, for whoever holds a signed link."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.encoding import iri_to_uri
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from requests_app import files
from requests_app.models import Attachment

GONE = 410


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file of a signed link, as itself and nothing else: no scripts, no other type, no shared caches."""
    try:
        attachment = files.find(token)
    except files.LinkExpired as error:
        return render(request, "refused.html", {"message": error.message}, status=GONE)
    if attachment is None:
        raise Http404
    response = _by_proxy(attachment) if settings.PRIVATE_FILES_INTERNAL_PREFIX else _streamed(attachment)
    disposition = content_disposition_header(not attachment.is_image, attachment.original_name)
    response["Content-Type"] = attachment.content_type
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"private, max-age={int(files.LINK_LIVES.total_seconds())}"
    return response


def _by_proxy(attachment: Attachment) -> HttpResponse:
    """The reverse proxy in front reads the file from its internal location."""
    address = iri_to_uri(f"{settings.PRIVATE_FILES_INTERNAL_PREFIX.rstrip('/')}/{attachment.file.name}")
    return HttpResponse(headers={"X-Accel-Redirect": address})


def _streamed(attachment: Attachment) -> FileResponse:
    try:
        return FileResponse(attachment.file.open("rb"))
    except FileNotFoundError as error:
        raise Http404 from error
