"""The steps of an application. Every button keeps what was typed first and looks for mistakes afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.errors import Busy, InvalidInput, http_status
from departments.places import neighbourhoods_geojson
from requests_app.forms.application import FORMS, steps_of
from requests_app.forms.apply import StepForm, Typed, chosen_category, shortened
from requests_app.services import drafts
from requests_app.services.attachments import PER_APPLICATION
from requests_app.views import throttle
from requests_app.views.again import ERRORS, in_language, with_errors
from requests_app.views.apply_draft import Held, begun, held_by, keep
from requests_app.views.shown import shown_files

FIRST: Final = "what"
CHECK: Final = "check"
LOST: Final = _(
    "What you wrote before is no longer here. We keep it for a week, and your browser must accept cookies. "
    "Please write again what happened."
)
WAIT: Final = _(
    "There were too many applications from your connection in a short time. Nothing you wrote is lost: wait a "
    "little and press the button again."
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a step is shown."""

    number: int
    name: Promise
    template: str


STEPS: Final[Mapping[str, Shape]] = {
    "what": Shape(1, _("What happened?"), "portal/what.html"),
    "details": Shape(1, _("A question or two"), "portal/details.html"),
    "where": Shape(2, _("Where?"), "portal/where.html"),
    "you": Shape(3, _("You"), "portal/you.html"),
}


def to_step(step: str, *, part: str = "", **query: str) -> HttpResponseRedirect:
    """Go to a step or to the last look; ``part`` is the id of a place on that page."""
    address = reverse("portal:apply_step", args=[step])
    given = urlencode({name: value for name, value in query.items() if value})
    return HttpResponseRedirect(f"{address}{'?' if given else ''}{given}{'#' if part else ''}{part}")


def begin_again(request: HttpRequest) -> HttpResponse:
    """The draft is gone: say so where it begins."""
    messages.warning(request, LOST)
    return to_step(FIRST)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, step: str) -> HttpResponse:
    """One step: shows what is known so far, takes what is typed."""
    held = held_by(request)
    if held and held.is_sent:
        return redirect("portal:receipt")
    if request.method == "POST":
        return _take(request, step, held)
    if held is None and step != FIRST:
        return begin_again(request)
    return _show(request, step, held, _form_to_fill(request, step, held.draft.data if held else {}))


# --- Taking what was typed -----------------------------------------------------------------------


def _take(request: HttpRequest, step: str, held: Held | None) -> HttpResponse:
    if held is None:
        if not throttle.allows_address(throttle.START, request):
            form = _sent_form(request, step, {})
            return _show(request, step, None, form, refused=WAIT, status=HTTPStatus.TOO_MANY_REQUESTS)
        held = begun()
    typed = FORMS[step](so_far=held.draft.data).typed(request.POST, held.draft.data.get(step, {}))
    try:
        _keep(step, held, typed)
        refused_files = _take_files(request, held)
    except (Busy, drafts.DraftGone) as error:
        form = _sent_form(request, step, held.draft.data)
        return keep(_show(request, step, held, form, refused=error.message, status=http_status(error)), held)
    return keep(_answer(request, step, held, typed, refused_files), held)


def _keep(step: str, held: Held, typed: Typed) -> None:
    held.draft = drafts.save_step(draft_id=held.draft.pk, step=step, data=shortened(typed))


def _take_files(request: HttpRequest, held: Held) -> list[Any]:
    """Add each file by itself, so that one bad file does not cost the good ones; returns why others are refused."""
    refused: list[Any] = []
    for file in request.FILES.getlist("files"):
        try:
            held.draft = drafts.save_step(
                draft_id=held.draft.pk, step=FIRST, data=held.draft.data.get(FIRST, {}), files=[file]
            )
        except InvalidInput as error:
            refused.append(error.message)
    return list(dict.fromkeys(refused))


