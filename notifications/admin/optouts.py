"""Phones that want no announcements."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.current import signed_in
from common.phones import mask, phone_in
from notifications import policies
from notifications.admin.base import ReadOnlyAdmin
from notifications.admin.sources import in_words
from notifications.campaign_forms import OptOutForm
from notifications.models import OptOut
from notifications.services import consents


@admin.register(OptOut)
class OptOutAdmin(ReadOnlyAdmin):
    """Found by the whole phone number, added for the phone's owner; only the owner's new consent removes one."""

    list_display = ("masked_phone", "at", "source_name", "by")
    list_display_links = None
    list_select_related = ("by",)
    search_fields = ("phone",)
    search_help_text = _("The whole phone number")
    ordering = ("-at",)
    actions = None
    empty_text = _("Phones that want no announcements any more are listed here.")
    fields = ("masked_phone", "at", "source_name", "by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OptOut]:
        """What the reader may see."""
        return OptOut.objects.visible_to(request.user).order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OptOut], search_term: str
    ) -> tuple[QuerySet[OptOut], bool]:
        """By a whole phone number in any way of writing it."""
        return (queryset.filter(phone=phone_in(search_term)) if search_term.strip() else queryset), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may enter one."""
        return policies.can_opt_out(request.user)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Keep announcements from a phone whose owner asked for it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = OptOutForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            phone = form.cleaned_data["phone"]
            consents.opt_out_for_owner(phone=phone, actor=signed_in(request))
            text = _("%(phone)s gets no more announcements.") % {"phone": mask(phone)}
            self.message_user(request, text, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:notifications_optout_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("No more announcements to a phone"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(
            request, "admin/notifications/optout/add.html", context, status=422 if form.errors else 200
        )

    @admin.display(description=_("phone"))
    def masked_phone(self, opt_out: OptOut) -> str:
        """Enough to recognise, not enough to call."""
        return mask(opt_out.phone)

    @admin.display(description=_("through"), ordering="source")
    def source_name(self, opt_out: OptOut) -> str:
        """Through what it came, in words."""
        return in_words(opt_out.source)
