"""Forms of what is configured."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.models import Category
from requests_app.questions import problem_in


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
            "catch_all",
            "keywords",
            "questions",
            "sort_order",
            "is_active",
        )

    def clean_questions(self) -> list[dict[str, Any]]:
        """What was written, once it is clear that a form can be made of it."""
        questions = self.cleaned_data["questions"] or []
        if problem := problem_in(questions):
            raise forms.ValidationError(problem)
        return cast(list[dict[str, Any]], questions)
