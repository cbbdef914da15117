"""The steps of an application: what happened, a question or two, where, and who.

Each form knows what was typed in the other steps (``so_far``), because one decides what another asks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.form_fields import PhoneField, PlainTextField
from common.memo import memo
from departments import legal_texts, places
from departments.models import LegalText
from requests_app import catalogue
from requests_app.forms.fields import (
    DegreesField,
    EmailAddressField,
    FilesField,
    ListedField,
    NumberField,
    SharedFields,
)
from requests_app.forms.point import check_point, point_of
from requests_app.models import Category
from requests_app.models.request import DESCRIPTION_MAX
from requests_app.questions import Question, questions_of
from requests_app.vocabulary import NEEDS_NAME, Kind

Typed = dict[str, Any]

# More than any field takes, so that a text which is too long can be shortened instead of written again.
KEPT_CHARACTERS = 20_000
HERE, NOWHERE = "here", "nowhere"
NAMED, NAMELESS = "named", "nameless"
# Keeps the codes of questions apart from the names of buttons.
QUESTION = "q_"


class StepForm(forms.Form):
    """One step. ``typed`` picks what was typed out of a POST, whether it is right or not."""

    def __init__(self, data: Any = None, *args: Any, so_far: Mapping[str, Typed] | None = None, **kwargs: Any) -> None:
        self.so_far = so_far or {}
        # What the page must not show as said, because it was said to something else.
        self.taken_back: Typed = {}
        self.base_fields = SharedFields(self.base_fields)  # type: ignore[misc]  # this form's own choice of them
        super().__init__(data, *args, **kwargs)

    def typed(self, post: QueryDict, before: Typed) -> Typed:
        """The values of this step as plain strings that can be stored, without files.

        A field that the page had switched off is not sent; what was typed in it ``before`` stays.
        """
        return {
            name: name in post if isinstance(field, forms.BooleanField) else _storable(post.get(name), before.get(name))
            for name, field in self.fields.items()
            if not isinstance(field, FilesField)
        }


class SubjectSelect(forms.Select):
    """Tells the page the usual kind of each subject, so that it can be chosen with it."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option with ``data-kind``."""
        option = super().create_option(name, value, *args, **kwargs)
        category = catalogue.categories().get(str(value))
        option["attrs"]["data-kind"] = category.kind if category else ""
        return option


def _subjects() -> list[Any]:
    return [("", _("I don't know / not in the list")), *catalogue.category_choices()]


def _neighbourhoods() -> list[Any]:
    return [("", _("Choose")), *catalogue.neighbourhood_choices()]


