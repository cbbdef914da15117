"""Private files, for whoever holds a signed link."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.encoding import iri_to_uri
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from requests_app import files

GONE = 410


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file of a signed link, as itself and nothing else: no scripts, no other type, no shared caches."""
    try:
        found = files.find(token)
    except files.LinkExpired as error:
        return render(request, "refused.html", {"message": error.message}, status=GONE)
    if found is None:
        raise Http404
    response = _by_proxy(found) if settings.PRIVATE_FILES_INTERNAL_PREFIX else _streamed(found)
    disposition = content_disposition_header(not found.is_image, found.name)
    response["Content-Type"] = found.content_type
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"private, max-age={int(files.LINK_LIVES.total_seconds())}"
    return response


def _by_proxy(found: files.Found) -> HttpResponse:
    """The reverse proxy in front reads the file from its internal location."""
    address = iri_to_uri(f"{settings.PRIVATE_FILES_INTERNAL_PREFIX.rstrip('/')}/{found.file.name}")
    return HttpResponse(headers={"X-Accel-Redirect": address})


def _streamed(found: files.Found) -> FileResponse:
    try:
        return FileResponse(found.file.open("rb"))
    except FileNotFoundError as error:
        raise Http404 from error
