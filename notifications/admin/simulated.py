"""The simulated phone: what the local gateway delivered."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.phones import phone_in
from notifications.admin.base import ReadOnlyAdmin
from notifications.models import LocalDelivery


@admin.register(LocalDelivery)
class LocalDeliveryAdmin(ReadOnlyAdmin):
    """An inbox, newest first; the search box takes a phone number.

    Only where people are invented: numbers and one-time codes of citizens are nobody's to read.
    """

    list_display = ("at", "phone", "text")
    search_fields = ("to",)
    search_help_text = _("Phone number, for instance 0500 000 00 01")
    fields = ("at", "phone", "text")
    actions = None
    empty_text = _("What the simulated gateway delivers appears here within seconds. No real phone gets anything.")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this is no real desk, and the reader may."""
        return (settings.DEMO or settings.DEBUG) and super().has_view_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LocalDelivery]:
        """What the reader may see, as an inbox."""
        return LocalDelivery.objects.visible_to(request.user).newest_first()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first."""
        return ("-at", "-id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LocalDelivery], search_term: str
    ) -> tuple[QuerySet[LocalDelivery], bool]:
        """A whole number in any way of writing it, or some of its digits."""
        phone = phone_in(search_term)
        if phone:
            return queryset.filter(to=phone), False
        digits = "".join(character for character in search_term if character.isdecimal()).lstrip("0")
        return queryset.filter(to__contains=digits), False

    @admin.display(description=_("phone"), ordering="to")
    def phone(self, delivery: LocalDelivery) -> str:
        """In full: simulated messages go to invented people."""
        return delivery.number
