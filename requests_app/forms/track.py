"""What an applicant fills in about an own request."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.form_fields import CodeField, PhoneField, PlainTextField
from requests_app.forms.fields import FilesField, RequestNumberField
from requests_app.models.history import NOTE_MAX

SCORES = [(str(score), str(score)) for score in range(1, 6)]


class FindForm(forms.Form):
    """Number and phone: the way back to a request without its link."""

    number = RequestNumberField(
        label=_("Application number"),
        help_text=_("It is on your receipt and in the SMS. Example: 26-0000123-4"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    phone = PhoneField(label=_("Mobile phone"), help_text=_("The number you gave when you applied."))


class CodeForm(forms.Form):
    """The six digits from the message."""

    code = CodeField()


class WordsForm(forms.Form):
    """Something to add, or the reply to our question."""

    text = PlainTextField(
        label=_("What do you want to add?"),
        max_length=NOTE_MAX,
        widget=forms.Textarea,
        error_messages={"required": _("Write something before you send it.")},
    )
    files = FilesField(  # type: ignore[assignment]  # a field, as the service names it
        label=_("Photos or PDF files"), required=False, help_text=_("At most 5 files, each at most 10 MB.")
    )


class ReplyForm(WordsForm):
    """The same, when we asked."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].label = _("Your answer")


class ReopenForm(forms.Form):
    """Why it is not solved."""

    reason = PlainTextField(
        label=_("What is not solved?"),
        max_length=NOTE_MAX,
        widget=forms.Textarea,
        error_messages={"required": _("Write what is not solved.")},
    )


class RateForm(forms.Form):
    """Was it solved, how good was it, and a word."""

    solved = forms.ChoiceField(
        label=_("Was your problem solved?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it was solved."), "invalid_choice": _("Say whether it was solved.")},
    )
    score = forms.ChoiceField(
        label=_("How satisfied are you with our service?"),
        help_text=_("1: not at all, 5: very"),
        choices=SCORES,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a number from 1 to 5."),
            "invalid_choice": _("Choose a number from 1 to 5."),
        },
    )
    comment = PlainTextField(
        label=_("Do you want to add a word?"), required=False, max_length=500, widget=forms.Textarea
    )
