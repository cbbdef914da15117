"""Accounts of staff."""

from collections.abc import Iterator
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.querysets import UserManager, UserQuerySet


class LowerCaseEmailField(models.EmailField):  # type: ignore[type-arg]
    """An e-mail address that is the same whatever case it is typed in: stored and looked up in lower case."""

    def to_python(self, value: Any) -> Any:
        """The address as it will be stored."""
        value = super().to_python(value)
        return value.strip().lower() if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """The address as it is stored and looked up."""
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Leave the object holding what the database holds."""
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    # Secrets and every sign-in do not belong into a history that is kept.
    exclude=["password", "last_login", "session_generation"],
    append_only=True,
)
class User(AbstractBaseUser, PermissionsMixin):
    """A person who works for the municipality and signs in. Never a citizen."""

    class Language(models.TextChoices):
        TURKISH = "tr", _("Turkish")
        ENGLISH = "en", _("English")

    email = LowerCaseEmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("There is already an account with this e-mail address.")},
    )
    full_name = models.CharField(_("name and surname"), max_length=150, validators=[ProhibitNullCharactersValidator()])
    title = models.CharField(_("job title"), max_length=120, blank=True, validators=[ProhibitNullCharactersValidator()])
    language = models.CharField(_("language"), max_length=5, choices=Language.choices, default=Language.TURKISH)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("works in the administration pages"), default=False)
    created_at = models.DateTimeField(_("account opened"), default=timezone.now, editable=False)
    disabled_at = models.DateTimeField(_("disabled at"), null=True, blank=True, editable=False)
    disabled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("disabled by"),
    )
    # Part of every session's fingerprint: counting it up ends all sessions of the account at once.
    session_generation = models.PositiveIntegerField(default=0, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        verbose_name = _("staff account")
        verbose_name_plural = _("staff accounts")
        constraints = [
            # With the unique index this makes addresses unique whatever case a bulk update writes.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="accounts_user_email_lower_case",
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=False) | models.Q(disabled_at__isnull=True),
                name="accounts_user_active_is_not_disabled",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        """The name shown to colleagues."""
        return self.full_name

    def get_short_name(self) -> str:
        """The name used to greet the person."""
        return self.full_name

    def get_session_auth_hash(self) -> str:
        """Fingerprint that a session must carry: changes with the password and with ``session_generation``."""
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The fingerprint under each former SECRET_KEY."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None) -> str:
        value = f"{self.password}:{self.session_generation}"
        return salted_hmac("accounts.session", value, secret=secret, algorithm="sha256").hexdigest()


@pghistory.track(
    pghistory.InsertEvent("granted"),
    pghistory.DeleteEvent("withdrawn"),
    obj_field=None,
    model_name="RoleChange",
    append_only=True,
)
class GrantedRole(User.groups.through):  # type: ignore[name-defined, misc]
    """A role of a person, so that the database records every grant and withdrawal."""

    class Meta:
        proxy = True
        verbose_name = _("granted role")
        verbose_name_plural = _("granted roles")
