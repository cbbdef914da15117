"""Consents, as evidence."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.phones import mask
from notifications.admin.base import ReadOnlyAdmin, typed_phone
from notifications.models import Consent


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Read only; found by the whole phone number."""

    list_display = ("given_at", "masked_phone", "purpose", "text_version", "source", "withdrawn_at")
    list_filter = ("purpose", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("phone",)
    search_help_text = _("The whole phone number")
    ordering = ("-given_at",)
    fields = (
        "masked_phone", "purpose", "text_version", "language", "source",
        "given_at", "withdrawn_at", "withdrawn_source",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """What the reader may see."""
        return Consent.objects.visible_to(request.user).order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Consent], search_term: str
    ) -> tuple[QuerySet[Consent], bool]:
        """By a whole phone number in any way of writing it."""
        return (queryset.filter(phone=typed_phone(search_term) or "") if search_term.strip() else queryset), False

    @admin.display(description=_("phone"))
    def masked_phone(self, consent: Consent) -> str:
        """Enough to recognise, not enough to call."""
        return mask(consent.phone)
