"""Who acts for a head who is away."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.form_fields import DayField
from common.turkish import sort_key
from departments.models import Department, Membership


class DelegationForm(forms.Form):
    """A department, a person and the days. ``departments`` are the head's own."""

    department = forms.TypedChoiceField(label=_("Department"), coerce=int)
    delegate = forms.TypedChoiceField(
        label=_("Who acts for you?"),
        coerce=int,
        error_messages={"required": _("Choose the person who acts for you.")},
    )
    starts_on = DayField(label=_("First day"), error_messages={"required": _("Choose the first day.")})
    ends_on = DayField(
        label=_("Last day"),
        error_messages={"required": _("Choose the last day.")},
        help_text=_("This day is included."),
    )
    reason = forms.CharField(
        label=_("Reason"), help_text=_("For instance: annual leave."), max_length=200, required=False
    )

    def __init__(
        self, *args: Any, departments: list[Department], colleagues: Iterable[Membership], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [(row.pk, row.name) for row in departments]  # type: ignore[attr-defined]
        self.fields["delegate"].choices = [("", _("Choose a person")), *_people(colleagues)]  # type: ignore[attr-defined]
        self.fields["department"].initial = departments[0].pk if departments else None
        for name in ("starts_on", "ends_on"):
            self.fields[name].widget.attrs["min"] = timezone.localdate().isoformat()
        if len(departments) == 1:
            self.fields["department"].widget = forms.HiddenInput()


def _people(memberships: Iterable[Membership]) -> list[tuple[int, str]]:
    names = {row.user_id: f"{row.user.full_name} ({row.department.label})" for row in memberships}
    return sorted(names.items(), key=lambda person: sort_key(person[1]))
