"""The call centre's pages: enter an application for somebody, read the number aloud, print the receipt."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import segno
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.current import signed_in
from common.errors import DomainError, InvalidInput, http_status
from common.numbers import spoken_groups
from common.phones import parse_phone
from departments import legal_texts
from departments.models import LegalText
from requests_app import policies, presentation
from requests_app.actors import Actor
from requests_app.forms.entry import EntryForm, QuestionsForm, notice
from requests_app.models import ServiceRequest
from requests_app.services import drafts, intake
from requests_app.views.shown import shown_contact
from requests_app.workflow import Verb

MOST_EARLIER = 8
# The session remembers the keys of the last applications entered, so that their receipts can show the link.
SESSION_KEY, MOST_KEYS = "entered", 20
LAST_CHANNEL = "entry_channel"
_SAID_ABOUT = ("department", "applicant", "authority", "merged_into")
_ALREADY_ENTERED = _(
    "This form was entered before, as %(number)s, and said something else then. Is this another application? Then "
    "press the button again. Does it correct that one? Then open %(number)s and write a note."
)


class EntryPages(admin.ModelAdmin):  # type: ignore[type-arg]
    """Adds the entry pages to the list of requests. They need ``requests_app.enter``."""

    def entry_urls(self) -> list[URLPattern]:
        """The addresses of the pages."""
        pages: dict[str, tuple[str, Any]] = {
            "entry": ("entry/", require_http_methods(["GET", "HEAD", "POST"])(self.entry_view)),
            "lookup": ("entry/lookup/", require_POST(self.lookup_view)),
            "questions": ("entry/questions/", require_POST(self.questions_view)),
            "entered": ("entry/<int:pk>/", require_safe(self.entered_view)),
            "receipt": ("entry/<int:pk>/receipt/", require_safe(self.receipt_view)),
        }
        return [
            path(
                route,
                self.admin_site.admin_view(never_cache(_for_agents(view))),
                name=f"requests_app_servicerequest_{name}",
            )
            for name, (route, view) in pages.items()
        ]

    # --- Views -----------------------------------------------------------------------------------

    def entry_view(self, request: HttpRequest) -> HttpResponse:
        """The form. Looking up and entering go to the same address, so that nothing typed is lost."""
        if request.method != "POST":
            return self._form_page(request, EntryForm(initial={"channel": request.session.get(LAST_CHANNEL)}))
        if "lookup" in request.POST:
            return self._form_page(request, EntryForm(initial=_typed_so_far(request)), questions=_questions(request))
        form = EntryForm(request.POST, known=_earlier(request, request.POST.get("phone", ""))["known"])
        questions = QuestionsForm(request.POST.get("category", ""), request.POST)
        if not (form.is_valid() & questions.is_valid()):
            return self._form_page(request, form, questions=questions, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return self._enter(request, form, questions)

    def lookup_view(self, request: HttpRequest) -> HttpResponse:
        """The earlier applications of a phone, as a piece of the page."""
        return render(
            request, "admin/requests_app/entry_earlier.html", _earlier(request, request.POST.get("phone", ""))
        )

    def questions_view(self, request: HttpRequest) -> HttpResponse:
        """The questions of a category with what was answered already, as a piece of the page."""
        return render(request, "admin/requests_app/entry_questions.html", {"questions": _questions(request)})

    def entered_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The number to read aloud and what to tell the person."""
        found = _found(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("The application was entered"),
            "opts": self.opts,
            "found": found,
            "groups": spoken_groups(found.number),
        }
        return render(request, "admin/requests_app/entered.html", context)

    def receipt_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The receipt on paper: date, number and subject (Circular 2004/12), with the link while it is known."""
        found = _found(request, pk)
        key = request.session.get(SESSION_KEY, {}).get(str(pk))
        link = _tracking_link(key) if key else ""
        qr = segno.make(link).svg_data_uri(scale=4) if link else ""
        context = {"found": found, "place": presentation.place_of(found), "link": link, "qr": qr}
        return render(request, "admin/requests_app/entry_receipt.html", context)

    # --- Entering --------------------------------------------------------------------------------

    def _enter(self, request: HttpRequest, form: EntryForm, questions: QuestionsForm) -> HttpResponse:
        key, application = _submission_key(form.cleaned_data["key"]), form.application(questions.answers())
        try:
            entered = intake.submit(
                application=application,
                submission_key=key,
                secret=drafts.tracking_secret(key),
                actor=Actor.staff(signed_in(request)),
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
            return self._form_page(request, form, questions=questions, status=http_status(error))
        if not intake.says_the_same(entered, application):
            form.add_error(None, _ALREADY_ENTERED % {"number": entered.number})
            form.start_anew()
            return self._form_page(request, form, questions=questions, status=409)
        _remember(request, entered, key)
        request.session[LAST_CHANNEL] = entered.channel
        return HttpResponseRedirect(reverse("admin:requests_app_servicerequest_entered", args=[entered.pk]))

    def _form_page(
        self, request: HttpRequest, form: EntryForm, *, questions: QuestionsForm | None = None, status: int = 200
    ) -> HttpResponse:
        text = notice()
        if form.is_bound:
            form.focus_on_first_error()
        context = {
            **self.admin_site.each_context(request),
            "title": _("New application"),
            "opts": self.opts,
            "form": form,
            "questions": questions or QuestionsForm(""),
            "notice": text,
            "notice_blocks": legal_texts.blocks(text) if text else [],
            **_earlier(request, str(form["phone"].value() or "")),
        }
        return render(request, "admin/requests_app/entry.html", context, status=status)


def _for_agents(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("requests_app.enter"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _found(request: HttpRequest, pk: int) -> ServiceRequest:
    visible = ServiceRequest.objects.visible_to(signed_in(request)).filter(entered_by__isnull=False)
    found = visible.select_related("applicant", "category").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _questions(request: HttpRequest) -> QuestionsForm:
    """The questions of the category that is chosen now, with the answers as they were typed, not judged yet."""
    return QuestionsForm(request.POST.get("category", ""), initial=request.POST.dict())


def _earlier(request: HttpRequest, phone: str) -> dict[str, Any]:
    """What is known about a phone: its applications, what to say about each, and who applied last.

    Names stay masked here: enough to recognise who calls (docs/decisions/0010-callers-stay-masked.md).
    """
    try:
        stored = parse_phone(phone)
    except InvalidInput:
        return {"earlier": [], "known": None, "looked_up": False}
    found = ServiceRequest.objects.visible_to(signed_in(request)).of_phone(stored).select_related(*_SAID_ABOUT)
    earlier = list(found.defer("search_text")[:MOST_EARLIER])
    known = next((row.applicant for row in earlier if row.applicant and row.applicant.name), None)
    return {
        "earlier": [(row, presentation.public_status(row)) for row in earlier],
        "known": known,
        "known_name": getattr(shown_contact(known, whole=False), "name", ""),
        "looked_up": True,
        "may_note": bool(earlier) and policies.can(Actor.staff(signed_in(request)), Verb.ADD_NOTE, earlier[0]),
    }


def _typed_so_far(request: HttpRequest) -> dict[str, str]:
    """Everything as it was; only a notice that has changed meanwhile was not read aloud yet."""
    typed: dict[str, str] = request.POST.dict()
    if not legal_texts.is_current(LegalText.Kind.DISCLOSURE, typed.get("disclosure_version", "")):
        typed.pop("disclosure", None)
    return typed


def _submission_key(key: Any) -> str:
    return f"entry:{key}"


def _tracking_link(key: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('portal:track_link', args=[drafts.tracking_secret(key)])}"


def _remember(request: HttpRequest, entered: ServiceRequest, key: str) -> None:
    kept = {**request.session.get(SESSION_KEY, {}), str(entered.pk): key}
    request.session[SESSION_KEY] = dict(list(kept.items())[-MOST_KEYS:])
