"""Forms of the administration pages."""

from django import forms
from django.utils.translation import gettext_lazy as _


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