def _answer(request: HttpRequest, step: str, held: Held, typed: Typed, refused_files: list[Any]) -> HttpResponse:
    if "back" in request.POST:
        return to_step(_before(step, held))
    if "language" in request.POST and not refused_files:
        return in_language(request)
    if "remove" in request.POST:
        _remove_file(held, request.POST["remove"])
    if "remove" in request.POST or ("attach" in request.POST and not refused_files):
        return to_step(step, part="files", to=_goal(request))
    form = _sent_form(request, step, held.draft.data)
    for message in refused_files:
        form.add_error("files", message)
    return _next(request, step, held) if form.is_valid() else _refuse(request, step, held, form, typed)


def _refuse(request: HttpRequest, step: str, held: Held, form: StepForm, typed: Typed) -> HttpResponse:
    """The step with what is wrong, and the address under which the draft shows the same page."""
    stored = FORMS[step](held.draft.data[step], so_far=held.draft.data)
    # Files and signs that were refused are not in the draft: its page would not mention them.
    again = {"shown_again": with_errors(request), "again_is_whole": stored.errors == form.errors}
    # Shown again as it can be stored: without the signs that were refused.
    form.data = {**typed, **form.taken_back}
    return _show(request, step, held, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, **again)


def _remove_file(held: Held, pk: str) -> None:
    if pk.isascii() and pk.isdigit() and len(pk) < 19:
        drafts.remove_file(draft_id=held.draft.pk, attachment_id=int(pk))


def _sent_form(request: HttpRequest, step: str, data: Mapping[str, Typed]) -> StepForm:
    return FORMS[step](request.POST, request.FILES, so_far=data)


# --- Which step comes when -----------------------------------------------------------------------


def _next(request: HttpRequest, step: str, held: Held) -> HttpResponse:
    data = held.draft.data
    if FIRST not in data:
        return begin_again(request)
    steps = steps_of(data)
    following = steps[steps.index(step) + 1] if step in steps[:-1] else CHECK
    # Who came from the last look goes back to it, unless the new subject asks something.
    if _goal(request) and following != "details":
        return to_step(CHECK)
    return to_step(following, to=_goal(request))


def _before(step: str, held: Held) -> str:
    steps = steps_of(held.draft.data)
    return steps[max(0, steps.index(step) - 1)] if step in steps else FIRST


def _goal(request: HttpRequest) -> str:
    return CHECK if request.GET.get("to") == CHECK else ""


# --- Showing -------------------------------------------------------------------------------------


def _form_to_fill(request: HttpRequest, step: str, data: Mapping[str, Typed]) -> StepForm:
    """What is known so far; with its mistakes only where the last look sent somebody back."""
    typed = data.get(step, {})
    if typed and ERRORS in request.GET:
        return FORMS[step](typed, so_far=data)
    return FORMS[step](initial={name: value for name, value in typed.items() if value != ""}, so_far=data)


def _show(
    request: HttpRequest, step: str, held: Held | None, form: StepForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    shape = STEPS[step]
    context = {
        "form": form,
        "step": shape.number,
        "step_name": shape.name,
        "is_first": step == FIRST,
        **(_MORE[step](held) if step in _MORE else {}),
        **more,
    }
    return render(request, shape.template, context, status=status)


def _about_what(held: Held | None) -> dict[str, Any]:
    files = shown_files(held.draft.attachments.all()) if held else []
    return {"files": files, "room_for_files": PER_APPLICATION - len(files)}


def _about_details(held: Held | None) -> dict[str, Any]:
    return {"category": chosen_category(held.draft.data) if held else None}


def _about_where(held: Held | None) -> dict[str, Any]:
    has_boundaries = bool(neighbourhoods_geojson()["features"])
    return {
        "has_map": has_boundaries or bool(settings.MAP_TILE_URL),
        "has_boundaries": has_boundaries,
        "tile_url": settings.MAP_TILE_URL,
        "tile_attribution": settings.MAP_TILE_ATTRIBUTION,
    }


_MORE: Final = {"what": _about_what, "details": _about_details, "where": _about_where}
