"""What every page of one announcement shares."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.current import signed_in
from common.errors import DomainError, NotPermitted
from notifications import policies
from notifications.admin.base import ReadOnlyAdmin
from notifications.campaign_workflow import Verb
from notifications.models import Campaign

TEMPLATES = "admin/notifications/campaign/"


class CampaignPagesBase(ReadOnlyAdmin):
    """Finds the announcement in the reader's scope and draws pages about it."""

    def found(self, request: HttpRequest, pk: int, *, needs: Verb | None = None) -> Campaign:
        """The announcement. Raises Http404 outside the scope, PermissionDenied where ``needs`` is never theirs."""
        if not request.user.has_perm("notifications.view_campaign"):
            raise PermissionDenied
        campaigns: QuerySet[Campaign] = self.get_queryset(request).select_related("created_by", "approved_by")
        campaign = campaigns.filter(pk=pk).first()
        if campaign is None:
            raise Http404
        if needs and not policies.plays_a_part(signed_in(request), needs):
            raise PermissionDenied
        return campaign

    def page(
        self, request: HttpRequest, template: str, campaign: Campaign | None, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        """A page of the administration about ``campaign``."""
        common = {**self.admin_site.each_context(request), "opts": self.opts, "campaign": campaign}
        return render(request, TEMPLATES + template, {**common, **context}, status=status)

    def refused(self, request: HttpRequest, campaign: Campaign, refusal: DomainError) -> HttpResponse:
        """Back to the announcement as it is now, with the reason. What is never theirs is a 403."""
        if isinstance(refusal, NotPermitted):
            raise refusal
        self.message_user(request, str(refusal.message), messages.ERROR)
        return self.to_page(campaign.pk)

    def to_page(self, pk: int) -> HttpResponseRedirect:
        """To the announcement's page."""
        return HttpResponseRedirect(reverse("admin:notifications_campaign_change", args=[pk]))
