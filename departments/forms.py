"""Forms of the administration pages. Rules are asked of the services, so that they stand in one place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from departments.models import Delegation, Department, Membership, Municipality
from departments.services import organisation


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A model form that shows a service's refusal beside its field."""

    def clean(self) -> dict[str, Any]:
        """Ask for the rules once every single field is right."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.check_rules(cleaned)
            except DomainError as error:
                self.add_error(error.field if error.field in self.fields else None, str(error.message))
        return cleaned

    def check_rules(self, cleaned: dict[str, Any]) -> None:
        """Raise DomainError where a rule is broken."""


class DepartmentForm(RuleForm):
    """A department: where it stands in the tree, and its end."""

    class Meta:
        model = Department
        fields = (
            "code",
            "name",
            "short_name",
            "parent",
            "takes_requests",
            "valid_from",
            "valid_to",
            "phone",
        )

    def check_rules(self, cleaned: dict[str, Any]) -> None:
        """The tree has no circle, and nothing open answers to something closed."""
        organisation.check_parent(self.instance, cleaned.get("parent"))
        if cleaned.get("valid_to") and "valid_to" in self.changed_data:
            organisation.check_closing(self.instance, cleaned["valid_to"])


class MembershipForm(RuleForm):
    """Somebody's part in a department, and its end."""

    class Meta:
        model = Membership
        fields = ("user", "department", "role", "valid_from", "valid_to")

    def _get_validation_exclusions(self) -> set[str]:
        """Django checks no constraint of which the page only shows a field; a wrong end is refused already."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions - (set(self.Meta.fields) - self.errors.keys())

    def check_rules(self, cleaned: dict[str, Any]) -> None:
        """Department and account are open on the first day, and the end comes after it."""
        named = ("user", "department", "valid_from")
        if all(field in cleaned for field in named):
            organisation.check_appointment(**{field: cleaned[field] for field in named})
        organisation.check_end(cleaned.get("valid_from", self.instance.valid_from), cleaned.get("valid_to"))


class DelegationForm(RuleForm):
    """Who acts for which head, and when."""

    class Meta:
        model = Delegation
        fields = ("department", "head", "delegate", "starts_on", "ends_on", "reason")

    def _get_validation_exclusions(self) -> set[str]:
        """Django checks the constraint on overlaps with every field of its condition, also with this one."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions - {"revoked_at"}

    def check_rules(self, cleaned: dict[str, Any]) -> None:
        """The head heads the department, and the delegate may act."""
        named = ("department", "head", "delegate", "starts_on", "ends_on")
        if all(field in cleaned for field in named):
            organisation.check_delegation(**{field: cleaned[field] for field in named})


class MunicipalityForm(forms.ModelForm):  # type: ignore[type-arg]
    """The municipality's own data, with pickers for its colours."""

    website = forms.URLField(label=_("website"), required=False, assume_scheme="https")

    class Meta:
        model = Municipality
        fields = sorted(organisation.MUNICIPALITY_FIELDS)
        widgets = {
            field: forms.TextInput(attrs={"type": "color"}) for field in ("brand_colour", "brand_dark", "brand_light")
        }
