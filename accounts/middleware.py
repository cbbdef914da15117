"""What is asked of a signed-in person before every page."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from accounts import policies
from common import typed
from common.typed import TypedForm

Next = Callable[[HttpRequest], HttpResponse]

LAST_SEEN: Final = "last_seen"
# Writing the session at every click would cost a database write each; a minute is exact enough.
LAST_SEEN_SECONDS: Final = 60

HAS_SECOND_FACTOR: Final = "has_second_factor"
# Pages that belong to signing in itself, and addresses that pages or machines need without being pages.
WITHOUT_SECOND_FACTOR: Final = ("account_", "mfa_", "brand_css", "livez", "readyz", "metrics")

KEPT: Final = _("What you typed is not lost: it comes back when you have signed in.")
SET_UP_FIRST: Final = _("Your account needs a second step at sign-in. Set it up once, then go on.")


class IdleTimeout:
    """Signs a person out who did nothing for ``settings.STAFF_IDLE_MINUTES``, and says why.

    What was typed into a form that comes too late is kept for that person and offered after signing in. Where nobody
    is signed in at all any more, nobody knows for whom to keep it: the page shows it for copying.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return _or_what_was_typed(request, self.get_response(request))
        now = int(time.time())
        seen = request.session.get(LAST_SEEN, now)
        if now - seen > settings.STAFF_IDLE_MINUTES * 60:
            # A script that asks something while the person types must not sign out before the form is sent.
            return _sign_out(request) if typed.is_page(request) else HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        is_first = LAST_SEEN not in request.session
        if is_first or (now - seen >= LAST_SEEN_SECONDS and _was_done_by_a_person(request)):
            request.session[LAST_SEEN] = now
        return self.get_response(request)


class StaffMFARequired:
    """Sends a person without a second factor to set one up, where ``settings.STAFF_MFA_REQUIRED`` is on."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        """Runs once the address is resolved, because the pages of the set-up itself must open."""
        if not policies.needs_second_factor(request.user) or _has_second_factor(request):
            return None
        match = request.resolver_match
        if match is not None and (match.url_name or "").startswith(WITHOUT_SECOND_FACTOR):
            return None
        messages.info(request, SET_UP_FIRST)
        return redirect("mfa_activate_totp")


def _has_second_factor(request: HttpRequest) -> bool:
    """Remembered in the session: the factor is only taken away together with every session of the account."""
    if not request.session.get(HAS_SECOND_FACTOR):
        if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return False
        request.session[HAS_SECOND_FACTOR] = True
    return True


def _was_done_by_a_person(request: HttpRequest) -> bool:
    """A page was opened or something was sent; what a page asks for by itself goes on when nobody is there."""
    return request.method == "POST" or typed.is_page(request)


def _or_what_was_typed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, unless it sends a form's sender to sign in: then what was typed stays on the page."""
    asks_to_sign_in = (reverse("account_login"), reverse("admin:login"))
    if response.headers.get("Location", "").partition("?")[0] not in asks_to_sign_in:
        return response
    form = typed.worth_keeping(request)
    return _to_be_copied(request, form) if form else response


@never_cache
def _to_be_copied(request: HttpRequest, form: TypedForm) -> HttpResponse:
    return render(request, "signed_out.html", {"form_sent": form}, status=HTTPStatus.FORBIDDEN)


def _sign_out(request: HttpRequest) -> HttpResponse:
    person, form, back = str(request.user.pk), typed.worth_keeping(request), _page_to_return_to(request)
    logout(request)
    minutes = settings.STAFF_IDLE_MINUTES
    messages.info(
        request,
        ngettext(
            "You were signed out because nothing was done for %(minutes)s minute. Sign in to go on.",
            "You were signed out because nothing was done for %(minutes)s minutes. Sign in to go on.",
            minutes,
        )
        % {"minutes": minutes},
    )
    if form is not None:
        typed.keep(request.session, person, form)
        messages.info(request, KEPT)
        back = reverse("account_unsent")
    query = f"?{urlencode({REDIRECT_FIELD_NAME: back})}" if back else ""
    return HttpResponseRedirect(reverse("account_login") + query)


def _page_to_return_to(request: HttpRequest) -> str:
    """This page, or for a form that was sent the page it stood on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
