"""Pages of the project itself: health, metrics, brand colours, files, errors."""

import logging

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.template import loader
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from common import typed
from config.metrics import exposition
from config.tasks import silent_queues
from departments.services.organisation import municipality

log = logging.getLogger(__name__)

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# Bytes of a refused body that are still read. A reverse proxy in front allows less.
MOST_DROPPED = 64 * 1024 * 1024


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The service can do its work: 200 where every part is there, else 503 naming what is missing."""
    parts = {name: _holds(probe) for name, probe in PROBES.items()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def _holds(probe: object) -> bool:
    try:
        return bool(probe())  # type: ignore[operator]
    except Exception as error:  # readiness reports every kind of trouble instead of failing with it
        log.warning("readyz.part_missing", extra={"error": type(error).__name__})
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _broker() -> bool:
    cache.set("readyz", 1, timeout=5)
    return bool(cache.get("readyz") == 1)


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _workers() -> bool:
    silent = silent_queues()
    if silent:
        log.warning("readyz.silent_workers", extra={"queues": silent})
    return not silent


PROBES = {"database": _database, "broker": _broker, "migrations": _migrations, "workers": _workers}


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, asked from the database. Only with the token of METRICS_TOKEN."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not constant_time_compare(request.headers.get("Authorization", ""), expected):
        raise Http404
    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


@cache_control(max_age=300, public=True)
@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """The municipality's colours as CSS variables; a file because no page carries inline style."""
    place = municipality()
    rules = ""
    if place is not None:
        rules = (
            f":root{{--brand:{place.brand_colour};--brand-dark:{place.brand_dark};--brand-light:{place.brand_light}}}"
        )
    return HttpResponse(rules, content_type="text/css; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The browser sent something that cannot be read, or more than we read."""
    if isinstance(exception, TOO_MUCH):
        _drop_the_rest(request)
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def _drop_the_rest(request: HttpRequest) -> None:
    """A browser looks at an answer only after it has sent everything; otherwise it says the connection broke."""
    left = MOST_DROPPED
    try:
        while left > 0 and (chunk := request.read(64 * 1024)):
            left -= len(chunk)
    except UnreadablePostError:
        log.info("upload.broken_off")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Signed in, but not for this."""
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is no such page, or it is not for this person: the two look the same."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke. The page needs nothing that could be broken as well."""
    return HttpResponse(loader.get_template("500.html").render(), status=500)


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old or came from elsewhere: say what to do, and that nothing was sent.

    What was typed on a page of our own can be sent once more from here: only its token was too old.
    """
    return render(request, "403_csrf.html", {"form_sent": typed.worth_keeping(request)}, status=403)
