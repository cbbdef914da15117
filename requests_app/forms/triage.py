"""Forms of the triage page. They check shape only; what may be done is decided by the services.

``arguments`` are the service's own, so that a page can hand them on without knowing which form it is.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.form_fields import PlainTextField
from departments.models import Department
from requests_app import catalogue
from requests_app.forms.desk import (
    ExtendForm,
    NoteForm,
    QuestionForm,
    ReasonForm,
    VersionForm,
    authority_field,
)
from requests_app.forms.fields import DegreesField, RequestNumberField
from requests_app.forms.point import check_point
from requests_app.models import Category, ServiceRequest
from requests_app.models.history import NOTE_MAX
from requests_app.services.intake import Place
from requests_app.vocabulary import Kind

CHOOSE_DEPARTMENT = _("Choose a department from the list.")
NOBODY_WORKS_HERE = _("Nobody works here")


class DepartmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among the departments that take applications today. Beside those where nobody works it says so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Department.objects.none(),
            label=_("Department"),
            empty_label=_("Choose a department"),
            error_messages={"required": CHOOSE_DEPARTMENT, "invalid_choice": CHOOSE_DEPARTMENT},
            **options,
        )

    def __deepcopy__(self, memo: Any) -> DepartmentField:
        """The field of one form: the departments of the day on which the form is made, not the process."""
        field = super().__deepcopy__(memo)
        field.queryset = Department.objects.taking_requests()
        return field

    def label_from_instance(self, department: Department) -> str:
        """The name, with a warning where nobody would see what is sent."""
        return department.name if department.pk in self._staffed else f"{department.name} · {NOBODY_WORKS_HERE}"

    @cached_property
    def _staffed(self) -> frozenset[int]:
        return frozenset(Department.objects.staffed().values_list("pk", flat=True))


class RouteForm(VersionForm):
    """To a department; ``category`` comes with a suggestion that was accepted."""

    department = DepartmentField()
    category = forms.ModelChoiceField(
        queryset=Category.objects.filter(is_active=True), required=False, widget=forms.HiddenInput
    )


class RerouteForm(VersionForm):
    """To another department; the reason is for that department and for whoever teaches the router."""

    department = DepartmentField()
    reason = PlainTextField(
        label=_("Reason"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )


class RejectForm(ReasonForm):
    """Not taken up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The applicant reads it on the tracking page and gets an SMS.")


class ForwardForm(VersionForm):
    """To another public body."""

    authority = authority_field()
    reason = PlainTextField(
        label=_("Note"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )


class MergeForm(VersionForm):
    """The same matter as another application."""

    into_number = RequestNumberField(
        label=_("Number of the other application"),
        help_text=_("Both keep their numbers; the applicant gets the other one's answer as well."),
    )


class ReclassifyForm(VersionForm):
    """Kind, category and place put right."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    category = forms.ChoiceField(label=_("Category"), required=False)
    neighbourhood = forms.ChoiceField(label=_("Neighbourhood"), required=False)
    address = PlainTextField(label=_("Address or description of the place"), required=False, max_length=300)
    latitude = DegreesField(label=_("Latitude"), required=False, most=90)
    longitude = DegreesField(label=_("Longitude"), required=False, most=180)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("No category")), *catalogue.category_choices()]  # type: ignore[attr-defined]
        self.fields["neighbourhood"].choices = [("", _("No neighbourhood")), *catalogue.neighbourhood_choices()]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(request: ServiceRequest) -> dict[str, Any]:
        """What is known now."""
        return {
            "kind": request.kind,
            "category": request.category.code if request.category else "",
            "neighbourhood": request.neighbourhood.code if request.neighbourhood else "",
            "address": request.address,
            "latitude": request.latitude,
            "longitude": request.longitude,
        }

    def clean(self) -> dict[str, Any]:
        """Both coordinates or none, and within our boundaries."""
        if not self.errors:
            check_point(self, catalogue.neighbourhoods().get(self.cleaned_data["neighbourhood"]))
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        """What ``triage.reclassify`` takes."""
        values = self.cleaned_data
        neighbourhood = catalogue.neighbourhoods().get(values["neighbourhood"])
        return {
            "kind": Kind(values["kind"]),
            "category": catalogue.categories().get(values["category"]),
            "place": Place(
                neighbourhood_id=neighbourhood.pk if neighbourhood else None,
                address=values["address"],
                latitude=values["latitude"],
                longitude=values["longitude"],
            ),
        }


class TargetForm(forms.Form):
    """Where several requests go: to one department, or each to the one suggested for it."""

    department = DepartmentField(required=False)


__all__ = [
    "ExtendForm",
    "ForwardForm",
    "MergeForm",
    "NoteForm",
    "QuestionForm",
    "ReclassifyForm",
    "RejectForm",
    "RerouteForm",
    "RouteForm",
    "TargetForm",
    "VersionForm",
]
