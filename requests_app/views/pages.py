"""The home page and the legal texts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from departments import legal_texts
from departments.models import LegalText
from requests_app import scorecard as figures


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Two things to do and three numbers."""
    return render(request, "portal/home.html", {"numbers": figures.numbers()})


@require_safe
def scorecard(request: HttpRequest) -> HttpResponse:
    """The months behind the three numbers."""
    return render(request, "portal/scorecard.html", {"months": figures.months()})


@require_safe
def disclosure(request: HttpRequest) -> HttpResponse:
    """How personal data are used (KVKK, art. 10)."""
    return _legal_text(request, LegalText.Kind.DISCLOSURE)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return _legal_text(request, LegalText.Kind.ACCESSIBILITY)


def _legal_text(request: HttpRequest, kind: str) -> HttpResponse:
    language = get_language() or "tr"
    text = legal_texts.current(kind, language)
    if text is None:
        raise Http404
    context = {
        "text": text,
        "title": legal_texts.filled(text.title),
        "blocks": legal_texts.blocks(text),
        "other_language": text.language if text.language != language else "",
    }
    return render(request, "portal/legal_text.html", context)
