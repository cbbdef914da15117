"""Forms of the administration pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import gateways
from notifications.lanes import Lane
from notifications.models import Route, Topic
from notifications.services.topics import code_of


class WordingForm(forms.Form):
    """A new wording of a template. What it may hold is decided by the service."""

    body = forms.CharField(
        label=_("Text"),
        max_length=612,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 60, "class": "vLargeTextField"}),
        error_messages={
            "required": _("Write the text of the message."),
            "max_length": _("The text is too long: 612 characters at most."),
        },
    )


class RouteForm(forms.ModelForm):
    """How a route is used."""

    lanes = forms.MultipleChoiceField(label=_("Carries"), choices=Lane, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Route
        fields = (
            "code", "name", "gateway", "channel", "sender", "is_active", "lanes", "weight", "links_allowed", "letters",
            "reserved_units", "segments_per_second", "batch_size", "price_kurus",
        )  # fmt: skip

    def _get_validation_exclusions(self) -> set[str]:
        """Gateway and channel of a known route are not typed, but its constraints are about them."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"gateway", "channel"}

    def clean(self) -> dict[str, Any]:
        """A route in use can sign in; the service refuses it too, but here it stands beside the field."""
        cleaned: dict[str, Any] = super().clean() or {}
        gateway = cleaned.get("gateway") or self.instance.gateway
        problem = gateways.cannot_sign_in(gateway) if cleaned.get("is_active") and gateway else ""
        if problem:
            self.add_error("is_active", problem)
        return cleaned


class TopicForm(forms.ModelForm):
    """What announcements are about."""

    class Meta:
        model = Topic
        fields = ("name", "name_en", "sort_order", "is_active")

    def clean_name(self) -> str:
        """A new topic's code is made of its name, so that has to hold letters and be another one."""
        name: str = self.cleaned_data["name"]
        code = self.instance.code or code_of(name)
        if not code or Topic.objects.filter(code=code).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a topic of this name already, or the name has no letters."))
        return name
