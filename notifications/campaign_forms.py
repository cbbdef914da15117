"""What staff fill in about an announcement. Shape only: what may be sent, the services decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.form_fields import CodeField, PhoneField, PlainTextField
from common.turkish import fold
from departments.models import Neighbourhood
from notifications.models import Campaign, ReceiverList
from notifications.offered import offer_places, offer_topics
from notifications.services.campaigns.wording import check_fits
from notifications.services.rendering import check_body, fields_of

BODY = "body_"
FIELD = "field_"
NOTHING = ""
WHEN = "%Y-%m-%dT%H:%M"
MOST_TEXT = 612


def _moment(**kwargs: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        required=False,
        input_formats=[WHEN, "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN),
        error_messages={"invalid": _("Write day and time like this: 20.11.2026 14:30")},
        **kwargs,
    )


class CampaignForm(forms.Form):
    """A draft: a text for each language of the portal, who gets it, and when."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = PlainTextField(
        label=_("Name of the announcement"),
        max_length=120,
        help_text=_("For your colleagues; receivers do not see it."),
        error_messages={"required": _("Give the announcement a name.")},
    )
    purpose = forms.ChoiceField(
        label=_("Class"),
        choices=Campaign.Purpose.choices,
        widget=forms.RadioSelect,
        help_text=_("Your choice is kept with your name: the law on commercial messages (6563) depends on it."),
        error_messages={"required": _("Choose the class.")},
    )
    plain_letters = forms.BooleanField(
        label=_("Send without Turkish letters"),
        required=False,
        help_text=_("ğ becomes g, ş becomes s. Beside each text stands what that saves."),
    )
    audience = forms.ChoiceField(label=_("Receivers"), choices=Campaign.Audience.choices, widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(
        label=_("Only who wants to hear about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: everybody. Who chose no topic hears about all of them."),
    )
    neighbourhoods = forms.ModelMultipleChoiceField(
        label=_("Only these neighbourhoods"),
        queryset=Neighbourhood.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: everywhere."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Only who reads"), required=False, widget=forms.CheckboxSelectMultiple, choices=settings.LANGUAGES
    )
    starts_at = _moment(label=_("Not before"), help_text=_("Empty: as soon as it is approved."))
    ends_at = _moment(
        label=_("Not after"), help_text=_("What was not sent by then is not sent at all. Empty: after three days.")
    )
    is_urgent = forms.BooleanField(
        label=_("Also at night"),
        required=False,
        help_text=_("Phones will ring at night. Only for what cannot wait until morning, such as a flood."),
    )
    most_segments = forms.IntegerField(
        label=_("At most this many SMS"),
        required=False,
        min_value=1,
        max_value=100_000_000,
        help_text=_("It stops before it would take more. Empty: only the yearly quota counts."),
    )

    def __init__(self, data: Any = None, *, campaign: Campaign | None = None) -> None:
        super().__init__(data, initial=_written(campaign) if campaign else {"audience": Campaign.Audience.CONSENTS})
        for code, label in settings.LANGUAGES:
            self.fields[BODY + code] = PlainTextField(
                label=_("Text in this language: %(language)s") % {"language": label},
                required=False,
                max_length=MOST_TEXT,
                widget=forms.Textarea(attrs={"rows": 5, "lang": code}),
            )
        offer_topics(self.fields["topics"], self.initial.get("topics", ()))
        offer_places(self.fields["neighbourhoods"], self.initial.get("neighbourhoods", ()))

    def clean(self) -> dict[str, Any]:
        """At least one text, each well written; an end after the beginning."""
        typed = super().clean() or self.cleaned_data
        if not any(typed.get(BODY + code) for code, _label in settings.LANGUAGES):
            self.add_error(BODY + settings.LANGUAGE_CODE, _("Write the text of the message."))
        for code, _label in settings.LANGUAGES:
            self._check_body(BODY + code, typed)
        starts_at, ends_at = typed.get("starts_at"), typed.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The end must be later than the beginning."))
        return typed

    def written(self) -> dict[str, Any]:
        """The valid form as the arguments of the service."""
        typed = self.cleaned_data
        by_list = typed["audience"] == Campaign.Audience.LIST
        same = ("name", "purpose", "plain_letters", "audience", "starts_at", "ends_at", "is_urgent", "most_segments")
        return {
            **{name: typed[name] for name in same},
            "bodies": {code: body for code, _label in settings.LANGUAGES if (body := typed[BODY + code])},
            "topics": [] if by_list else typed["topics"],
            "languages": [] if by_list else typed["languages"],
            "neighbourhoods": () if by_list else tuple(place.pk for place in typed["neighbourhoods"]),
        }

    def _check_body(self, field: str, typed: dict[str, Any]) -> None:
        body = typed.get(field)
        if not body:
            return
        try:
            check_body(body, allowed=fields_of(body))
            check_fits(body, audience=typed.get("audience", ""), purpose=typed.get("purpose", ""))
        except InvalidInput as refusal:
            self.add_error(field, str(refusal.message))


