"""Accounts in the administration: opened, changed, locked. Everything is written by ``accounts.services``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

# All three register what is taken out again below.
import allauth.account.admin  # noqa: F401
import allauth.mfa.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, re_path
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import policies, services
from accounts.current import signed_in
from accounts.forms import AccountForm
from accounts.models import User
from accounts.roles import ROLES
from common.admintables import TableAdmin
from common.ordering import alphabetical

# Roles are data of the project, addresses and second factors belong to the account: none is edited by hand.
for hidden in (Group, EmailAddress, Authenticator):
    admin.site.unregister(hidden)

# One way in: the administration has no sign-in and no password page of its own.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def _own_password(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    return redirect("account_change_password")


admin.site.password_change = _own_password  # type: ignore[method-assign, assignment]


@dataclass(frozen=True, slots=True)
class AccountAction:
    """Something done to one account after a second look."""

    title: str | Promise
    explanation: str | Promise
    button: str | Promise
    done: str | Promise
    allows: Callable[[User, User], bool]
    service: Callable[..., User]


ACTIONS: Final[dict[str, AccountAction]] = {
    "disable": AccountAction(
        title=_("Disable account"),
        explanation=_(
            "%(name)s is signed out everywhere at once and cannot sign in any more. What this person did stays "
            "as it is. You can enable the account again."
        ),
        button=_("Disable this account"),
        done=_("The account of %(name)s is disabled and signed out everywhere."),
        allows=policies.can_disable_account,
        service=services.disable_account,
    ),
    "enable": AccountAction(
        title=_("Enable account"),
        explanation=_("%(name)s can sign in again, with the same password, roles and second step as before."),
        button=_("Enable this account"),
        done=_("The account of %(name)s is enabled."),
        allows=policies.can_enable_account,
        service=services.enable_account,
    ),
    "reset-second-step": AccountAction(
        title=_("Reset second step"),
        explanation=_(
            "The authenticator app and the recovery codes of %(name)s stop working, and %(name)s is signed out "
            "everywhere. A new second step is set up at the next sign-in. Be sure that it is this person who asks."
        ),
        button=_("Reset the second step"),
        done=_("The second step of %(name)s is reset. It is set up anew at the next sign-in."),
        allows=policies.can_reset_second_factor,
        service=services.reset_second_factor,
    ),
}


class RoleFilter(admin.SimpleListFilter):
    """By role, in the reader's language."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every role there is."""
        return [(role.code, role.name) for role in ROLES.values()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The accounts that hold the chosen role."""
        return queryset.with_role(self.value()) if self.value() else queryset


@admin.register(User)
class UserAdmin(TableAdmin):
    """Accounts: listed with their roles, second step and last sign-in; never deleted, only disabled."""

    form = AccountForm
    list_display = ("person", "role_names", "second_step", "is_active", "last_login")
    list_filter = (RoleFilter, "is_active")
    search_fields = ("full_name", "email")
    search_help_text = _("Name or e-mail address")
    ordering = (alphabetical("full_name"),)
    list_per_page = 50
    show_full_result_count = False
    actions = ("disable_chosen",)
    empty_text = _("Whoever works with the portal has an account here; an administrator opens it.")
    readonly_fields = (
        "role_names",
        "second_step",
        "is_active",
        "last_login",
        "created_at",
        "disabled_at",
        "disabled_by",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """What the reader may see, with everything the list shows."""
        return User.objects.visible_to(signed_in(request)).with_second_factor().prefetch_related("groups")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[User], bool]:
        """However the name is typed, with or without Turkish letters."""
        return queryset.matching(search_term), False

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """The person and the roles; below them what the account has been through."""
        changeable = self.has_change_permission(request, obj) if obj else True
        roles = "roles" if changeable else "role_names"
        person = (None, {"fields": ("full_name", "email", "title", "language", roles)})
        if obj is None:
            return (person,)
        state = ("is_active", "second_step", "last_login", "created_at")
        return person, (
            _("Account"),
            {"fields": (*state, *(("disabled_at", "disabled_by") if obj.disabled_at else ()))},
        )

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Roles are shown but fixed where the reader may not change them."""
        form = super().get_form(request, obj, change=change, fields=AccountForm.Meta.fields)
        fixed = obj is not None and not policies.can_change_roles(signed_in(request), obj)
        return type("AccountForm", (form,), {"roles_are_fixed": fixed})

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the policy of the service."""
        return policies.can_create_account(signed_in(request))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """By the policy of the service."""
        actor = signed_in(request)
        return policies.can_change_account(actor, obj or actor)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Never: what a person did stays theirs."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Hand the form to the service."""
        facts = {name: form.cleaned_data[name] for name in AccountForm.Meta.fields}
        roles = form.cleaned_data["roles"]
        if not change:
            obj.pk = services.create_staff_account(actor=signed_in(request), roles=roles, **facts).pk
            return
        services.change_account(actor=signed_in(request), user_id=obj.pk, **facts)
        if "roles" in form.changed_data:
            services.change_roles(actor=signed_in(request), user_id=obj.pk, roles=roles)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """On to the link with which the person gets in."""
        messages.success(request, _("The account of %(name)s is open. Nobody can sign in to it yet.") % {"name": obj})
        return redirect("admin:accounts_user_invite", pk=obj.pk)

    def get_urls(self) -> list[URLPattern]:
        """The pages of one account besides its form, before the stock ones, which catch every address."""
        view = self.admin_site.admin_view
        one_of = "|".join(ACTIONS)
        return [
            path("<int:pk>/invite/", view(self.invite), name="accounts_user_invite"),
            re_path(rf"^(?P<pk>[0-9]+)/(?P<action>{one_of})/$", view(self.act), name="accounts_user_act"),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form with the buttons of what may be done to this account."""
        user = self.get_object(request, object_id) if object_id else None
        buttons = _possible_actions(signed_in(request), user) if user else []
        may_invite = user is not None and user.is_active and policies.can_invite(signed_in(request), user)
        context = {"account_actions": buttons, "may_invite": may_invite, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def act(self, request: HttpRequest, pk: str, action: str) -> HttpResponse:
        """Disable, enable or reset one account: asked on GET, done on POST."""
        user = get_object_or_404(self.get_queryset(request), pk=pk)
        chosen = ACTIONS[action]
        if not chosen.allows(signed_in(request), user):
            raise PermissionDenied
        if request.method != "POST":
            return self._confirm(request, [user], chosen.title, chosen.explanation % {"name": user}, chosen.button)
        chosen.service(actor=signed_in(request), user_id=user.pk)
        self.log_change(request, user, str(chosen.title))
        messages.success(request, chosen.done % {"name": user})
        return redirect("admin:accounts_user_change", user.pk)

    def invite(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a link with which the person chooses a password; shown once, on the answer to POST."""
        user = get_object_or_404(self.get_queryset(request), pk=pk)
        if not policies.can_invite(signed_in(request), user):
            raise PermissionDenied
        link = ""
        if request.method == "POST":
            link = settings.PUBLIC_BASE_URL + services.invitation_path(actor=signed_in(request), user=user)
            self.log_change(request, user, str(_("Sign-in link")))
        context = self._context(request, _("Sign-in link")) | {
            "account": user,
            "link": link,
            "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        }
        return TemplateResponse(request, "admin/accounts/user/invite.html", context)

    @admin.action(description=_("Disable chosen accounts"), permissions=["change"])
    def disable_chosen(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Disable several accounts after a second look; one's own is left out."""
        actor = signed_in(request)
        chosen = [user for user in queryset if user.is_active and policies.can_disable_account(actor, user)]
        if not chosen:
            messages.warning(request, _("None of the chosen accounts can be disabled by you."))
            return None
        if request.POST.get("confirmed") != "yes":
            explanation = _("They are signed out everywhere at once. You can enable each account again.")
            return self._confirm(request, chosen, _("Disable accounts"), explanation, _("Disable these accounts"))
        for user in chosen:
            services.disable_account(actor=actor, user_id=user.pk)
            self.log_change(request, user, str(ACTIONS["disable"].title))
        count = len(chosen)
        text = ngettext("%(count)s account is disabled.", "%(count)s accounts are disabled.", count)
        messages.success(request, text % {"count": count})
        return None

    @admin.display(description=_("name and surname"), ordering=alphabetical("full_name"))
    def person(self, user: User) -> str:
        """The name, and below it the address that tells namesakes apart."""
        return format_html("{}<br>{}", user.full_name, user.email)

    @admin.display(description=_("Roles"))
    def role_names(self, user: User) -> str:
        """The roles by name."""
        names = (str(ROLES[group.name].name) for group in user.groups.all() if group.name in ROLES)
        return ", ".join(sorted(names)) or "–"

    @admin.display(description=_("Second step"), boolean=True)
    def second_step(self, user: Any) -> bool:
        """Whether an authenticator app is set up."""
        return bool(user.has_second_factor)

    def _confirm(
        self, request: HttpRequest, users: list[User], title: Any, explanation: Any, button: Any
    ) -> HttpResponse:
        context = self._context(request, title) | {
            "rows": [(user,) for user in users],
            "explanation": explanation,
            "button": button,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "action": request.POST.get("action", ""),
        }
        return TemplateResponse(request, "admin/accounts/user/confirm.html", context)

    def _context(self, request: HttpRequest, title: Any) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"opts": self.opts, "title": title}


def _possible_actions(actor: User, user: User) -> list[tuple[str, Any]]:
    """Address and title of what ``actor`` may do to ``user`` in the state it is in."""
    useless = {"enable" if user.is_active else "disable"}
    if not user.has_second_factor:  # type: ignore[attr-defined]
        useless.add("reset-second-step")
    return [
        (code, action.title) for code, action in ACTIONS.items() if code not in useless and action.allows(actor, user)
    ]
