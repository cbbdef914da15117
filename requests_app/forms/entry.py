"""The form for an application that somebody tells a member of staff, in the order of a conversation."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.form_fields import PhoneField, PlainTextField
from departments import legal_texts
from departments.models import LegalText
from requests_app import catalogue
from requests_app.forms.apply import QUESTION, DetailsForm, kind_of
from requests_app.forms.fields import EmailAddressField
from requests_app.models import Applicant, Category
from requests_app.models.request import DESCRIPTION_MAX
from requests_app.services.intake import Application, Contact, Place
from requests_app.vocabulary import ENTRY_CHANNELS, NEEDS_NAME, Channel, Kind

# Where somebody speaks with the applicant and can read the notice to them.
SPOKEN = frozenset({Channel.CALL_CENTRE, Channel.DESK, Channel.BLUE_DESK})
# The first letters of the Turkish words, listed on the page.
ACCESS_KEYS = {
    "phone": "t",
    "description": "m",
    "category": "k",
    "neighbourhood": "y",
    "name": "a",
    "same_person": "b",
    "disclosure": "o",
}


class EntryForm(forms.Form):
    """Who calls, what happened, where. ``key`` names this one act of entering, so a second press is the same.

    ``known`` is who applied last with this phone: ``same_person`` takes the name over without showing it.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    phone = PhoneField(
        label=_("Mobile phone"),
        required=False,
        help_text=_("Ask for it first; empty where there is none."),
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[(channel.value, channel.label) for channel in ENTRY_CHANNELS]
    )
    description = PlainTextField(
        label=_("What happened? What does the person want?"),
        max_length=DESCRIPTION_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what happened or what the person wants.")},
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    neighbourhood = forms.ChoiceField(label=_("Neighbourhood"), required=False)
    address = PlainTextField(label=_("Address, or how to find the place"), required=False, max_length=300)
    same_person = forms.BooleanField(label=_("The caller is the same person"), required=False)
    name = PlainTextField(label=_("Name and surname"), required=False, max_length=120)
    email = EmailAddressField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language of the messages"), choices=settings.LANGUAGES, initial="tr")
    anonymous = forms.BooleanField(label=_("The person does not want to give a name"), required=False)
    disclosure = forms.BooleanField(label=_("I have read the notice on personal data aloud"), required=False)
    # Which notice the page showed; it may change while the page stands open.
    disclosure_version = PlainTextField(required=False, max_length=20)

    def __init__(self, *args: Any, known: Applicant | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.fields["key"].initial = uuid.uuid4
        self.fields["category"].choices = [("", _("Not known")), *catalogue.category_choices()]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("As the category says")), *Kind.choices]  # type: ignore[attr-defined]
        self.fields["neighbourhood"].choices = [("", _("Not known")), *catalogue.neighbourhood_choices()]  # type: ignore[attr-defined]
        self.fields["phone"].widget.attrs["autofocus"] = True
        for name in ("name", "email", "phone"):
            # The agent's own details are no help here.
            self.fields[name].widget.attrs["autocomplete"] = "off"
        for name, key in ACCESS_KEYS.items():
            self.fields[name].widget.attrs["accesskey"] = key

    def clean(self) -> dict[str, Any]:
        """A name and the notice, unless the person stays anonymous; an information request needs a name."""
        if self.known and self.cleaned_data.get("same_person") and not self.cleaned_data.get("name"):
            self.cleaned_data["name"] = self.known.name
        if self.cleaned_data.get("anonymous"):
            self._forget_person()
        else:
            self._need_person()
        if self.cleaned_data.get("disclosure") and notice():
            self._check_notice()
        else:
            self.cleaned_data["disclosure_version"] = ""
        return self.cleaned_data

    def _check_notice(self) -> None:
        """Whoever heard another notice is read the new one, with the box empty until then."""
        if not legal_texts.is_current(LegalText.Kind.DISCLOSURE, self.cleaned_data.get("disclosure_version", "")):
            self.data = {**dict(self.data.items()), "disclosure": ""}
            self.add_error("disclosure", _("The notice has changed. Read the new one aloud, then tick this."))

    def _forget_person(self) -> None:
        for name in ("name", "phone", "email"):
            self.errors.pop(name, None)
        self.cleaned_data.update(name="", phone="", email="")
        if self.chosen_kind in NEEDS_NAME:
            self.add_error("anonymous", _("An information request needs the person's name (Law 4982)."))

    def _need_person(self) -> None:
        if "name" not in self.errors and not self.cleaned_data.get("name"):
            self.add_error("name", _("Write name and surname, or tick that the person does not want to give them."))
        if self.cleaned_data.get("channel") in SPOKEN and not self.cleaned_data.get("disclosure"):
            self.add_error("disclosure", _("Read the notice aloud, then tick this."))

    def start_anew(self) -> None:
        """Another act of entering, with everything that was typed."""
        self.data = {**dict(self.data.items()), "key": str(uuid.uuid4())}

    def focus_on_first_error(self) -> None:
        """Let the page open where something has to be mended."""
        for name in self.fields:
            self.fields[name].widget.attrs.pop("autofocus", None)
        first = next((name for name in self.fields if name in self.errors), "phone")
        self.fields[first].widget.attrs["autofocus"] = True

    @property
    def chosen_category(self) -> Category | None:
        """The category that was chosen."""
        return catalogue.categories().get(self.cleaned_data.get("category", ""))

    @property
    def chosen_kind(self) -> Kind:
        """The kind of what was entered."""
        return kind_of(self.chosen_category, self.cleaned_data.get("kind", ""))

    def application(self, answers: dict[str, Any]) -> Application:
        """What the intake takes; ``answers`` are those to the category's questions."""
        values = self.cleaned_data
        neighbourhood = catalogue.neighbourhoods().get(values["neighbourhood"])
        contact = Contact(name=values["name"], phone=values["phone"], email=values["email"])
        return Application(
            description=values["description"],
            kind=self.chosen_kind,
            channel=Channel(values["channel"]),
            category=self.chosen_category,
            contact=None if values["anonymous"] else contact,
            place=Place(neighbourhood.pk if neighbourhood else None, values["address"]),
            extra_answers=answers,
            language=values["language"],
            disclosure_version=values["disclosure_version"],
        )


class QuestionsForm(DetailsForm):
    """The questions of one category; answers given to another's are kept aside, in case it is chosen again."""

    def __init__(self, category: str, data: Any = None, *, initial: Any = None) -> None:
        so_far = {"what": {"category": category}}
        super().__init__(data, so_far=so_far, initial=initial, auto_id="question_%s")

    def kept_aside(self) -> list[tuple[str, str]]:
        """Name and text of each answer whose question this category does not ask."""
        typed = self.data if self.is_bound else self.initial
        return [(name, typed[name]) for name in typed if name.startswith(QUESTION) and name not in self.fields]


def notice() -> LegalText | None:
    """The notice on personal data that is read aloud."""
    return legal_texts.current(LegalText.Kind.DISCLOSURE, get_language() or "tr")
