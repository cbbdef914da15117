"""Named reads of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import BaseUserManager
from django.db import models

from accounts.roles import DEMO_DOMAIN
from common.turkish import fold

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(models.QuerySet["User"]):
    """Reads that start from all accounts."""

    def active(self) -> UserQuerySet:
        """Accounts that may sign in."""
        return self.filter(is_active=True)

    def with_role(self, code: str) -> UserQuerySet:
        """Accounts that hold the role ``code`` of ``accounts.roles``."""
        return self.filter(groups__name=code)

    def demo(self) -> UserQuerySet:
        """Accounts of the demonstration, whose passwords everybody knows."""
        return self.filter(email__endswith=f"@{DEMO_DOMAIN}")

    def with_second_factor(self) -> UserQuerySet:
        """Adds ``has_second_factor``: whether an authenticator app is set up."""
        apps = Authenticator.objects.filter(user=models.OuterRef("pk"), type=Authenticator.Type.TOTP)
        return self.annotate(has_second_factor=models.Exists(apps))

    def matching(self, term: str) -> UserQuerySet:
        """Accounts whose name or address contains every word of ``term``, with or without Turkish letters.

        Compared here and not in the database, which knows neither ı nor İ; there are at most some thousands.
        """
        words = fold(term).split()
        if not words:
            return self.all()
        texts = self.order_by().values_list("pk", "full_name", "email")
        return self.filter(
            pk__in=[pk for pk, name, email in texts if all(word in f"{fold(name)} {email}" for word in words)]
        )

    def visible_to(self, actor: User) -> UserQuerySet:
        """Accounts that ``actor`` may see: all with the permission ``accounts.view_user``, else the own one."""
        if actor.is_active and actor.has_perm("accounts.view_user"):
            return self.all()
        return self.filter(pk=actor.pk)


class UserManager(BaseUserManager["User"]):
    """Accounts are made by ``accounts.services``; Django's own commands and tests use these two."""

    use_in_migrations = False

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Insert an account without any role. ``password`` may be None: then nobody can sign in yet."""
        if not email:
            raise ValueError("an account needs an e-mail address")
        user: User = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Insert an account that may do everything: the first one of an installation (``createsuperuser``)."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})
