"""One request at the desk: its page, and everything a department does with it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.errors import DomainError, InvalidInput, StaleVersion, TransitionRefused, http_status
from requests_app.forms.desk import AnswerForm, RevealForm, VersionForm
from requests_app.models import ServiceRequest
from requests_app.services import contacts
from requests_app.views.desk_access import Desk, desk_view, queue_url
from requests_app.views.desk_actions import ACTIONS, Action, was_done_already
from requests_app.views.desk_page import Context, Refusal, context_of, sms_of
from requests_app.workflow import Verb

# Somebody else was quicker: what was typed is shown again beside the fresh state.
CONFLICTS = (StaleVersion, TransitionRefused)


@require_safe
@desk_view
def show(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The page of a request at one of the person's departments."""
    return _page(request, context_of(desk, _found(desk, number)))


@require_POST
@desk_view
def act(request: HttpRequest, desk: Desk, number: str, verb: str) -> HttpResponse:
    """Do one verb. Refused, the page comes back with the reason and with everything that was typed."""
    action = ACTIONS.get(verb)
    if action is None:
        raise Http404
    form = action.form(request.POST, request.FILES, auto_id=f"{action.form_name}_%s")
    if not form.is_valid():
        return _refused(request, desk, number, action.form_name, form)
    if was_done_already(number, action, form, desk.actor):
        return _after(request, number, action)
    return _try(request, desk, number, action, form)


@never_cache
@require_POST
@desk_view
def reveal(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Show the applicant's contact details once, and keep who asked and why."""
    found = _found(desk, number)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        return _refused(request, desk, number, "reveal", form)
    try:
        applicant = contacts.reveal(request_id=found.pk, reason=form.cleaned_data["reason"], user=desk.user)
    except DomainError as error:
        return _refused(request, desk, number, "reveal", form, error)
    context = context_of(desk, found, revealed=applicant)
    context["shown_again"] = reverse("desk:request", args=[number])
    return _page(request, context)


@require_POST
@desk_view
def sms_preview(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The SMS that the answer being written would send, for the bubble beside the form."""
    form = AnswerForm(request.POST)
    form.is_valid()  # an unfinished form still names its outcome
    chosen = form.cleaned_data
    outcome, promised_on, authority = chosen.get("outcome", ""), chosen.get("promised_on"), chosen.get("authority")
    preview = sms_of(_found(desk, number), outcome, promised_on, authority)
    if preview is None:
        return JsonResponse({"text": "", "segments": 0, "characters": 0})
    return JsonResponse({"text": preview.text, "segments": preview.segments, "characters": preview.characters})


def _try(request: HttpRequest, desk: Desk, number: str, action: Action, form: Any) -> HttpResponse:
    found = desk.find(number)
    if found is None:
        return _gone(request, form)
    try:
        action.run(found.pk, desk.actor, form)
    except ServiceRequest.DoesNotExist:
        return _gone(request, form)
    except CONFLICTS as error:
        if was_done_already(number, action, form, desk.actor):
            return _after(request, number, action)
        return _refused(request, desk, number, action.form_name, form, error, fresh=True)
    except DomainError as error:
        kept = isinstance(error, InvalidInput) and _kept_as_draft(found, desk, action, form)
        return _refused(request, desk, number, action.form_name, form, error, fresh=kept)
    messages.success(request, str(action.done))
    return _after(request, number, action)


def _kept_as_draft(found: ServiceRequest, desk: Desk, action: Action, form: Any) -> bool:
    """A browser cannot send chosen files a second time, so an answer refused for something else keeps them."""
    if action.verb != Verb.SUBMIT_ANSWER or not form.proposal().files:
        return False
    try:
        ACTIONS[Verb.DRAFT_ANSWER].run(found.pk, desk.actor, form)
    except DomainError:
        return False  # the files themselves were refused
    return True


def _after(request: HttpRequest, number: str, action: Action) -> HttpResponse:
    return redirect(queue_url(request)) if action.to_queue else redirect("desk:request", number=number)


def _refused(
    request: HttpRequest,
    desk: Desk,
    number: str,
    name: str,
    form: Any,
    error: DomainError | None = None,
    *,
    fresh: bool = False,
) -> HttpResponse:
    """The page as it is now with ``form`` as it was sent; ``fresh`` lets its next sending count as seen."""
    found = desk.find(number)
    if found is None:
        return _gone(request, form)
    if error is not None:
        _tell(form, error)
    if fresh:
        form.data = {**form.data.dict(), "version": str(found.version)}
    files_lost = bool(request.FILES) and not (fresh and isinstance(error, InvalidInput))
    context = context_of(desk, found, refusal=Refusal(name, form, files_lost))
    context["shown_again"] = reverse("desk:request", args=[number])
    return _page(request, context, status=http_status(error) if error else HTTPStatus.UNPROCESSABLE_ENTITY)


def _tell(form: Any, error: DomainError) -> None:
    for each in (error, *getattr(error, "beside", ())):
        form.add_error(each.field if each.field in form.fields else None, str(each.message))


def _gone(request: HttpRequest, form: VersionForm) -> HttpResponse:
    """No such request at this desk. What was typed is handed back; the page says nothing else about the number."""
    context = {"typed": Refusal("", form).typed, "shown_again": queue_url(request)}
    return render(request, "desk/gone.html", context, status=404)


def _found(desk: Desk, number: str) -> ServiceRequest:
    found = desk.find(number)
    if found is None:
        raise Http404(_("There is no request with this number at your department."))
    return found


def _page(request: HttpRequest, context: Context, *, status: int = 200) -> HttpResponse:
    return render(request, "desk/request.html", {**context, "queue_url": queue_url(request)}, status=status)
