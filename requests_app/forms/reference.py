"""Forms of what is configured."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.models import Category
from requests_app.services.reference import QUESTION_TYPES


class LinesField(forms.CharField):
    """A list of words, one on each line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """The words below each other."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """The words without empty lines and without repetitions."""
        lines = super().clean(value).splitlines()
        return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A category; its questions are checked so that a form can be made of them."""

    keywords = LinesField(
        label=_("Keywords"),
        required=False,
        help_text=_(
            "One on each line. With five letters or more it matches every word that begins with it, with fewer only "
            "itself and its endings. Several words on one line match where they follow each other."
        ),
    )

    class Meta:
        model = Category
        fields = (
            "code",
            "name",
            "name_en",
            "group",
            "group_en",
            "help",
            "help_en",
            "kind",
            "department",
            "target_working_hours",
            "auto_route",
            "keywords",
            "questions",
            "sort_order",
            "is_active",
        )

    def clean_questions(self) -> list[dict[str, Any]]:
        """A list of questions, each with code, label and a known type, choices where it is a choice."""
        questions = self.cleaned_data["questions"] or []
        if not isinstance(questions, list) or not all(isinstance(question, dict) for question in questions):
            raise forms.ValidationError(_("Write a list of questions: [{…}, {…}]."))
        for question in questions:
            _check(question)
        codes = [question["code"] for question in questions]
        if len(codes) != len(set(codes)):
            raise forms.ValidationError(_("Two questions have the same code."))
        return questions


def _check(question: dict[str, Any]) -> None:
    missing = [field for field in ("code", "label", "type") if not isinstance(question.get(field), str)]
    if missing:
        raise forms.ValidationError(_("A question needs %(fields)s."), params={"fields": ", ".join(missing)})
    if question["type"] not in QUESTION_TYPES:
        message = _("The type of a question is one of: %(types)s.")
        raise forms.ValidationError(message, params={"types": ", ".join(QUESTION_TYPES)})
    if question["type"] == "choice" and not _has_choices(question.get("choices")):
        raise forms.ValidationError(
            _("The question “%(code)s” needs choices, each with value and label."), params={"code": question["code"]}
        )


def _has_choices(choices: Any) -> bool:
    if not isinstance(choices, list) or not choices:
        return False
    return all(isinstance(choice, dict) and choice.get("value") and choice.get("label") for choice in choices)
