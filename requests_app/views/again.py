"""A form shown once more: with what is wrong under an address that can be opened, or in the other language."""

from typing import TypeVar

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import translate_url
from django.utils.translation import get_language

from common import typed
from common.typed import TypedForm
from requests_app.forms.apply import KEPT_CHARACTERS

Form = TypeVar("Form", bound=forms.Form)

ERRORS = "errors"


def with_errors(request: HttpRequest) -> str:
    """Where the page that refuses a form can be opened again."""
    query = request.GET.copy()
    query[ERRORS] = "1"
    return f"{request.path}?{query.urlencode()}"


def in_language(request: HttpRequest) -> HttpResponseRedirect:
    """The same page in the wanted language; one that we do not speak changes nothing."""
    wanted = request.POST.get("language", "")
    language = wanted if wanted in dict(settings.LANGUAGES) else get_language() or "tr"
    return HttpResponseRedirect(translate_url(request.get_full_path(), language))


def keep(request: HttpRequest, number: str, name: str) -> TypedForm:
    """Keep what was typed into the form ``name`` about the request ``number``, until it is taken; returns it.

    As much as a draft keeps of a field: anybody can send megabytes, and the session has to carry them.
    """
    form = TypedForm.of(request).shortened(KEPT_CHARACTERS)
    typed.keep(request.session, _owner(number, name), form)
    return form


def to_fill(request: HttpRequest, number: str, name: str, form: type[Form]) -> Form:
    """The form with what was typed into it before; with its mistakes where they were just shown."""
    kept = typed.kept(request.session, _owner(number, name))
    if kept is None:
        return form()
    return form(kept.data) if ERRORS in request.GET else form(initial=kept.data.dict())


def _owner(number: str, name: str) -> str:
    return f"{number} {name}"
