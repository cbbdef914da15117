"""The outbox as staff see it."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.current import signed_in
from common.errors import DomainError, InvalidInput
from common.numbers import parse_number
from common.phones import mask, phone_in
from notifications import policies
from notifications.admin.base import ReadOnlyAdmin, event_choices, event_title
from notifications.admin.problems import in_words
from notifications.lanes import Lane
from notifications.models import Message, RoutePause
from notifications.services import outbox
from notifications.services.campaigns.testing import CAMPAIGN
from notifications.services.inbound import ANSWER

REFERENCE_PREFIX = "request:"


class EventFilter(admin.SimpleListFilter):
    """By event, listed from the templates: asking millions of messages would take too long."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every event there is a template for."""
        return event_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """The messages of the chosen event."""
        return queryset.filter(event=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Read only, phones masked; a failed message can be sent again after a second look."""

    list_display = ("created_at", "status", "what", "masked_phone", "about")
    list_filter = ("state", "lane", "channel", EventFilter)
    list_select_related = False
    ordering = ("-id",)
    search_fields = ("reference",)
    search_help_text = _("Application number or the receiver's full phone number")
    actions = ("send_again",)
    empty_text = _("A message is written here as soon as something happens that an applicant is told of.")
    # No text, and the phone as masked as in the list.
    export_fields = (
        "created_at", "state", "what", "lane", "channel", "masked_phone", "about", "segments", "route",
        "attempts", "sent_at", "finished_at", "problem",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("state", "what", "about", "masked_phone", "shown_text", "segments")}),
        (
            _("Way"),
            {"fields": ("lane", "channel", "route", "provider_id", "attempts", "lookups", "problem", "error_detail")},
        ),
        (
            _("Times"),
            {"fields": ("created_at", "claimed_at", "sent_at", "finished_at", "due_at", "expires_at", "retried_at")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """What the reader may see."""
        return Message.objects.visible_to(request.user).order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """By application number in any way of writing it, or by a whole phone number: both are exact."""
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            return queryset.filter(reference=REFERENCE_PREFIX + parse_number(term)), False
        except InvalidInput:
            return queryset.filter(phone=phone_in(term)), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, under a notice where a route takes nothing at the moment."""
        paused = RoutePause.objects.filter(until__gt=timezone.now()).select_related("route")
        return super().changelist_view(request, {**(extra_context or {}), "paused_routes": paused})

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whether the action is offered."""
        return policies.can_retry(request.user)

    @admin.action(description=_("Send failed messages again"), permissions=["retry"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> HttpResponse | None:
        """Ask once more, then queue a copy of each message that can be sent again."""
        if request.POST.get("confirmed"):
            self._send_each(request, queryset)
            return None
        retryable = list(queryset.filter(pk__in=Message.objects.all().retryable().values("pk"))[:200])
        rows = [(message, self.about(message), self.problem(message)) for message in retryable]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Send these messages again?"),
            "opts": self.opts,
            "rows": rows,
            "left_out": queryset.count() - len(retryable),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "action": "send_again",
            "button": _("Send again"),
        }
        return TemplateResponse(request, "admin/notifications/message/send_again.html", context)

    def _send_each(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        sent = 0
        for message in queryset:
            try:
                outbox.send_again(actor=signed_in(request), message_id=message.pk)
                sent += 1
            except DomainError as refusal:
                self.message_user(request, f"{self.about(message)}: {refusal.message}", messages.WARNING)
        if sent:
            text = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", sent)
            self.message_user(request, text % {"count": sent}, messages.SUCCESS)

    @admin.display(description=_("state"), ordering="state")
    def status(self, message: Message) -> str:
        """The state, and what went wrong."""
        return ": ".join(filter(None, [message.get_state_display(), in_words(message.error_code)]))

    @admin.display(description=_("message"), ordering="event")
    def what(self, message: Message) -> str:
        """What the message says, in words."""
        return event_title(message.event)

    @admin.display(description=_("phone"))
    def masked_phone(self, message: Message) -> str:
        """Enough to recognise, not enough to call."""
        return mask(message.phone)

    @admin.display(description=_("about"))
    def about(self, message: Message) -> str:
        """The application's number, or what else it is about, in words."""
        subject, _colon, which = message.reference.partition(":")
        if subject == ANSWER:
            return str(_("a message to us"))
        if subject == CAMPAIGN:
            return _("announcement %(number)s") % {"number": which}
        return message.reference.removeprefix(REFERENCE_PREFIX) or "–"

    @admin.display(description=_("error"))
    def problem(self, message: Message) -> str:
        """What went wrong, in words."""
        return in_words(message.error_code) or "–"

    def heading(self, row: Message) -> str:
        """What the message says."""
        return self.what(row)

    @admin.display(description=_("text"))
    def shown_text(self, message: Message) -> str:
        """The text as it was sent. A one-time code is nobody's business, not even while it is on its way."""
        if message.lane == Lane.OTP:
            return str(_("One-time codes are not kept."))
        return message.text or str(_("Not written yet."))
