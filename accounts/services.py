"""The only code that writes accounts, roles and second factors.

``actor`` is the person who does it; None stands for the installation itself (commands, demo data), which
needs no permission. Every change is recorded by the database with the actor (``pghistory``).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.models import User
from accounts.roles import ROLES
from common.errors import InvalidInput, NotPermitted

UNKNOWN_ROLE = _("There is no such role. Choose from the list.")


@transaction.atomic
def load_roles() -> int:
    """Make the groups of the database what ``accounts.roles`` says: each holds exactly its permissions.

    Returns how many roles there are. Running it again changes nothing. Raises ImproperlyConfigured naming
    every permission that does not exist (a typing mistake, or migrations have not run).
    """
    wanted = _permissions_by_role()
    Group.objects.bulk_create([Group(name=code) for code in ROLES], ignore_conflicts=True)
    for group in Group.objects.filter(name__in=ROLES).prefetch_related("permissions"):
        if {permission.pk for permission in group.permissions.all()} != wanted[group.name]:
            group.permissions.set(wanted[group.name])
    return len(ROLES)


@transaction.atomic
def create_staff_account(
    *,
    actor: User | None,
    email: str,
    full_name: str,
    title: str = "",
    language: str = User.Language.TURKISH,
    roles: Iterable[str] = (),
    password: str | None = None,
) -> User:
    """Open an account. Without ``password`` nobody can sign in until ``invitation_path`` was followed.

    Needs ``accounts.add_user``. Raises InvalidInput on ``email``, ``full_name``, ``title``, ``language`` or
    ``roles``, and NotPermitted.
    """
    _permit(actor, policies.can_create_account)
    codes = _known_roles(roles)
    user = User(email=email, full_name=full_name, title=title, language=language, is_staff=_is_staff(codes))
    user.set_password(password)
    with _recorded(actor):
        _check(user)
        user.save()
        user.groups.set(Group.objects.filter(name__in=codes))
    return user


@transaction.atomic
def change_account(*, actor: User | None, user_id: int, email: str, full_name: str, title: str, language: str) -> User:
    """Change what an account says about the person.

    Needs ``accounts.change_user``. Raises InvalidInput on the field that cannot be taken, and NotPermitted.
    A new address ends the reset links that were sent to the old one.
    """
    user = _locked(user_id)
    _permit(actor, policies.can_change_account, user)
    moved = user.email != email.strip().lower()
    user.email, user.full_name, user.title, user.language = email, full_name, title, language
    with _recorded(actor):
        _check(user)
        user.save(update_fields=["email", "full_name", "title", "language"])
    if moved:
        # The sign-in library keeps addresses of its own; the old one must not open the account any more.
        EmailAddress.objects.filter(user_id=user.pk).delete()
    return user


@transaction.atomic
def change_roles(*, actor: User | None, user_id: int, roles: Iterable[str]) -> User:
    """Give an account exactly ``roles`` (codes of ``accounts.roles``); takes effect at the next click.

    Needs ``accounts.change_user``, and nobody changes their own. Raises InvalidInput on ``roles``, NotPermitted.
    """
    user = _locked(user_id)
    _permit(actor, policies.can_change_roles, user)
    codes = _known_roles(roles)
    with _recorded(actor):
        others = user.groups.exclude(name__in=ROLES)
        user.groups.set([*others, *Group.objects.filter(name__in=codes)])
        user.is_staff = user.is_superuser or _is_staff(codes)
        user.save(update_fields=["is_staff"])
    return user


@transaction.atomic
def disable_account(*, actor: User | None, user_id: int) -> User:
    """Lock an account and end all its sessions at once. Disabling a disabled account changes nothing.

    Needs ``accounts.change_user``, and nobody disables themselves. Raises NotPermitted.
    """
    user = _locked(user_id)
    _permit(actor, policies.can_disable_account, user)
    if user.is_active:
        user.is_active, user.disabled_at, user.disabled_by = False, timezone.now(), actor
        with _recorded(actor):
            user.save(update_fields=["is_active", "disabled_at", "disabled_by"])
            _end_sessions(user)
    return user


@transaction.atomic
def enable_account(*, actor: User | None, user_id: int) -> User:
    """Let a disabled account sign in again; sessions from before stay ended.

    Needs ``accounts.change_user``. Raises NotPermitted.
    """
    user = _locked(user_id)
    _permit(actor, policies.can_enable_account, user)
    user.is_active, user.disabled_at, user.disabled_by = True, None, None
    with _recorded(actor):
        user.save(update_fields=["is_active", "disabled_at", "disabled_by"])
    return user


@transaction.atomic
def reset_second_factor(*, actor: User | None, user_id: int) -> User:
    """Forget an account's authenticator app and recovery codes, for a lost phone, and end its sessions.

    The person signs in with the password and sets a new one up. Needs ``accounts.change_user``, and nobody
    resets their own. Raises NotPermitted.
    """
    user = _locked(user_id)
    _permit(actor, policies.can_reset_second_factor, user)
    with _recorded(actor):
        Authenticator.objects.filter(user_id=user.pk).delete()
        _end_sessions(user)
    return user


def invitation_path(*, actor: User | None, user: User) -> str:
    """The path of a page where the person chooses a password: works once, for ``PASSWORD_RESET_TIMEOUT`` seconds.

    It opens the account, so it is shown once to whoever hands it over and never stored. Needs
    ``accounts.change_user``. Raises NotPermitted.
    """
    _permit(actor, policies.can_invite, user)
    facts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    with translation.override(user.language):
        return reverse("account_reset_password_from_key", kwargs=facts)


def _permit(actor: User | None, allows: Callable[..., bool], *about: User) -> None:
    if actor is not None and not (actor.is_active and allows(actor, *about)):
        raise NotPermitted


def _locked(user_id: int) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user_id)


@contextmanager
def _recorded(actor: User | None) -> Iterator[None]:
    """Whatever the database records inside says who did it."""
    with pghistory.context(actor=actor.pk if actor else None):
        yield


def _end_sessions(user: User) -> None:
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])


def _check(user: User) -> None:
    """The model's own rules as one refusal beside its field."""
    user.full_name, user.title = user.full_name.strip(), user.title.strip()
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(field, messages[0]) from error
    if not policies.is_address_allowed(user.email):
        raise InvalidInput("email", policies.DEMO_ONLY)


def _known_roles(roles: Iterable[str]) -> frozenset[str]:
    codes = frozenset(roles)
    if not codes <= ROLES.keys():
        raise InvalidInput("roles", UNKNOWN_ROLE)
    return codes


def _is_staff(codes: Iterable[str]) -> bool:
    return any(ROLES[code].staff for code in codes)


def _permissions_by_role() -> dict[str, set[int]]:
    names = {name for role in ROLES.values() for name in role.permissions}
    found: dict[str, int] = {}
    rows: Any = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    for app, codename, pk in rows.filter(codename__in={name.partition(".")[2] for name in names}):
        found[f"{app}.{codename}"] = pk
    missing = sorted(names - found.keys())
    if missing:
        raise ImproperlyConfigured(f"accounts.roles names permissions that do not exist: {', '.join(missing)}")
    return {code: {found[name] for name in role.permissions} for code, role in ROLES.items()}
