"""Forms of the review page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from requests_app.forms.desk import ReasonForm, VersionForm


class ApproveForm(VersionForm):
    """The answer as it is."""


class ReturnAnswerForm(ReasonForm):
    """Back to the department."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Say what to change. The department reads it; the applicant does not.")


class ReopenForm(ReasonForm):
    """A closed request starts again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The department reads it. The periods start again.")
