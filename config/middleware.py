"""Two small layers around every view."""

from collections.abc import Callable

import pghistory
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.errors import DomainError, http_status

Next = Callable[[HttpRequest], HttpResponse]


class DomainErrors:
    """A refusal that a view did not turn into its own message becomes a plain page, never a 500."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Render the refusal, or leave other errors alone."""
        if not isinstance(exception, DomainError):
            return None
        return render(request, "refused.html", {"message": exception.message}, status=http_status(exception))


class NoNul:
    """Answers 400 to a NUL byte in a question to the administration, whose stock filters would trip over it.

    No text of PostgreSQL can hold one, so nothing is found by it. The other surfaces answer in their own words.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Percent-encoded is the only way in which a query string can carry it.
        if "/admin/" in request.path_info and "%00" in request.META.get("QUERY_STRING", ""):
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
