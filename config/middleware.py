"""Small layers around every view, and a short way past them."""

from collections.abc import Callable
from http import HTTPStatus

import pghistory
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from common.errors import DomainError, busy, http_status

Next = Callable[[HttpRequest], HttpResponse]


class DomainErrors:
    """A refusal that a view did not turn into its own message becomes a plain page, never a 500.

    So does a lock that somebody else held for too long where no service has said so already.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Render the refusal, or leave other errors alone."""
        refusal = busy(exception) if isinstance(exception, OperationalError) else exception
        if not isinstance(refusal, DomainError):
            return None
        return render(request, "refused.html", {"message": refusal.message}, status=http_status(refusal))


class ShortWay:
    """What gateways say goes to its view at once: nobody there has a session, a language, a cookie or a page.

    A receipt for each of thousands of messages a minute would otherwise cost several times its one INSERT. Such a
    request has no line in the log either; what is refused has one (notifications/services/notices.py).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/webhooks/"):
            return self.get_response(request)
        answer = self._answer(request)
        answer.headers["Content-Security-Policy"] = "default-src 'none'"
        if answer.status_code != HTTPStatus.NO_CONTENT:
            answer.headers["Content-Length"] = str(len(answer.content))
        return answer

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            found = resolve(request.path_info)
        except Resolver404:
            return HttpResponse(status=404)
        answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
        return answer


class NoNul:
    """Answers 400 to a NUL byte in an address, its query or a cookie, on every surface.

    No text of PostgreSQL can hold one, so nothing is found by it. What is typed into forms is not looked at here:
    their fields say what is wrong beside themselves, and nothing typed is lost.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Percent-encoded is the only way in which a query string can carry it.
        asked = request.path_info + request.META.get("QUERY_STRING", "").replace("%00", "\0")
        if "\0" in asked or any("\0" in value for value in request.COOKIES.values()):
            raise BadRequest
        return self.get_response(request)


class AdminHistory:
    """Names the person in the database's own history of configuration rows changed by a page."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Only where configuration is changed: the citizens' write path does without the extra statement.
        if request.method == "POST" and request.user.is_authenticated:
            with pghistory.context(actor=request.user.pk):
                return self.get_response(request)
        return self.get_response(request)
