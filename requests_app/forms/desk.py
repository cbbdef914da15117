"""Forms of the desk. They check shape only; what may be done, and what is complete, the services decide.

Several stand on one page, so each gets its own ids by ``auto_id``; ``version`` is the version of the request
that the person saw.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.form_fields import DayField, PlainTextField
from requests_app.forms.fields import FilesField, FilesInput
from requests_app.models import Authority, ContactReveal, StandardReply
from requests_app.models.answer import ANSWER_MAX
from requests_app.models.history import NOTE_MAX
from requests_app.presentation import replies_by_outcome
from requests_app.services.answers import Proposal
from requests_app.vocabulary import Outcome

REASON_MAX = 1000
PICTURES = "image/jpeg,image/png,image/webp"


class LongText(PlainTextField):
    """A text of several lines."""

    widget = forms.Textarea


class CameraInput(FilesInput):
    """The phone's camera; elsewhere a choice of pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.attrs = {"accept": PICTURES, "capture": "environment"}


class Ids(forms.TypedMultipleChoiceField):
    """Ids of rows. An unknown one is for the service to ignore: somebody else may have removed it already."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, widget=forms.CheckboxSelectMultiple, **kwargs)

    def valid_value(self, value: str) -> bool:
        """Whether it could be an id at all."""
        return value.isascii() and value.isdigit() and len(value) < 19


class VersionForm(forms.Form):
    """What every action carries: the version of the request that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


def _reason(help_text: Any, **kwargs: Any) -> LongText:
    return LongText(
        label=_("Reason"),
        help_text=help_text,
        error_messages={"required": _("Write the reason.")},
        **{"max_length": REASON_MAX, "widget": forms.Textarea(attrs={"rows": 3}), **kwargs},
    )


CHOOSE_AUTHORITY = _("Choose an authority from the list.")


def authority_field(**options: Any) -> forms.ModelChoiceField[Authority]:
    """A choice among other public bodies."""
    return forms.ModelChoiceField(
        label=_("Authority"),
        queryset=Authority.objects.filter(is_active=True),
        empty_label=_("Choose an authority"),
        help_text=_("The applicant gets an SMS with its name (Law 3071, art. 5)."),
        error_messages={"required": CHOOSE_AUTHORITY, "invalid_choice": CHOOSE_AUTHORITY},
        **options,
    )


class ReasonForm(VersionForm):
    """An action that needs a reason."""

    reason = _reason("")


class ReturnForm(ReasonForm):
    """Back to triage."""

    reason = _reason(_("Public relations reads it and chooses another department."))


class ExtendForm(ReasonForm):
    """A longer period for an information request."""

    reason = _reason(_("The applicant reads it on the tracking page (Law 4982, art. 11)."))


class RevealForm(VersionForm):
    """To see an applicant's contact details."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *ContactReveal.Reason.choices],
        help_text=_("Kept with your name and the time; the applicant may ask for it."),
        error_messages={"required": _("Choose why you need it; the applicant may ask for this record.")},
    )


class QuestionForm(VersionForm):
    """A question to the applicant."""

    question = LongText(
        label=_("Question"),
        help_text=_("The applicant reads it on the tracking page. Meanwhile the period stands still."),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the question.")},
    )


class NoteForm(VersionForm):
    """An internal note."""

    text = LongText(
        label=_("Note"),
        help_text=_("Only staff read it, never the applicant."),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the note.")},
    )


class OutcomeChoice(forms.RadioSelect):
    """The five outcomes, each with a line on what belongs into the answer."""

    choice_hints = {
        Outcome.RESOLVED: _("The work is done. Say what was done and when."),
        Outcome.SCHEDULED: _(
            "It will be done later. The date you give is a promise, and the applicant gets it by SMS."
        ),
        Outcome.REFUSED: _("Say plainly why, and which rule stands in the way."),
        Outcome.INFORMATION: _("There was only something to explain."),
        Outcome.NOT_OURS: _("It is passed on to the authority in charge. Say how to reach it."),
    }


class ReplyChoice(forms.Select):
    """Standard replies that carry their text, so that a script can put it in without asking the server."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option with its text."""
        option = super().create_option(name, value, *args, **kwargs)
        if getattr(value, "instance", None):
            option["attrs"]["data-body"] = value.instance.body
        return option


class RepliesByOutcome(ModelChoiceIterator):  # type: ignore[type-arg]
    """The choices in groups."""

    def __iter__(self) -> Iterator[Any]:
        """The empty choice, then each group under its name."""
        yield ("", self.field.empty_label)
        for name, replies in replies_by_outcome(self.queryset):
            yield (name, [self.choice(reply) for reply in replies])


class ReplyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among standard replies."""

    widget = ReplyChoice
    iterator = RepliesByOutcome


class AnswerForm(VersionForm):
    """The answer, as a draft or to be sent. Nothing but the version is required: a draft may be unfinished."""

    outcome = forms.ChoiceField(
        label=_("What is the answer?"),
        choices=Outcome.choices,
        widget=OutcomeChoice,
        required=False,
        error_messages={"invalid_choice": _("Choose what the answer is.")},
    )
    promised_on = DayField(
        label=_("Promised date"),
        help_text=_("The day by which the work will be done. Example: 20.11.2026"),
        required=False,
    )
    authority = authority_field(required=False)
    text = LongText(
        label=_("Text of the answer"),
        help_text=_("The applicant reads exactly this. Plain words, no names of others, no phone numbers of others."),
        max_length=ANSWER_MAX,
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
    )
    photo = FilesField(label=_("Take a photo"), widget=CameraInput, required=False)
    files = FilesField(  # type: ignore[assignment]
        label=_("Add photos or PDF files"),
        help_text=_("At most five files of 10 MB: JPEG, PNG, WebP or PDF."),
        required=False,
    )
    removed_files = Ids(label=_("Remove"), required=False)
    reply = ReplyField(
        label=_("Standard reply"),
        queryset=StandardReply.objects.in_use(),
        empty_label=_("Choose a text"),
        required=False,
    )
    insert = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tomorrow = timezone.localdate() + timedelta(days=1)
        self.fields["promised_on"].widget.attrs["min"] = tomorrow.isoformat()

    def offer(self, replies: QuerySet[StandardReply]) -> None:
        """Let the person choose among these texts."""
        self.fields["reply"].queryset = replies  # type: ignore[attr-defined]

    def proposal(self) -> Proposal:
        """What the services take; a standard reply that was asked for stands below what was typed."""
        data = self.cleaned_data
        reply = data["reply"].body if data["insert"] and data["reply"] else ""
        return Proposal(
            outcome=data["outcome"],
            text="\n\n".join(part for part in (data["text"], reply) if part),
            promised_on=data["promised_on"],
            authority=data["authority"],
            files=[*data["photo"], *data["files"]],
            removed_files=tuple(data["removed_files"]),
        )
