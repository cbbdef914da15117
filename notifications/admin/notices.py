"""What gateways told us: whether it was understood and dealt with. Never what citizens wrote."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.phones import mask
from notifications.admin.base import ReadOnlyAdmin
from notifications.admin.problems import in_words
from notifications.gateways.notices import reader_of
from notifications.models import InboundNotice


@admin.register(InboundNotice)
class InboundNoticeAdmin(ReadOnlyAdmin):
    """A list for whoever runs the installation, newest first."""

    list_display = ("received_at", "state", "problem", "kind", "masked_phone", "gateway")
    list_filter = (
        "gateway",
        "kind",
        ("error", admin.EmptyFieldListFilter),
        ("processed_at", admin.EmptyFieldListFilter),
    )
    list_display_links = None
    ordering = ("-id",)
    fields = (
        "received_at",
        "gateway",
        "kind",
        "masked_phone",
        "state",
        "problem",
        "attempts",
        "due_at",
        "processed_at",
    )
    actions = None
    empty_text = _("Delivery receipts and citizens' replies appear here as gateways report them.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundNotice]:
        """What the reader may see."""
        return InboundNotice.objects.visible_to(request.user).order_by(*self.ordering)

    @admin.display(description=_("phone"))
    def masked_phone(self, notice: InboundNotice) -> str:
        """Enough to recognise, not enough to call."""
        phone = reader_of(notice.gateway).phone(notice)
        return mask(phone) if phone else ""

    @admin.display(description=_("error"), ordering="error")
    def problem(self, notice: InboundNotice) -> str:
        """What went wrong, in words."""
        return in_words(notice.error)

    @admin.display(description=_("state"))
    def state(self, notice: InboundNotice) -> str:
        """In words."""
        if notice.processed_at is None:
            return gettext("tried again later") if notice.attempts else gettext("not looked at yet")
        return gettext("given up") if notice.error else gettext("done")
