"""The page of one request in the administration, and the decisions taken on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache

from accounts.current import signed_in
from common.errors import DomainError, StaleVersion, TransitionRefused, http_status
from requests_app.actors import Actor
from requests_app.admin import presence, revealed
from requests_app.admin.decisions import DECISIONS, Decision, form_of, with_reply
from requests_app.admin.done import PARAMETER, take_done
from requests_app.admin.lists import RequestListAdmin
from requests_app.admin.page import SHOWN_WITH_IT, RequestPage
from requests_app.admin.second_look import CONFIRMED
from requests_app.forms.desk import RevealForm
from requests_app.models import ServiceRequest, StandardReply
from requests_app.services import contacts

FILTERS = "_changelist_filters"
# How far into a queue a page can tell its place.
MOST_IN_QUEUE = 1000
REVEAL = "reveal"


@dataclass(frozen=True)
class Place:
    """Where a request stands in its queue: ``ids`` in the order of the list."""

    ids: list[int]
    pk: int
    total: int

    @cached_property
    def index(self) -> int | None:
        """Counted from zero; None where it is not in the queue."""
        return self.ids.index(self.pk) if self.pk in self.ids else None

    @property
    def position(self) -> int | None:
        """Counted from one."""
        return None if self.index is None else self.index + 1

    @property
    def previous(self) -> int | None:
        """The request before it."""
        return self.ids[self.index - 1] if self.index else None

    @property
    def following(self) -> list[int]:
        """The others in the order in which they come up: those after it, then from the top again."""
        if self.index is None:
            return self.ids
        return self.ids[self.index + 1 :] + self.ids[: self.index]

    @property
    def next(self) -> int | None:
        """The request after it; the first one after the last."""
        return self.following[0] if self.following else None


class RequestPageAdmin(RequestListAdmin):
    """A list whose requests open on the page of one request."""

    # The template of the page, and whether its requests form a queue that is worked off.
    page_template = "admin/requests_app/request_page.html"
    is_queue = False

    def get_urls(self) -> list[URLPattern]:
        """The list, the page, and its decisions."""
        wrap, name = self.admin_site.admin_view, self.url_name
        return [
            *super().get_urls(),
            path("<int:object_id>/change/", wrap(self.change_view), name=name("change")),
            path("<int:object_id>/reveal/", wrap(never_cache(self.reveal_view)), name=name(REVEAL)),
            path("<int:object_id>/<slug:decision>/", wrap(self.decide_view), name=name("decide")),
        ]

    # --- Views -----------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: Any, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page; nothing is written here."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        found = self._found(request, object_id)
        done = take_done(request)
        if self.is_queue and not self.listed(ServiceRequest.objects.filter(pk=found.pk)).exists():
            return HttpResponseRedirect(self._everywhere(found.pk))
        return self._page(request, found, done=done)

    def decide_view(self, request: HttpRequest, object_id: int, decision: str) -> HttpResponse:
        """Do one thing. Refused, the page comes back with the reason and everything that was typed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        chosen = DECISIONS.get(decision)
        if chosen is None:
            raise Http404
        found = self._found(request, object_id)
        if "insert" in request.POST:
            return self._page(request, found, typed={decision: self._with_reply(request, decision)})
        form = form_of(decision, request.POST)
        if not form.is_valid():
            return self._page(request, found, typed={decision: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        if chosen.second_look and CONFIRMED not in request.POST:
            return self._second_look(request, found, decision, chosen.second_look, form)
        return self._run(request, found, decision, chosen, form)

    def reveal_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Record who wants to see the contact details and why; then show them for a while."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        found = self._found(request, object_id)
        form = RevealForm(request.POST, auto_id=f"{REVEAL}_%s")
        if not form.is_valid():
            return self._page(request, found, typed={REVEAL: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            contacts.reveal(request_id=found.pk, reason=form.cleaned_data["reason"], user=signed_in(request))
        except DomainError as error:
            _add_error(form, error)
            return self._page(request, found, typed={REVEAL: form}, status=http_status(error))
        revealed.remember(request.session, found.pk)
        return HttpResponseRedirect(self.page_url(request, found.pk))

    # --- Decisions -------------------------------------------------------------------------------

    def _run(
        self, request: HttpRequest, found: ServiceRequest, name: str, decision: Decision, form: Any
    ) -> HttpResponse:
        actor, place = Actor.staff(signed_in(request)), self._place(request, found.pk)
        try:
            decision.run(found.pk, actor, form)
        except ServiceRequest.DoesNotExist as error:
            raise Http404 from error
        except DomainError as error:
            conflict = isinstance(error, StaleVersion | TransitionRefused)
            if not (conflict and decision.was_just_done(found.pk, actor, form)):
                return self._refused(request, found.pk, name, form, error)
        presence.leave(found.pk, signed_in(request))
        return HttpResponseRedirect(self.after(request, found.pk, name, place))

    def _second_look(
        self, request: HttpRequest, found: ServiceRequest, name: str, look: Callable[..., Any], form: Any
    ) -> HttpResponse:
        """What would be done, before it is."""
        try:
            shown = look(found, Actor.staff(signed_in(request)), form)
        except DomainError as error:
            return self._refused(request, found.pk, name, form, error)
        context = {
            **self.admin_site.each_context(request),
            "title": shown.title,
            "opts": self.opts,
            "look": shown,
            "form": form,
            "decide_url_name": f"admin:{self.url_name('decide')}",
            "list_url": self._list_url(filters=request.GET.get(FILTERS, "")),
            "back_url": self.page_url(request, found.pk),
            "query": self._query(request),
        }
        return render(request, f"admin/requests_app/{name}_confirm.html", context)

    def _refused(self, request: HttpRequest, pk: int, name: str, form: Any, error: DomainError) -> HttpResponse:
        _add_error(form, error)
        fresh = self._found(request, pk)
        return self._page(request, fresh, typed={name: form}, status=http_status(error))

    def after(self, request: HttpRequest, pk: int, name: str, place: Place | None) -> str:
        """Where to go after the decision ``name``: to the next of the queue once this request has left it."""
        now = self._place(request, pk)
        if place is None or now is None:
            return self.page_url(request, pk, done=pk)
        if now.index is not None:
            return self.page_url(request, pk, done=pk)
        left = [other for other in place.following if other in set(now.ids)] or now.ids
        following = presence.first_free(left, signed_in(request))
        if following is None:
            return self._list_url(filters=request.GET.get(FILTERS, ""), done=pk)
        return self.page_url(request, following, done=pk)

    def _with_reply(self, request: HttpRequest, name: str) -> Any:
        chosen = request.POST.get("reply", "")
        reply = StandardReply.objects.in_use().filter(pk=chosen).first() if chosen.isdecimal() else None
        return form_of(name, initial=with_reply(name, request.POST, reply.body if reply else "").dict())

    # --- Showing ---------------------------------------------------------------------------------

    def _found(self, request: HttpRequest, object_id: int) -> ServiceRequest:
        """The request, in any status: who decides too late is told so instead of losing what was typed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        visible = ServiceRequest.objects.visible_to(signed_in(request)).select_related(*SHOWN_WITH_IT)
        found = visible.defer("search_text", "neighbourhood__polygon").filter(pk=object_id).first()
        if found is None:
            raise Http404
        return found

    def _page(
        self,
        request: HttpRequest,
        found: ServiceRequest,
        *,
        typed: Mapping[str, Any] | None = None,
        done: Any = None,
        status: int = 200,
    ) -> HttpResponse:
        for form in (typed or {}).values():
            _focus_on_first_error(form)
        page = RequestPage(
            found, signed_in(request), is_revealed=revealed.is_open(request.session, found.pk), typed=typed
        )
        context = {
            **self.admin_site.each_context(request),
            "title": found.number,
            "opts": self.opts,
            "page": page,
            "done": done,
            "also_here": presence.also_here(found.pk, signed_in(request)) if self.is_queue else "",
            "is_queue": self.is_queue,
            "queue_place": self._place(request, found.pk),
            "decide_url_name": f"admin:{self.url_name('decide')}",
            "reveal_url_name": f"admin:{self.url_name(REVEAL)}",
            "page_url_name": f"admin:{self.url_name('change')}",
            "list_url": self._list_url(filters=request.GET.get(FILTERS, "")),
            "query": self._query(request),
            "open_form": next(iter(page.typed), ""),
            "reveal_form": page.typed.get(REVEAL) or RevealForm(auto_id=f"{REVEAL}_%s"),
            "has_errors": any(form.errors for form in page.typed.values()),
            "errors": [error for form in page.typed.values() for error in form.non_field_errors()],
        }
        return render(request, self.page_template, context, status=status)

    def _place(self, request: HttpRequest, pk: int) -> Place | None:
        """Where the request stands in the queue as it was filtered."""
        if not self.is_queue:
            return None
        listing = self.listing(request, QueryDict(request.GET.get(FILTERS, "")))
        ids = list(listing.queryset.values_list("pk", flat=True)[:MOST_IN_QUEUE])
        return Place(ids, pk, listing.result_count)

    # --- Addresses -------------------------------------------------------------------------------

    def page_url(self, request: HttpRequest, pk: int, **query: Any) -> str:
        """The page of a request, keeping the filters of the list it was opened from."""
        return reverse(f"admin:{self.url_name('change')}", args=[pk]) + self._query(request, **query)

    def _query(self, request: HttpRequest, **query: Any) -> str:
        filters = request.GET.get(FILTERS)
        kept = {FILTERS: filters} if filters else {}
        return f"?{urlencode({**query, **kept})}" if query or kept else ""

    def _list_url(self, *, filters: str = "", done: int | None = None) -> str:
        query = QueryDict(filters, mutable=True)
        if done is not None:
            query[PARAMETER] = str(done)
        url = reverse(f"admin:{self.url_name('changelist')}")
        return f"{url}?{query.urlencode()}" if query else url

    def _everywhere(self, pk: int) -> str:
        """The page that shows the request whatever its status."""
        return reverse("admin:requests_app_servicerequest_change", args=[pk])


def _focus_on_first_error(form: Any) -> None:
    """Let the page open where something has to be mended."""
    first = next((name for name in form.fields if name in form.errors), None)
    if first is not None:
        form.fields[first].widget.attrs["autofocus"] = True


def _add_error(form: Any, error: DomainError) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error.message))
