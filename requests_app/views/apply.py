"""Applying: the beginning, the last look with the sending, and the receipt. The steps are in apply_steps."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Busy, DomainError, StaleVersion, http_status
from requests_app import presentation
from requests_app.forms.application import WholeApplication
from requests_app.services import drafts
from requests_app.services.telling import was_told
from requests_app.views import apply_steps, throttle
from requests_app.views.apply_draft import Held, held_by, let_go
from requests_app.views.apply_steps import CHECK, FIRST, WAIT, begin_again, to_step
from requests_app.views.apply_summary import sections_of
from requests_app.views.shown import shown_files


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Begin an application, or ask whether to go on with the one that was begun."""
    held = held_by(request)
    if request.method == "POST" and held:
        drafts.discard(draft_id=held.draft.pk)
    elif held and not held.is_sent and held.draft.data:
        next_step = WholeApplication(held.draft.data).first_incomplete or CHECK
        return render(request, "portal/resume.html", {"draft": held.draft, "next_step": next_step})
    return let_go(to_step(FIRST))


def step(request: HttpRequest, step: str) -> HttpResponse:
    """A step, or the last look after all of them."""
    return check(request) if step == CHECK else apply_steps.step(request, step)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The last look before sending, and the sending."""
    held = held_by(request)
    if held is None:
        return begin_again(request)
    if held.is_sent:
        return redirect("portal:receipt")
    whole = WholeApplication(held.draft.data)
    if whole.first_incomplete:
        return to_step(whole.first_incomplete, to=CHECK, errors="1")
    if request.method != "POST":
        return _show_check(request, held, whole)
    if not throttle.allows_address(throttle.SEND, request):
        return _show_check(request, held, whole, refused=WAIT, status=HTTPStatus.TOO_MANY_REQUESTS)
    return _send(request, held, whole)


@never_cache
@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """Date, number and subject (Circular 2004/12) of what was just sent, with its link; can be opened again while
    the cookie lives.
    """
    held = held_by(request)
    sent = held.draft.request if held else None
    if held is None or sent is None:
        return redirect("portal:track")
    path = reverse("portal:track_link", args=[drafts.tracking_secret(held.key)])
    link = f"{settings.PUBLIC_BASE_URL}{path}"
    context = {"sent": sent, "link": link, "path": path, "qr": _qr(link), "groups": sent.number.split("-")}
    context["told"] = was_told(sent)
    context["place"] = presentation.place_of(sent)
    context["consent_waits"] = sent.applicant is not None and bool(sent.applicant.announcements_version)
    return render(request, "portal/receipt.html", context)


def _send(request: HttpRequest, held: Held, whole: WholeApplication) -> HttpResponse:
    """The busiest write of the portal: no session, no list is asked from the database again."""
    language = get_language() or "tr"
    application = whole.application(language=language)
    if application.contact and application.contact.phone:
        confirm = throttle.allows(throttle.PHONE, application.contact.phone)
        application = replace(application, confirm=confirm)
    try:
        drafts.send(draft=held.draft, key=held.key, application=application)
    except drafts.DraftGone:
        return begin_again(request)
    except (Busy, StaleVersion) as error:
        return _look_again(request, error)
    return redirect("portal:receipt")


def _look_again(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The draft as it is now, with why it was not sent."""
    held = held_by(request)
    if held is None:
        return begin_again(request)
    whole = WholeApplication(held.draft.data)
    if whole.first_incomplete:
        return to_step(whole.first_incomplete, to=CHECK, errors="1")
    return _show_check(request, held, whole, refused=error.message, status=http_status(error))


def _show_check(
    request: HttpRequest, held: Held, whole: WholeApplication, *, refused: Any = "", status: int = 200
) -> HttpResponse:
    files = shown_files(held.draft.attachments.all())
    context = {"sections": sections_of(whole, files=len(files)), "files": files, "whole": whole, "refused": refused}
    return render(request, "portal/check.html", context, status=status)


def _qr(link: str) -> SafeString:
    """The link as a drawing of plain paths: no picture to load, no inline style."""
    svg: str = segno.make(link, error="m", micro=False).svg_inline(
        omitsize=True, border=2, svgclass=None, lineclass=None
    )
    return mark_safe(svg)  # noqa: S308  (made here from our own address)
