"""Who acts for a head who is away."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.turkish import sort_key
from departments.models import Department, Membership

DATE_ERROR = _("Write the date as day.month.year. Example: 20.11.2026")


def _day(label: Any, *, missing: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages={"invalid": DATE_ERROR, "required": missing},
    )


class DelegationForm(forms.Form):
    """A department, a person and the days. ``departments`` are the head's own."""

    department = forms.TypedChoiceField(label=_("Department"), coerce=int)
    delegate = forms.TypedChoiceField(
        label=_("Who acts for you?"),
        coerce=int,
        error_messages={"required": _("Choose the person who acts for you.")},
    )
    starts_on = _day(_("First day"), missing=_("Choose the first day."))
    ends_on = _day(_("Last day"), missing=_("Choose the last day."), help_text=_("This day is included."))
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
