"""The library's pages, told apart by their status: a refused form is not a success. And one page of our own."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common import typed

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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def unsent(request: HttpRequest) -> HttpResponse:
    """What the person typed before being signed out: to be sent now, or thrown away.

    The form on the page carries all of it again, so it goes on as it comes to where it was meant for.
    """
    form = typed.kept(request.session, str(request.user.pk))
    if form is None or request.method == "POST":
        typed.forget(request.session)
    if form is None or "throw_away" in request.POST:
        return redirect(get_adapter(request).get_login_redirect_url(request))
    if request.method == "POST":
        return redirect(form.path, preserve_request=True)
    return render(request, "account/unsent.html", {"form_sent": form})
