"""Form fields with messages that say what to do."""

import math
from collections.abc import Callable, Container
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.form_fields import cleaned
from common.numbers import parse_number

FILE_TYPES = "image/jpeg,image/png,image/webp,application/pdf"


class SharedFields(dict[str, forms.Field]):
    """The fields of a form class, shared by its forms. Django copies every field anew for every form, which
    costs more than checking it; a form may leave a shared field out or add its own, but changes none.
    """

    def __deepcopy__(self, memo: Any) -> "SharedFields":
        return self


class ListedField(forms.ChoiceField):
    """A choice out of a list of reference data. ``known`` holds the values in use, so that none is searched for."""

    def __init__(self, *, known: Callable[[], Container[str]], **kwargs: Any) -> None:
        self.known = known
        super().__init__(**kwargs)

    def valid_value(self, value: Any) -> bool:
        """Whether the value is in use now."""
        return value in self.known()


class RequestNumberField(forms.CharField):
    """A request number, however it was typed; cleaned to its canonical form."""

    def clean(self, value: Any) -> str:
        """The number with its dashes."""
        return cleaned(lambda: parse_number(value or ""))


class EmailAddressField(forms.EmailField):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        wrong = _("Write the e-mail address like this: name@example.org")
        self.error_messages.update(invalid=wrong, max_length=wrong, null_characters_not_allowed=wrong)

    def run_validators(self, value: Any) -> None:
        """One message, however many things are wrong with the address."""
        try:
            super().run_validators(value)
        except forms.ValidationError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class NumberField(forms.CharField):
    """A number from ``least`` to ``most``, with a point or a comma; cleaned to a float, or None."""

    def __init__(self, *, least: float, most: float, wrong: Any, **kwargs: Any) -> None:
        self.least, self.most, self.wrong = least, most, wrong
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def clean(self, value: Any) -> float | None:
        """The number, rounded to six decimals."""
        text = (value or "").strip().replace(",", ".")
        if not text:
            self.validate(text)
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        # nan fails every comparison.
        if not self.least <= number <= self.most:
            raise forms.ValidationError(self.wrong, params={"least": self.least, "most": self.most})
        return round(number, 6)


class DegreesField(NumberField):
    """Degrees of latitude (``most`` 90) or longitude (``most`` 180)."""

    def __init__(self, *, most: float, **kwargs: Any) -> None:
        wrong = _("Write the degrees as a number between %(least)d and %(most)d, for example 39.95.")
        super().__init__(least=-most, most=most, wrong=wrong, **kwargs)


class FilesInput(forms.FileInput):
    """Choosing several photos and documents at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": FILE_TYPES, "multiple": True})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Every file sent under ``name``."""
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class FilesField(forms.Field):
    """Uploads as they came; the attachment service checks and rewrites them."""

    widget = FilesInput

    def clean(self, value: Any) -> list[Any]:
        """The files, unchecked."""
        return list(value or ())
