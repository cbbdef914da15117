"""The ways out, as whoever runs the installation sets them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.current import signed_in
from common.admintables import TableAdmin
from common.ordering import alphabetical
from notifications import policies
from notifications.admin.problems import in_words
from notifications.forms import RouteForm
from notifications.lanes import Lane
from notifications.models import Route, RoutePause
from notifications.services import health, route_settings


@admin.register(Route)
class RouteAdmin(TableAdmin):
    """Added and changed, never deleted: messages and their costs point to a route. One not wanted goes out of use."""

    class Media:
        css = {"all": ["notifications/admin.css"]}

    form = RouteForm
    empty_text = _("The usual gateways come with the reference data; put the one you have a contract with into use.")
    list_display = ("name", "is_active", "gateway", "sender", "carries", "weight")
    fieldsets = (
        (None, {"fields": ("code", "name", "gateway", "channel", "sender", "is_active")}),
        (_("What it carries"), {"fields": ("lanes", "weight", "links_allowed", "letters", "reserved_units")}),
        (_("Contract"), {"fields": ("segments_per_second", "batch_size", "price_kurus")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Route]:
        """What the reader may see."""
        return Route.objects.visible_to(request.user)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What is in use first."""
        return ["-is_active", alphabetical("name")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, under its own name."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        """The page on how the routes are doing, before the admin's catch-all."""
        own = path("health/", self.admin_site.admin_view(self.health), name="notifications_route_health")
        return [own, *super().get_urls()]

    def health(self, request: HttpRequest) -> HttpResponse:
        """What waits, what went out, what went wrong and what it cost, for each route."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = health.report()
        context = {
            **self.admin_site.each_context(request),
            "title": _("How messages are going out"),
            "opts": self.opts,
            "queues": now.queues,
            "routes": [
                (route, _in_words(route.pause), [(each, in_words(each.code)) for each in route.problems[:5]])
                for route in now.routes
            ],
        }
        return TemplateResponse(request, "admin/notifications/route/health.html", context)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The code is what messages remember: it never changes. Nor do gateway and channel, which give it its sense."""
        return ("code", "gateway", "channel") if obj else ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The permission its service asks for."""
        return policies.can_keep_routes(request.user, new=True)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The permission its service asks for."""
        return policies.can_keep_routes(request.user, new=False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def save_model(self, request: HttpRequest, obj: Route, form: ModelForm, change: bool) -> None:
        """Through the service: from now on the row belongs to the staff."""
        route_settings.save(row=obj, actor=signed_in(request))

    @admin.display(description=_("carries"))
    def carries(self, route: Route) -> str:
        """The lanes, in words."""
        if set(route.lanes) == set(Lane):
            return str(_("everything"))
        return ", ".join(str(Lane(lane).label) for lane in route.lanes)


def _in_words(pause: RoutePause | None) -> str:
    """Why a route is paused: our own codes in words, a gateway's as it gave them."""
    code, _space, detail = pause.reason.partition(" ") if pause else ("", "", "")
    return " – ".join(filter(None, [in_words(code), detail]))