class WhatForm(StepForm):
    """What happened; subject and kind may be left to us."""

    description = PlainTextField(
        label=_("What happened? What do you want?"),
        help_text=_("Write it in your own words. Do not write anybody's personal data that is not needed."),
        max_length=DESCRIPTION_MAX,
        widget=forms.Textarea(attrs={"class": "govuk-textarea--big"}),
        error_messages={"required": _("Write what happened or what you want.")},
    )
    files = FilesField(  # type: ignore[assignment]  # a field, as the service names it
        label=_("Photos or PDF files"),
        required=False,
        help_text=_("At most 5 files, each at most 10 MB. The place stored inside a photo is removed."),
    )
    category = ListedField(
        label=_("Subject"),
        choices=_subjects,
        known=catalogue.categories,
        required=False,
        widget=SubjectSelect,
        error_messages={"invalid_choice": _("Choose a subject from the list, or “I don't know”.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind of application"),
        choices=[("", _("Leave it to the municipality")), *Kind.choices],
        required=False,
        help_text=_("If you leave it to us, it follows from the subject."),
        error_messages={"invalid_choice": _("Choose one of the kinds in the list.")},
    )


def chosen_category(so_far: Mapping[str, Typed]) -> Category | None:
    """The category that was chosen, if it is still in use."""
    return catalogue.categories().get(so_far.get("what", {}).get("category", ""))


def kind_of(category: Category | None, chosen: str) -> Kind:
    """The kind that was chosen, else the usual one of the category, else a plain request."""
    kind = chosen or (category.kind if category else "")
    return Kind(kind) if kind in Kind.values else Kind.REQUEST


def chosen_kind(so_far: Mapping[str, Typed]) -> Kind:
    """The kind of what was typed so far."""
    return kind_of(chosen_category(so_far), so_far.get("what", {}).get("kind", ""))


class DetailsForm(StepForm):
    """The category's own questions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions_of(chosen_category(self.so_far)):
            self.fields[f"{QUESTION}{question.code}"] = _field_of(question)

    def answers(self) -> dict[str, Any]:
        """What was answered, by the code of the question."""
        answered = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        return {name.removeprefix(QUESTION): _plain(value) for name, value in answered.items()}


class WhereForm(StepForm):
    """The place: neighbourhood, address or point, or none at all."""

    place = forms.ChoiceField(
        label=_("Is it about a certain place?"),
        choices=[(HERE, _("Yes, a certain place")), (NOWHERE, _("No particular place"))],
        initial=HERE,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say whether it is about a certain place."),
            "invalid_choice": _("Say whether it is about a certain place."),
        },
    )
    neighbourhood = ListedField(
        label=_("Neighbourhood"),
        choices=_neighbourhoods,
        known=catalogue.neighbourhoods,
        required=False,
        error_messages={"invalid_choice": _("Choose a neighbourhood from the list.")},
    )
    address = PlainTextField(
        label=_("Address, or how to find the place"),
        required=False,
        max_length=300,
        help_text=_("For example: Çiçek Sokak, in front of number 5"),
    )
    latitude = DegreesField(label=_("Latitude"), required=False, most=90)
    longitude = DegreesField(label=_("Longitude"), required=False, most=180)

    def clean(self) -> dict[str, Any]:
        """Exactly one whole place, or none where there is none."""
        if self.cleaned_data.get("place") == NOWHERE:
            self._forget_place()
        elif not self.errors:
            self._find_neighbourhood()
        return self.cleaned_data

    def _forget_place(self) -> None:
        """Half-written place fields are no mistake of somebody who says that there is no place."""
        for name in ("neighbourhood", "address", "latitude", "longitude"):
            self.errors.pop(name, None)
        self.cleaned_data.update(neighbourhood=None, address="", latitude=None, longitude=None)

    def _find_neighbourhood(self) -> None:
        values = self.cleaned_data
        chosen = catalogue.neighbourhoods().get(values["neighbourhood"])
        check_point(self, chosen)
        point = point_of(values)
        if not self.errors and not (chosen or point or values["address"]):
            message = _("Choose a neighbourhood, write the address or mark the place on the map.")
            self.add_error("neighbourhood", message)
        values["neighbourhood"] = chosen or (places.locate(*point) if point else None)


class YouForm(StepForm):
    """Who applies. A name may be left out where the law allows it."""

    # Signs of markup and the beginnings of spreadsheet formulas are never part of a name.
    NOT_A_NAME: ClassVar = re.compile(r"[<>{}\\|]|^[=+\-@]")
    LETTERS: ClassVar = re.compile(r"[^\W\d_].*[^\W\d_]", re.DOTALL)

    identity = forms.ChoiceField(
        label=_("How do you want to apply?"),
        choices=[(NAMED, _("With my name")), (NAMELESS, _("Without a name"))],
        initial=NAMED,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say whether you apply with your name."),
            "invalid_choice": _("Say whether you apply with your name."),
        },
    )
    name = PlainTextField(
        label=_("Name and surname"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(
        label=_("Mobile phone"),
        required=False,
        help_text=_("We send your application number and the answer by SMS. Example: 0500 000 00 00"),
    )
    email = EmailAddressField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Only in case we cannot reach you by phone."),
    )
    # Which texts the page showed; they may change while it stands open.
    disclosure_version = PlainTextField(required=False, max_length=20)
    announcements_version = PlainTextField(required=False, max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if chosen_kind(self.so_far) in NEEDS_NAME:
            # Law 4982 asks for a name; without one there is nobody to inform.
            del self.fields["identity"]
        # What the page shows; the form that comes back says what the person was shown.
        self.notice = _text_of(LegalText.Kind.DISCLOSURE)
        self.consent = _text_of(LegalText.Kind.ANNOUNCEMENT_CONSENT)
        if self.consent:  # nobody can agree to a wording that does not exist
            self.fields["announcements"] = forms.BooleanField(label=self.consent.blocks[0].text, required=False)

    def clean_disclosure_version(self) -> str:
        """The notice that was shown, if it is still the one to show."""
        shown: str = self.cleaned_data["disclosure_version"]
        if not self.notice:
            return ""
        if not legal_texts.is_current(LegalText.Kind.DISCLOSURE, shown):
            raise forms.ValidationError(
                _("The notice on your personal data has changed. Read the new one below, then continue.")
            )
        return shown

    def clean_name(self) -> str:
        """A name, unless the applicant may and wants to do without."""
        name: str = self.cleaned_data["name"]
        if self._is_nameless:
            return ""
        if not name:
            raise forms.ValidationError(_("Write your name and surname."))
        if self.NOT_A_NAME.search(name) or not self.LETTERS.search(name):
            raise forms.ValidationError(_("Write your name and surname with letters, without signs such as < > or =."))
        return name

    def clean(self) -> dict[str, Any]:
        """A phone with the name; nothing of the person without one."""
        if self._is_nameless:
            for name in ("name", "phone", "email"):
                self.errors.pop(name, None)
            self.cleaned_data.update(name="", phone="", email="", announcements=False)
        elif "phone" not in self.errors and not self.cleaned_data["phone"]:
            self.add_error("phone", _("Write your mobile phone number. Example: 0500 000 00 00"))
        if self.cleaned_data.get("announcements"):
            self._check_consent()
        return self.cleaned_data

    def _check_consent(self) -> None:
        """Whoever agreed to another wording is asked again, with the box empty."""
        shown = self.cleaned_data.get("announcements_version", "")
        if not legal_texts.is_current(LegalText.Kind.ANNOUNCEMENT_CONSENT, shown):
            self.taken_back = {"announcements": ""}
            self.data = {**dict(self.data.items()), **self.taken_back}
            self.add_error(
                "announcements", _("The wording of this consent has changed. Read it, and tick it again if you agree.")
            )

    @property
    def _is_nameless(self) -> bool:
        return self.cleaned_data.get("identity") == NAMELESS


@dataclass(frozen=True, slots=True)
class ShownText:
    """A legal text as the page shows it. The first paragraph of the consent is the label of its box."""

    edition: str
    blocks: list[legal_texts.Block]


def _text_of(kind: LegalText.Kind) -> ShownText | None:
    text = legal_texts.current(kind, get_language() or "tr")
    return _shown(text) if text else None


@memo(seconds=30)
def _shown(text: LegalText) -> ShownText:
    """Taken apart once and not for each form: every sending checks this step again. A new edition is another text."""
    return ShownText(text.edition, legal_texts.blocks(text))


def shortened(typed: Typed) -> Typed:
    """What the draft keeps of it: more than any field takes, but not a book."""
    return {name: value[:KEPT_CHARACTERS] if isinstance(value, str) else value for name, value in typed.items()}


def _storable(sent: str | None, before: Any) -> str:
    return str(before or "") if sent is None else sent.replace("\x00", "")


def _field_of(question: Question) -> forms.Field:
    common: dict[str, Any] = {"label": question.label, "required": question.required}
    needed: dict[str, Any] = {"required": _("Answer the question “%(question)s”.") % {"question": question.label}}
    if question.type == "choice":
        choices = question.choices if question.required else (*question.choices, ("", _("I don't know")))
        wrong = {**needed, "invalid_choice": _("Choose one of the answers.")}
        return forms.ChoiceField(widget=forms.RadioSelect, choices=choices, error_messages=wrong, **common)
    if question.type == "number":
        wrong_number = _("Write a number, for example 3.")
        return NumberField(least=0, most=1_000_000_000, wrong=wrong_number, error_messages=needed, **common)
    return PlainTextField(max_length=500, error_messages=needed, **common)


def _plain(value: Any) -> Any:
    """Whole numbers as such: nobody has 3.0 lamps."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
