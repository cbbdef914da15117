"""Consents, as evidence."""

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
from notifications.models import Consent
from notifications.services import consents

MOST_AT_ONCE = 50


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Read only, found by the whole phone number; withdrawn for its owner after a second look."""

    list_display = ("given_at", "masked_phone", "purpose", "text_version", "source", "withdrawn_at")
    list_filter = ("purpose", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("phone",)
    search_help_text = _("The whole phone number")
    ordering = ("-given_at",)
    actions = ("withdraw",)
    empty_text = _("Whoever agrees on the portal to get announcements is listed here.")
    fields = (
        "masked_phone", "purpose", "text_version", "language", "source",
        "given_at", "withdrawn_at", "withdrawn_source", "withdrawn_by",
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
