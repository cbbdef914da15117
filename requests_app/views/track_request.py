"""One's own request: how it stands, the answer, what happened, and what one can do."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common import typed
from common.addresses import client_address
from common.errors import DomainError, http_status
from common.visitors import visitor
from requests_app import grants, policies
from requests_app.actors import Actor
from requests_app.forms.track import CodeForm, RateForm, ReopenForm, ReplyForm, WordsForm
from requests_app.models import ServiceRequest
from requests_app.services import access, applicant, conversation, triage
from requests_app.views import again, throttle
from requests_app.views.track_page import can_confirm_phone, page_of
from requests_app.workflow import Verb

TOO_MANY_WORDS: Final = _(
    "There were too many messages from your connection in a short time. What you wrote is still here: wait a "
    "little and press the button again."
)

KEPT: Final = _(
    "What you wrote is not lost. It is in its form again once you have shown that the application is yours."
)
NOT_KEPT: Final = _(
    "There were too many messages from your connection in a short time. What you wrote was neither sent nor kept: copy "
    "it from here, and send it once you have shown that the application is yours."
)
# The forms in which one writes, each with what says on its page that it can be sent now.
OFFERED: Final = {"add": ("can_add", "reply_form"), "reopen": ("can_reopen",), "rate": ("rate_form",)}
FORM_ID: Final = "action-form"
# What is decided about the whole application.
NEED_PHONE: Final = frozenset({"withdraw", "restore"})

GrantedView = Callable[[HttpRequest, ServiceRequest], HttpResponse]
View = Callable[..., HttpResponse]


def granted(view: GrantedView) -> View:
    """Only for who proved that the request is theirs; everybody else is asked to, whether it exists or not."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, number: str) -> HttpResponse:
        found = _own(request, number)
        if found is None:
            return _prove_first(request, number)
        response = view(request, found)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


def _prove_first(request: HttpRequest, number: str) -> HttpResponse:
    """To where one proves it; what was typed meanwhile waits in its form for who does.

    Who has proved nothing can leave only so much with us, whatever the number: the rest stays on the page.
    """
    address = request.resolver_match.url_name if request.resolver_match else ""
    name = (address or "").removeprefix("request_")
    form = typed.worth_keeping(request) if name in OFFERED else None
    if form is not None:
        if not throttle.allows_address(throttle.WORDS, request):
            shown = {"message": NOT_KEPT, "form_sent": form}
            return render(request, "429.html", shown, status=HTTPStatus.TOO_MANY_REQUESTS)
        again.keep(request, number, name)
        messages.info(request, KEPT)
    return redirect(f"{reverse('portal:track')}?{urlencode({'number': number})}")


def _own(request: HttpRequest, number: str) -> ServiceRequest | None:
    if grants.level_of(request.session, number) is None:
        return None
    related = ("applicant", "category", "department", "authority", "neighbourhood", "merged_into")
    return ServiceRequest.objects.select_related(*related).filter(number=number).first()


