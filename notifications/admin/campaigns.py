"""Announcements: the list, and the way to their own pages."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.templatetags.ui import long_datetime, number
from notifications import policies
from notifications.admin.base import ReadOnlyAdmin
from notifications.admin.campaign_list import ListPages
from notifications.admin.campaign_page import CampaignPages
from notifications.admin.campaign_testing import SelfTestPages
from notifications.admin.campaign_writing import WritingPages
from notifications.models import Campaign
from notifications.services.campaigns import progress

FORM = require_http_methods(["GET", "HEAD", "POST"])


class CampaignChangeList(ChangeList):
    """Knows how far each announcement on the page is, by one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        """The rows of the page, each with ``done``."""
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        done = progress.done_of(self.result_list)
        for campaign in self.result_list:
            campaign.done = done.get(campaign.pk)


@admin.register(Campaign)
class CampaignAdmin(WritingPages, ListPages, SelfTestPages, CampaignPages, ReadOnlyAdmin):
    """Written, approved by a second person, watched and stopped; every change is a service's."""

    list_display = ("name", "status", "shown_receivers", "shown_progress", "people", "begins")
    list_display_links = ("name",)
    list_filter = ("status", "purpose")
    list_select_related = ("created_by", "approved_by")
    search_fields = ("name",)
    ordering = ("-id",)
    actions = None
    empty_text = _("Write the first announcement; a second person approves it before anything is sent.")
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """What the reader may see."""
        return Campaign.objects.visible_to(request.user).order_by(*self.ordering)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that knows the progress."""
        return CampaignChangeList

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may write announcements."""
        return policies.can_write_campaigns(request.user)

    def get_urls(self) -> list[URLPattern]:
        """Our own pages, before the admin's catch-all."""
        pages: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "measure": ("measure/", require_POST(self.measure_view)),
            "edit": ("<int:pk>/edit/", FORM(self.edit_view)),
            "receivers": ("<int:pk>/receivers/", FORM(self.receivers_view)),
            "figures": ("<int:pk>/figures/", require_safe(self.figures_view)),
            "test": ("<int:pk>/test/", require_POST(self.test_view)),
            "phone": ("<int:pk>/phone/", FORM(self.phone_view)),
            "decide": ("<int:pk>/decide/<slug:verb>/", FORM(self.decide_view)),
        }
        own = [
            path(route, self.admin_site.admin_view(never_cache(view)), name=f"notifications_campaign_{name}")
            for name, (route, view) in pages.items()
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=_("receivers"), ordering="planned")
    def shown_receivers(self, campaign: Campaign) -> str:
        """How many phones, once they are listed."""
        return number(campaign.planned) if campaign.started_at else "–"

    @admin.display(description=_("done"))
    def shown_progress(self, campaign: Any) -> str:
        """How much of it is done."""
        if campaign.done is None or not campaign.planned:
            return "–"
        return _("%(percent)d %%") % {"percent": 100 * campaign.done // campaign.planned}

    @admin.display(description=_("who"))
    def people(self, campaign: Campaign) -> str:
        """Who wrote it and who approved it."""
        return ", ".join(str(person.full_name) for person in (campaign.created_by, campaign.approved_by) if person)

    @admin.display(description=_("begun or begins"), ordering="started_at")
    def begins(self, campaign: Campaign) -> str:
        """When it began, or will."""
        return long_datetime(campaign.started_at or campaign.starts_at) or "–"
