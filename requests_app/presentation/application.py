"""The application itself in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from requests_app.models import ServiceRequest


def place_of(request: ServiceRequest) -> str:
    """Neighbourhood and address in one line, or nothing. No query when the neighbourhood is selected already."""
    parts = (request.neighbourhood.name if request.neighbourhood else "", request.address)
    return ", ".join(part for part in parts if part)


def extra_answers(request: ServiceRequest) -> list[tuple[str, str]]:
    """The category's own questions with what was answered, in the reader's language and the category's order.

    An answer whose question the category no longer asks is shown under its code. No query when the category
    is selected already.
    """
    given = dict(request.extra_answers)
    asked = request.category.questions if request.category else []
    known = [(_label(question), _choice_label(question, given.pop(question["code"], ""))) for question in asked]
    return [
        (label, value) for label, value in [*known, *((code, str(value)) for code, value in given.items())] if value
    ]


def _label(words: Mapping[str, str]) -> str:
    english = words.get("label_en") if (get_language() or "").startswith("en") else ""
    return english or words["label"]


def _choice_label(question: Mapping[str, Any], value: object) -> str:
    choices = {choice["value"]: choice for choice in question.get("choices") or []}
    return _label(choices[value]) if value in choices else str(value)
