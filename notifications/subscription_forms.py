"""What citizens fill in to get announcements."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.form_fields import CodeField, PhoneField
from departments.models import Neighbourhood
from notifications.offered import offer_places, offer_topics


class PreferencesForm(forms.Form):
    """What about, and where."""

    topics = forms.MultipleChoiceField(
        label=_("What do you want to hear about?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to hear about everything."),
    )
    neighbourhood = forms.ModelChoiceField(
        label=_("Your neighbourhood"),
        queryset=Neighbourhood.objects.none(),
        required=False,
        empty_label=_("I do not want to say"),
        help_text=_("Some announcements go to one neighbourhood only, such as a road closure."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_topics(self.fields["topics"], self.initial.get("topics", ()))
        offer_places(self.fields["neighbourhood"], [self.initial.get("neighbourhood")])

    def preferences(self) -> dict[str, Any]:
        """The valid form in the words of the services."""
        place = self.cleaned_data["neighbourhood"]
        return {"topics": self.cleaned_data["topics"], "neighbourhood_id": place.pk if place else None}


class SubscribeForm(PreferencesForm):
    """The same, with the phone and the consent in the words in force."""

    phone = PhoneField(label=_("Mobile phone"), help_text=_("We send a code to it, so that nobody subscribes you."))
    consent = forms.BooleanField(error_messages={"required": _("Without your consent we may not send announcements.")})

    def __init__(self, *args: Any, wording: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = wording


class PhoneForm(forms.Form):
    """Whose subscription."""

    phone = PhoneField(label=_("Mobile phone"), help_text=_("We send a code to it."))


class CodeForm(forms.Form):
    """The six digits from the message."""

    code = CodeField()
