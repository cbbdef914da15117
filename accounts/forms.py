"""What colleagues fill in about an account. Nothing here writes."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.models import User
from accounts.roles import ROLES


def role_choices() -> list[tuple[str, Any]]:
    """Every role with its name and what it is for."""
    return [(role.code, _RoleLabel(role.name, role.description)) for role in ROLES.values()]


class _RoleLabel:
    """ "Name: description" in the reader's language, joined only when shown."""

    def __init__(self, name: Any, description: Any) -> None:
        self.parts = (name, description)

    def __str__(self) -> str:
        return ": ".join(str(part) for part in self.parts)


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """The person and their roles. The service is asked to write them by the page."""

    # Set by the page where the reader may see the roles but not change them, for instance their own.
    roles_are_fixed: ClassVar[bool] = False

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=role_choices,
        # The class gives the boxes of the stock administration their whole width.
        widget=forms.CheckboxSelectMultiple(attrs={"class": "radiolist"}),
        required=False,
    )

    class Meta:
        model = User
        fields = ("full_name", "email", "title", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "roles" not in self.fields:
            return
        self.fields["roles"].disabled = self.roles_are_fixed
        if self.instance.pk:
            held = Group.objects.filter(user=self.instance.pk, name__in=ROLES)
            self.initial["roles"] = list(held.values_list("name", flat=True))

    def clean_email(self) -> str:
        """The service's rule about addresses, beside the field."""
        email: str = self.cleaned_data["email"]
        if not policies.is_address_allowed(email):
            raise forms.ValidationError(policies.DEMO_ONLY)
        return email
