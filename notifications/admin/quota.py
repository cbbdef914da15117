"""The yearly quota of announcements."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.current import signed_in
from common.errors import InvalidInput
from common.templatetags.ui import number
from notifications import policies
from notifications.admin.base import ReadOnlyAdmin
from notifications.campaign_forms import QuotaForm
from notifications.models import QuotaYear
from notifications.services.campaigns import quota


@admin.register(QuotaYear)
class QuotaYearAdmin(ReadOnlyAdmin):
    """A year appears with its first announcement; its limit can be changed by those who may."""

    list_display = ("name", "used", "most", "left")
    ordering = ("-year",)
    actions = None
    empty_text = _("A year appears here with its first announcement.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuotaYear]:
        """What the reader may see."""
        return QuotaYear.objects.visible_to(request.user).order_by(*self.ordering)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The years, and what holds for one that has not begun."""
        usual = {"usual": settings.ANNOUNCEMENT_QUOTA, "this_year": timezone.localdate().year}
        return super().changelist_view(request, {**usual, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One year and, for those who may, its limit to be changed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).filter(pk=int(object_id) if object_id.isdecimal() else 0).first()
        if row is None:
            raise Http404
        if request.method == "POST" and not policies.can_change_quota(request.user):
            raise PermissionDenied
        form = QuotaForm(request.POST if request.method == "POST" else None, initial={"limit": row.limit})
        if form.is_bound and form.is_valid() and self._set(request, row, form):
            return HttpResponseRedirect(reverse("admin:notifications_quotayear_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Quota of %(year)d") % {"year": row.year},
            "opts": self.opts,
            "row": row,
            "form": form if policies.can_change_quota(request.user) else None,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/notifications/quotayear/change.html", context, status=status)

    def _set(self, request: HttpRequest, row: QuotaYear, form: QuotaForm) -> bool:
        try:
            quota.set_limit(actor=signed_in(request), year=row.year, limit=form.cleaned_data["limit"])
        except InvalidInput as refusal:
            form.add_error("limit", str(refusal.message))
            return False
        self.log_change(request, row, [{"changed": {"fields": ["limit"]}}])
        self.message_user(request, _("The new quota holds from now on."), messages.SUCCESS)
        return True

    @admin.display(description=_("year"), ordering="year")
    def name(self, row: QuotaYear) -> str:
        """The year without a thousands separator."""
        return str(row.year)

    @admin.display(description=_("used or reserved"))
    def used(self, row: QuotaYear) -> str:
        """SMS parts planned."""
        return number(row.reserved)

    @admin.display(description=_("limit"))
    def most(self, row: QuotaYear) -> str:
        """SMS parts allowed."""
        return number(row.limit)

    @admin.display(description=_("left"))
    def left(self, row: QuotaYear) -> str:
        """SMS parts that may still be planned."""
        return number(row.limit - row.reserved)
