"""Form fields of every surface, with messages that say what to do."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.phones import parse_phone
from common.templatetags.ui import number

UNSTORABLE = _(
    "There was a sign in the text that cannot be stored. We have taken it out: read the text again, then go on."
)
TOO_LONG = _("Write at most %(limit)s characters; now there are %(length)s.")


class LongestText(MaxLengthValidator):
    """Says how long the text is and may be, in numbers as people write them: 4.000."""

    def __call__(self, value: Any) -> None:
        """Raise ValidationError where the text is too long."""
        length = self.clean(value)
        if length > self.limit_value:
            figures = {"limit": number(self.limit_value), "length": number(length)}
            raise forms.ValidationError(TOO_LONG, code=self.code, params=figures)


class PlainTextField(forms.CharField):
    """Text of one or more lines. Line ends count as one character, as the counter on the page does."""

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        stock = (MaxLengthValidator, ProhibitNullCharactersValidator)
        kept = [check for check in self.validators if not isinstance(check, stock)]
        longest = [LongestText(max_length)] if max_length else []
        self.validators = [*kept, *longest, ProhibitNullCharactersValidator(message=UNSTORABLE)]

    def to_python(self, value: Any) -> Any:
        """The text with plain line ends, without space around it."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text


class PhoneField(forms.CharField):
    """A mobile number that can receive SMS; cleaned to E.164."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})

    def clean(self, value: Any) -> str:
        """The number in stored form, or empty where it is not required and not given."""
        text = (value or "").strip()
        if not text and not self.required:
            return ""
        return cleaned(lambda: parse_phone(text))


class DayField(forms.DateField):
    """A day, from the browser's own calendar or typed as day.month.year."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d", "%d.%m.%Y"],
            **kwargs,
        )
        self.error_messages["invalid"] = _("Write the date as day.month.year. Example: 20.11.2026")


class CodeField(PlainTextField):
    """The six digits of a one-time code."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"})

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"required": _("Enter the 6 digits from the message.")}
        super().__init__(label=_("Code from the SMS"), max_length=40, error_messages=wrong, **kwargs)


def cleaned(parse: Callable[[], object]) -> str:
    """What ``parse`` makes of a value; what it refuses, as an error of the form."""
    try:
        return str(parse())
    except InvalidInput as error:
        raise forms.ValidationError(str(error.message)) from error