def _written(campaign: Campaign) -> dict[str, Any]:
    return {
        **{name: getattr(campaign, name) for name in CampaignForm.base_fields if hasattr(campaign, name)},
        "neighbourhoods": list(campaign.neighbourhoods.values_list("pk", flat=True)),
        **{BODY + code: body for code, body in campaign.bodies.items()},
    }


class ListForm(forms.Form):
    """The file with the phone numbers."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("File with the phone numbers"),
        help_text=_("CSV or Excel (.xlsx), at most 25 MB and 300,000 lines."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={"required": _("Choose a file."), "empty": _("There is nothing in this file.")},
    )


class ColumnsForm(forms.Form):
    """Which column of the uploaded list is what. Guessed from its headings and first lines."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    phone_column = forms.TypedChoiceField(
        label=_("Phone number"), coerce=int, error_messages={"required": _("Choose the column of the phone numbers.")}
    )
    language_column = forms.TypedChoiceField(
        label=_("Language"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("tr or en. Without it everybody gets the Turkish text."),
    )
    has_heading = forms.BooleanField(label=_("The first line names the columns"), required=False)

    def __init__(self, data: Any = None, *, waiting: ReceiverList, fields: Iterable[str], version: int) -> None:
        super().__init__(data, initial={"version": version, "has_heading": waiting.has_heading})
        names = columns_of(waiting)
        self._names = sorted(fields)
        for name in self._names:
            self.fields[FIELD + name] = forms.TypedChoiceField(
                label=f"{{{name}}}",
                coerce=int,
                error_messages={"required": _("Choose the column for this field.")},
            )
        choices = [(NOTHING, _("Choose")), *((str(number), name) for number, name in enumerate(names))]
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = choices
        self.fields["language_column"].choices = [(NOTHING, _("None")), *choices[1:]]  # type: ignore[attr-defined]
        self._guess(waiting)

    @property
    def field_rows(self) -> list[Any]:
        """The columns of the text's fields."""
        return [self[FIELD + name] for name in self._names]

    def columns(self) -> dict[str, Any]:
        """The valid form as the arguments of the service."""
        typed = self.cleaned_data
        return {
            "phone_column": typed["phone_column"],
            "language_column": typed["language_column"],
            "has_heading": typed["has_heading"],
            "fields": {name: typed[FIELD + name] for name in self._names},
        }

    def _guess(self, waiting: ReceiverList) -> None:
        wanted = {"language_column": {"dil", "language"}, "phone_column": {"telefon", "phone", "gsm", "cep", "tel"}}
        wanted |= {FIELD + name: {fold(name), name.replace("_", " ")} for name in self._names}
        for number, heading in enumerate(waiting.sample[0] if waiting.sample else []):
            for field, headings in wanted.items():
                if set(fold(heading).split()) & headings or fold(heading) in headings:
                    self.initial.setdefault(field, number)
        if len(columns_of(waiting)) == 1:
            self.initial.setdefault("phone_column", 0)


def columns_of(waiting: ReceiverList) -> list[str]:
    """The columns of a list as people know them: the heading, or the first value."""
    width = max((len(row) for row in waiting.sample), default=0)
    return [_column(waiting, number) for number in range(width)]


def _column(waiting: ReceiverList, number: int) -> str:
    values = [row[number] for row in waiting.sample if number < len(row) and row[number]]
    place = _("Column %(number)d") % {"number": number + 1}
    return f"{place}: {', '.join(values[:2])[:60]}" if values else str(place)


class OwnPhoneForm(forms.Form):
    """Where test messages go."""

    phone = PhoneField(label=_("Your own mobile phone"), help_text=_("We send a code to it."))


class OwnPhoneCodeForm(forms.Form):
    """The code that proves whose phone it is."""

    code = CodeField()


class ReasonForm(forms.Form):
    """Why something is sent back or ended."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = PlainTextField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason.")},
    )


class OptOutForm(forms.Form):
    """A phone whose owner wants no announcements."""

    phone = PhoneField(label=_("Phone of whoever wants no announcements"))


class QuotaForm(forms.Form):
    """How many SMS parts a year may see."""

    limit = forms.IntegerField(
        label=_("SMS of announcements in this year, at most"), min_value=0, max_value=10_000_000_000
    )
