"""The extra questions of a category, and the answers given to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from common.languages import in_readers_language
from requests_app.models import Category, ServiceRequest
from requests_app.workflow import Verb

TYPES = ("text", "choice", "number")


@dataclass(frozen=True, slots=True)
class Question:
    """One question in the reader's language. ``type`` is text, choice or number."""

    code: str
    type: str
    label: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()

    def shown(self, answer: Any) -> str:
        """The answer in words: the chosen label, the number as people write it, or the text."""
        if self.type == "choice":
            return dict(self.choices).get(str(answer), str(answer))
        if isinstance(answer, int | float):
            return number_format(answer)
        return str(answer)


def problem_in(questions: Any) -> str:
    """What keeps a form from being made of ``questions`` as they are stored; nothing where they are good.

    A list of questions, each with code, label and a known type, and with choices where it is a choice.
    """
    if not isinstance(questions, list) or not all(isinstance(question, dict) for question in questions):
        return _("Write a list of questions: [{…}, {…}].")
    for question in questions:
        if problem := _problem_of(question):
            return problem
    codes = [question["code"] for question in questions]
    return _("Two questions have the same code.") if len(codes) != len(set(codes)) else ""


def questions_of(category: Category | None) -> list[Question]:
    """What is asked about applications in this category; nothing without one."""
    return [_question(item) for item in category.questions] if category else []


def shown_answers(category: Category | None, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Question and answer in words, for every answer that was given, in the order of the questions.

    An answer whose question is no longer asked comes last, under its code.
    """
    asked = {question.code: question for question in questions_of(category)}
    known = [
        (question.label, question.shown(answers[code]))
        for code, question in asked.items()
        if answers.get(code) not in ("", None)
    ]
    return known + [(code, str(answer)) for code, answer in answers.items() if code not in asked]


def answers_of(request: ServiceRequest) -> list[tuple[str, str]]:
    """``shown_answers`` of a request, in the words of the questions that were asked. No query without answers, else
    two at most.
    """
    return shown_answers(_asked_in(request), request.extra_answers) if request.extra_answers else []


def _asked_in(request: ServiceRequest) -> Category | None:
    """The category when it was sent: a correction asks nothing anew, and another category may mean something else
    by the same code.
    """
    corrected = request.events.filter(verb=Verb.RECLASSIFY).order_by("version").first()
    if corrected is None:
        return request.category
    return Category.objects.filter(pk=corrected.facts["before"]["category"]).first()


def _problem_of(question: Mapping[str, Any]) -> str:
    missing = [field for field in ("code", "label", "type") if not _is_text(question.get(field))]
    if missing:
        return _("A question needs %(fields)s.") % {"fields": ", ".join(missing)}
    if question["type"] not in TYPES:
        return _("The type of a question is one of: %(types)s.") % {"types": ", ".join(TYPES)}
    if question["type"] == "choice" and not _has_choices(question.get("choices")):
        return _("The question “%(code)s” needs choices, each with value and label.") % {"code": question["code"]}
    return ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _has_choices(choices: Any) -> bool:
    if not isinstance(choices, list) or not choices:
        return False
    return all(isinstance(choice, dict) and choice.get("value") and choice.get("label") for choice in choices)


def _question(item: Mapping[str, Any]) -> Question:
    choices = tuple((str(choice["value"]), _label(choice)) for choice in item.get("choices") or ())
    return Question(item["code"], item["type"], _label(item), bool(item.get("required")), choices)


def _label(item: Mapping[str, Any]) -> str:
    turkish = str(item.get("label") or item.get("value") or "")
    return in_readers_language(turkish, str(item.get("label_en") or ""))
