"""The library's pages, told apart by their status: a refused form is not a success."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.mfa.base.views import IndexView
from django.conf import settings
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def refusing(view: View) -> View:
    """Answer 422 where ``view`` shows its form again after it was sent; the page itself stays as it is.

    The library's forms redirect when they are taken, so a page in answer to POST is a refusal.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == HTTPStatus.OK:
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    return answer


class SecondStep(IndexView):  # type: ignore[misc]
    """The second step of the signed-in person."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether it may be taken away, so that the page offers only what will be done."""
        return {**super().get_context_data(**kwargs), "may_remove": not settings.STAFF_MFA_REQUIRED}
