"""The citizens' pages about announcements: subscribe, change, leave. Each change is proved by a code to the phone."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.addresses import client_address
from common.errors import InvalidInput
from common.phones import mask
from common.visitors import visitor
from departments import legal_texts
from departments.models import LegalText
from notifications.services import consents, leaving, subscriptions
from notifications.subscription_forms import CodeForm, PhoneForm, PreferencesForm, SubscribeForm

# What was asked for, between sending a code and typing it; and the phone that was proved, for a while.
WANTED: Final = "announcements_wanted"
PROVED: Final = "announcements_phone"
PROVED_FOR: Final = timedelta(minutes=30)
FORM: Final = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@FORM
def subscribe(request: HttpRequest) -> HttpResponse:
    """What announcements are, and the form that asks for them."""
    text = legal_texts.current(LegalText.Kind.ANNOUNCEMENT_CONSENT, _language())
    if text is None:  # nobody can agree to a wording that does not exist
        return render(request, "notifications/subscribe.html")
    wording, *about = legal_texts.blocks(text)
    form = SubscribeForm(request.POST if request.method == "POST" else None, wording=wording.text)
    if form.is_bound and form.is_valid():
        wanted = {**form.preferences(), "phone": form.cleaned_data["phone"]}
        wanted |= {"text_version": f"{text.language}-{text.version}", "language": _language()}
        return _send(request, form, wanted, "notifications/subscribe.html", {"about": about})
    return _page(request, "notifications/subscribe.html", form, about=about)


@never_cache
@FORM
def code(request: HttpRequest) -> HttpResponse:
    """Take the code, or send a new one; then do what was asked for."""
    wanted = request.session.get(WANTED)
    if not wanted:
        return redirect("announcements:subscribe")
    context = {"phone": mask(wanted["phone"]), "was_sent_again": "again" in request.GET}
    if "again" in request.POST:
        return _send_again(request, wanted, context)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid() and _is_right(request, form, wanted)):
        return _page(request, "notifications/code.html", form, **context)
    _prove(request.session, wanted["phone"])
    if "text_version" in wanted:
        wish = {name: wanted[name] for name in ("topics", "neighbourhood_id", "text_version", "language")}
        subscriptions.subscribe(phone=wanted["phone"], wish=subscriptions.Wish(**wish))
        messages.success(request, _("You are subscribed. We will tell you by SMS."))
    return redirect("announcements:mine")


@never_cache
@FORM
def mine(request: HttpRequest) -> HttpResponse:
    """For whoever proved the phone: what it gets, to be changed or ended. For everybody else: the way to prove it."""
    phone = _proved(request.session)
    if phone is None:
        form = PhoneForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            return _send(request, form, dict(form.cleaned_data), "notifications/whose.html", {})
        return _page(request, "notifications/whose.html", form)
    if "leave" in request.POST:
        consents.withdraw(phone=phone, source=subscriptions.PORTAL)
        messages.success(request, _("You get no more announcements from us."))
        return redirect("announcements:mine")
    return _preferences(request, phone)


@never_cache
@FORM
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a message. Opening it changes nothing, because programs open links too; one press does."""
    phone = leaving.receiver_of(token)
    if phone is None:
        return render(request, "notifications/leave_unknown.html", status=HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        consents.withdraw(phone=phone, source=subscriptions.LINK)
    context = {"phone": mask(phone), "left": subscriptions.gets_nothing(phone)}
    return render(request, "notifications/leave.html", context)


def _preferences(request: HttpRequest, phone: str) -> HttpResponse:
    consent = consents.in_force(phone=phone)
    context = {"phone": mask(phone), "consent": consent, "gets_nothing": subscriptions.gets_nothing(phone)}
    if consent is None:
        return render(request, "notifications/mine.html", context)
    chosen = {"topics": consent.topics, "neighbourhood": consent.neighbourhood_id}
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=chosen)
    if form.is_bound and form.is_valid():
        consents.prefer(phone=phone, **form.preferences())
        messages.success(request, _("Your choice is saved."))
        return redirect("announcements:mine")
    return _page(request, "notifications/mine.html", form, **context)


def _send(
    request: HttpRequest, form: Any, wanted: dict[str, Any], template: str, context: dict[str, Any]
) -> HttpResponse:
    try:
        _send_code(request, wanted["phone"])
    except InvalidInput as refusal:
        form.add_error("phone", str(refusal.message))
        return render(request, template, {"form": form, **context}, status=HTTPStatus.TOO_MANY_REQUESTS)
    request.session[WANTED] = wanted
    return redirect("announcements:code")


def _send_again(request: HttpRequest, wanted: dict[str, Any], context: dict[str, Any]) -> HttpResponse:
    try:
        _send_code(request, wanted["phone"])
    except InvalidInput as refusal:
        context = {**context, "form": CodeForm(), "refused": refusal.message}
        return render(request, "notifications/code.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    return redirect(f"{reverse('announcements:code')}?again=1")


def _send_code(request: HttpRequest, phone: str) -> None:
    subscriptions.send_code(
        phone=phone,
        asker=visitor(request.session),
        language=_language(),
        remote_address=client_address(request),
    )


def _is_right(request: HttpRequest, form: CodeForm, wanted: dict[str, Any]) -> bool:
    try:
        subscriptions.confirm(phone=wanted["phone"], asker=visitor(request.session), code=form.cleaned_data["code"])
    except InvalidInput as refusal:
        form.add_error("code", str(refusal.message))
        return False
    return True


def _prove(session: SessionBase, phone: str) -> None:
    # A session handed to the visitor by somebody else must not receive the proof.
    session.cycle_key()
    session.pop(WANTED, None)
    session[PROVED] = {"phone": phone, "until": (timezone.now() + PROVED_FOR).timestamp()}


def _proved(session: SessionBase) -> str | None:
    proved = session.get(PROVED)
    return proved["phone"] if proved and proved["until"] > timezone.now().timestamp() else None


def _page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, {"form": form, **context}, status=status)


def _language() -> str:
    return get_language() or "tr"