@require_http_methods(["GET", "HEAD", "POST"])
@granted
def show(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    """The tracking page. Only the button for the other language sends its form here."""
    page = page_of(found, level=_level(request, found))
    if request.method == "POST":
        return _in_language(request, found, "add" if page["reply_form"] else "rate")
    page["reply_form"] = page["reply_form"] and again.to_fill(request, found.number, "add", ReplyForm)
    page["rate_form"] = page["rate_form"] and again.to_fill(request, found.number, "rate", RateForm)
    page["step_form"] = FORM_ID if page["reply_form"] or page["rate_form"] else ""
    return render(request, "portal/request.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@granted
def add(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    """Reply to our question, or add something unasked."""
    asked = Verb.REPLY in policies.verbs_for(Actor.applicant(found.pk), found)
    form_class = ReplyForm if asked else WordsForm
    if request.method != "POST" or "language" in request.POST:
        return _form_to_fill(request, found, "add", form_class)
    form = form_class(request.POST, request.FILES)
    say = conversation.reply if asked else conversation.add_information
    thanks = _("Thank you. Your answer was passed on.") if asked else _("Thank you. We have added it.")
    return _act(request, found, "add", form, say, thanks)


@require_http_methods(["GET", "HEAD", "POST"])
@granted
def withdraw(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    """Ask once more, then withdraw."""
    return _decide(request, found, "withdraw", applicant.withdraw, _("You have withdrawn your application."))


@require_http_methods(["GET", "HEAD", "POST"])
@granted
def restore(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    """Go on with what was withdrawn."""
    return _decide(request, found, "restore", triage.restore, _("Your application continues. We are looking at it."))


@require_http_methods(["GET", "HEAD", "POST"])
@granted
def reopen(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    """Not solved: say why, and it goes back to the department."""
    if request.method != "POST" or "language" in request.POST:
        return _form_to_fill(request, found, "reopen", ReopenForm)
    done = _("Your application was reopened. We are looking at it again.")
    return _act(request, found, "reopen", ReopenForm(request.POST), applicant.reopen, done)


@require_http_methods(["GET", "HEAD", "POST"])
@granted
def rate(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    """Was it solved, and how good was it."""
    if request.method != "POST" or "language" in request.POST:
        return _form_to_fill(request, found, "rate", RateForm)
    return _act(request, found, "rate", RateForm(request.POST), _rate, _("Thank you for telling us."))


@require_http_methods(["GET", "HEAD", "POST"])
@granted
def contact(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    """Show one's contact details after a code was sent to the phone in them."""
    if _level(request, found) == grants.Level.PHONE:
        return redirect(_goal(request), number=found.number)
    if request.method != "POST":
        return _form_page(request, found, "contact", CodeForm() if "sent" in request.GET else None)
    if "send" in request.POST:
        return _send_contact_code(request, found)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            asker = visitor(request.session)
            access.confirm_contact(request=found, asker=asker, code=form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", str(error.message))
    if form.errors:
        return _form_page(request, found, "contact", form, HTTPStatus.UNPROCESSABLE_ENTITY)
    grants.grant(request.session, found.number, grants.Level.PHONE)
    messages.success(request, _("Your phone is confirmed. Your details are shown for an hour."))
    return redirect(_goal(request), number=found.number)


@require_POST
@granted
def announcements(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    """No announcements any more, from now on; for whoever confirmed the phone a moment ago."""
    if _level(request, found) != grants.Level.PHONE:
        return redirect("portal:request_contact", number=found.number)
    access.withdraw_announcements(request=found)
    messages.success(request, _("You get no more announcements from us."))
    return redirect("portal:request", number=found.number)


def _send_contact_code(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    try:
        access.send_contact_code(
            request=found,
            asker=visitor(request.session),
            language=get_language() or "tr",
            remote_address=client_address(request),
        )
    except DomainError as error:
        return _form_page(request, found, "contact", None, http_status(error), refused=error.message)
    return _to_contact(found, sent="again" if "again" in request.POST else "1", then=request.GET.get("then", ""))


def _to_contact(found: ServiceRequest, **query: str) -> HttpResponse:
    given = urlencode({name: value for name, value in query.items() if value})
    return redirect(f"{reverse('portal:request_contact', args=[found.number])}?{given}")


def _goal(request: HttpRequest) -> str:
    """The page that wanted the phone confirmed."""
    wanted = request.GET.get("then")
    return f"portal:request_{wanted}" if wanted in NEED_PHONE else "portal:request"


def _decide(
    request: HttpRequest, found: ServiceRequest, name: str, service: Callable[..., Any], done: Any
) -> HttpResponse:
    """Say what will happen, then do it; only for who confirmed the phone, if there is one: links are passed on."""
    if request.method != "POST":
        return _form_page(request, found, name, None)
    if can_confirm_phone(found, _level(request, found)):
        return _to_contact(found, then=name)
    return _act(request, found, name, None, service, done)


def _act(
    request: HttpRequest, found: ServiceRequest, name: str, form: Any, service: Callable[..., Any], done: Any
) -> HttpResponse:
    """Check the form, call the service and go back to the request; or say beside the field what is wrong."""
    if form is not None and not throttle.allows_address(throttle.WORDS, request):
        return _form_page(request, found, name, form, HTTPStatus.TOO_MANY_REQUESTS, refused=TOO_MANY_WORDS)
    if form is not None and not form.is_valid():
        return _form_page(request, found, name, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        service(request_id=found.pk, actor=Actor.applicant(found.pk), **(form.cleaned_data if form else {}))
    except DomainError as error:
        return _refused(request, found, name, form, error)
    typed.forget(request.session)
    messages.success(request, done)
    return redirect("portal:request", number=found.number)


def _refused(request: HttpRequest, found: ServiceRequest, name: str, form: Any, error: DomainError) -> HttpResponse:
    if form is None:
        return _form_page(request, found, name, None, http_status(error), refused=error.message)
    form.add_error(error.field if error.field in form.fields else None, str(error.message))
    return _form_page(request, found, name, form, http_status(error))


def _rate(*, solved: str, **rest: Any) -> None:
    applicant.rate(solved=solved == "yes", score=int(rest.pop("score")), **rest)


def _form_to_fill(request: HttpRequest, found: ServiceRequest, name: str, form: type[forms.Form]) -> HttpResponse:
    """The page of a form, or of what was typed into it in the other language."""
    if request.method == "POST":
        return _in_language(request, found, name)
    return _form_page(request, found, name, again.to_fill(request, found.number, name, form))


def _in_language(request: HttpRequest, found: ServiceRequest, name: str) -> HttpResponse:
    again.keep(request, found.number, name)
    return again.in_language(request)


def _form_page(
    request: HttpRequest, found: ServiceRequest, name: str, form: Any, status: int = 200, *, refused: Any = ""
) -> HttpResponse:
    """The page of an action. What was typed and refused is kept, so that Back and another language show it again."""
    page = page_of(found, level=_level(request, found))
    shown = {"form": form, "refused": refused, **_shown_again(request, found, name, form)}
    if form and (form.errors or any(page[key] for key in OFFERED.get(name, ()))):
        shown["step_form"] = FORM_ID
    return render(request, f"portal/request_{name}.html", {**page, **shown}, status=status)


def _shown_again(request: HttpRequest, found: ServiceRequest, name: str, form: Any) -> dict[str, Any]:
    """Under which address the refused form shows the same."""
    if request.method != "POST" or name not in OFFERED:
        return {}
    kept = type(form)(again.keep(request, found.number, name).data)
    # A refusal by the service is not a mistake in the form: its page would not mention it.
    return {"shown_again": again.with_errors(request), "again_is_whole": kept.errors == form.errors}


def _level(request: HttpRequest, found: ServiceRequest) -> grants.Level | None:
    return grants.level_of(request.session, found.number)
