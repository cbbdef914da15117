"""Consents, as evidence."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.current import signed_in
from common.phones import mask, phone_in
from notifications import policies
from notifications.admin.base import ReadOnlyAdmin
from notifications.admin.sources import in_words
from notifications.models import Consent, Topic
from notifications.services import consents

MOST_AT_ONCE = 50
PURPOSES = {consents.ANNOUNCEMENTS: _("Announcements")}


class InForceFilter(admin.SimpleListFilter):
    """Those that still count, or those that ended."""

    title = _("validity")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Both ends of a consent's life."""
        return [("yes", _("In force")), ("no", _("Withdrawn"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Consent]) -> QuerySet[Consent]:
        """By whether a withdrawal was recorded."""
        return queryset.filter(withdrawn_at__isnull=self.value() == "yes") if self.value() else queryset


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Read only, found by the whole phone number; withdrawn for its owner after a second look."""

    list_display = ("given_at", "masked_phone", "purpose_name", "text_version", "source_name", "withdrawn_at")
    list_filter = (InForceFilter,)
    search_fields = ("phone",)
    search_help_text = _("The whole phone number")
    ordering = ("-given_at",)
    actions = ("withdraw",)
    empty_text = _("Whoever agrees on the portal to get announcements is listed here.")
    fields = (
        "masked_phone", "purpose_name", "topic_names", "neighbourhood", "text_version", "language", "source_name",
        "given_at", "withdrawn_at", "withdrawn_source_name", "withdrawn_by",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """What the reader may see."""
        return Consent.objects.visible_to(request.user).order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Consent], search_term: str
    ) -> tuple[QuerySet[Consent], bool]:
        """By a whole phone number in any way of writing it."""
        return (queryset.filter(phone=phone_in(search_term)) if search_term.strip() else queryset), False

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Whether the action is offered."""
        return policies.can_withdraw_consents(request.user)

    @admin.action(description=_("Withdraw for their owners"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Consent]) -> HttpResponse | None:
        """Ask once more, then end each chosen consent that is in force."""
        if request.POST.get("confirmed"):
            self._withdraw_each(request, queryset)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Withdraw these consents?"),
            "opts": self.opts,
            "rows": [(each, mask(each.phone)) for each in queryset.filter(withdrawn_at=None)[:MOST_AT_ONCE]],
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "action": "withdraw",
            "button": _("Withdraw the consent"),
        }
        return TemplateResponse(request, "admin/notifications/consent/withdraw.html", context)

    def _withdraw_each(self, request: HttpRequest, queryset: QuerySet[Consent]) -> None:
        chosen = queryset.values_list("pk", flat=True)[:MOST_AT_ONCE]
        ended = sum(consents.withdraw_for_owner(actor=signed_in(request), consent_id=pk) for pk in chosen)
        text = ngettext("%(count)d consent was withdrawn.", "%(count)d consents were withdrawn.", ended)
        self.message_user(request, text % {"count": ended}, messages.SUCCESS if ended else messages.WARNING)

    @admin.display(description=_("phone"))
    def masked_phone(self, consent: Consent) -> str:
        """Enough to recognise, not enough to call."""
        return mask(consent.phone)

    @admin.display(description=_("purpose"), ordering="purpose")
    def purpose_name(self, consent: Consent) -> str:
        """What it was given for, in words."""
        return str(PURPOSES.get(consent.purpose, consent.purpose))

    @admin.display(description=_("given through"), ordering="source")
    def source_name(self, consent: Consent) -> str:
        """Through what it was given, in words."""
        return in_words(consent.source)

    @admin.display(description=_("withdrawn through"))
    def withdrawn_source_name(self, consent: Consent) -> str:
        """Through what it ended, in words."""
        return in_words(consent.withdrawn_source)

    @admin.display(description=_("topics"))
    def topic_names(self, consent: Consent) -> str:
        """What its owner wants to hear about, in words."""
        labels = Topic.objects.all().labels()
        return ", ".join(labels.get(code, code) for code in consent.topics) or str(_("all topics"))
