"""Finding one's request: by its link, or by number, phone and a code."""

from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.addresses import client_address
from common.errors import InvalidInput
from common.phones import mask
from common.visitors import visitor
from requests_app import grants
from requests_app.forms.track import CodeForm, FindForm
from requests_app.services import access, drafts
from requests_app.views.apply_draft import held_by, let_go

FORGOTTEN: Final = _(
    "This device no longer knows your application. To see it again, open its link or have a code sent to your phone."
)
# Number and phone between asking for a code and entering it.
LOOKED_FOR: Final = "request_looked_for"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and phone, and send a code if they belong together."""
    if request.method != "POST":
        return _show_find(request, FindForm(initial={"number": request.GET.get("number", "")[:16]}))
    form = FindForm(request.POST)
    if not form.is_valid():
        return _show_find(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    wanted = form.cleaned_data
    try:
        _send_code(request, wanted)
    except InvalidInput as error:
        form.add_error("phone", str(error.message))
        return _show_find(request, form, HTTPStatus.TOO_MANY_REQUESTS)
    request.session[LOOKED_FOR] = wanted
    return redirect("portal:track_code")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track_code(request: HttpRequest) -> HttpResponse:
    """Take the code, or send a new one."""
    wanted = request.session.get(LOOKED_FOR)
    if not wanted:
        return redirect("portal:track")
    if request.method != "POST":
        return _show_code(request, wanted, CodeForm())
    if "again" in request.POST:
        return _send_again(request, wanted)
    form = CodeForm(request.POST)
    number = _recovered(request, form, wanted) if form.is_valid() else None
    if number is None:
        return _show_code(request, wanted, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    del request.session[LOOKED_FOR]
    grants.grant(request.session, number, grants.Level.PHONE)
    return redirect("portal:request", number=number)


@never_cache
@require_safe
def track_link(request: HttpRequest, secret: str) -> HttpResponse:
    """The link from the receipt: whoever has it sees the request, not the contact details."""
    found = access.by_secret(secret)
    if found is None:
        return render(request, "portal/track_unknown.html", status=404)
    grants.grant(request.session, found.number, grants.Level.LINK)
    return redirect("portal:request", number=found.number)


@never_cache
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Leave nothing on a device that others use: what was proved, the receipt, an application that was begun."""
    held = held_by(request)
    if held:
        drafts.discard(draft_id=held.draft.pk)
    request.session.pop(LOOKED_FOR, None)
    grants.forget(request.session)
    messages.success(request, FORGOTTEN)
    response = let_go(redirect("portal:home"))
    # Back must not show the page of before.
    response["Clear-Site-Data"] = '"cache"'
    return response


def _send_code(request: HttpRequest, wanted: dict[str, str]) -> None:
    """The caps on codes are the service's; what it does looks the same whether number and phone match or not."""
    access.send_recovery_code(
        number=wanted["number"],
        phone=wanted["phone"],
        asker=visitor(request.session),
        language=get_language() or "tr",
        remote_address=client_address(request),
    )


def _send_again(request: HttpRequest, wanted: dict[str, str]) -> HttpResponse:
    try:
        _send_code(request, wanted)
    except InvalidInput as error:
        return _show_code(request, wanted, CodeForm(), HTTPStatus.TOO_MANY_REQUESTS, refused=error.message)
    return redirect(f"{reverse('portal:track_code')}?again=1")


def _recovered(request: HttpRequest, form: CodeForm, wanted: dict[str, str]) -> str | None:
    """The number, if the code is right."""
    try:
        asker = visitor(request.session)
        return access.recover(**wanted, asker=asker, code=form.cleaned_data["code"]).number
    except InvalidInput as error:
        form.add_error("code", str(error.message))
        return None


def _show_find(request: HttpRequest, form: FindForm, status: int = 200) -> HttpResponse:
    return render(request, "portal/track.html", {"form": form}, status=status)


def _show_code(
    request: HttpRequest, wanted: dict[str, str], form: CodeForm, status: int = 200, *, refused: Any = ""
) -> HttpResponse:
    context = {
        "form": form,
        "phone": mask(wanted["phone"]),
        "was_sent_again": "again" in request.GET,
        "refused": refused,
    }
    return render(request, "portal/track_code.html", context, status=status)
