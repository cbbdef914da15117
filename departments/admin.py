"""Administration of the organisation. Every change goes through a service; departments are closed, not deleted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.current import signed_in
from accounts.models import User
from common.admintables import TableAdmin
from common.ordering import alphabetical
from departments import policies
from departments.calendar import WorkingCalendar
from departments.forms import DelegationForm, DepartmentForm, MembershipForm, MunicipalityForm
from departments.models import (
    CalendarDay,
    Delegation,
    Department,
    LegalText,
    Membership,
    Municipality,
    Neighbourhood,
)
from departments.querysets import tree_path
from departments.services import organisation, texts, working_calendar

if TYPE_CHECKING:
    from django.forms import ModelForm


# The years whose holidays are worth showing: Law 2429 is of 1981.
FIRST_YEAR, LAST_YEAR = 1982, 2100


class OrganisationAdmin(TableAdmin):
    """What administrators change and nobody deletes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """One permission for the whole organisation, the one its services ask for."""
        return policies.can_change_organisation(signed_in(request))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The same permission as for adding."""
        return policies.can_change_organisation(signed_in(request))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows end; they are not deleted."""
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Open departments in tree order, open accounts by name."""
        if db_field.related_model is Department:
            kwargs["queryset"] = Department.objects.active().in_tree_order()
        elif db_field.related_model is User:
            kwargs["queryset"] = User.objects.active().order_by(alphabetical("full_name"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class OpenFilter(admin.SimpleListFilter):
    """Open rows first; closed ones on request."""

    title = _("period")
    parameter_name = "period"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        """The choices beside the default, which is "open today"."""
        return [("all", _("All, closed ones too"))]

    def choices(self, changelist: Any) -> Any:
        """The default is called by what it shows."""
        first, *others = super().choices(changelist)
        return [{**first, "display": _("Open today")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Both kinds of rows know ``active``."""
        return queryset if self.value() == "all" else queryset.active()  # type: ignore[attr-defined]


@admin.register(Municipality)
class MunicipalityAdmin(OrganisationAdmin):
    """The one municipality: a single page."""

    form = MunicipalityForm
    fieldsets = [
        (None, {"fields": ["name", "short_name", "province"]}),
        (_("How citizens reach you"), {"fields": ["phone", "whatsapp", "email", "website", "address"]}),
        (_("Look"), {"fields": ["logo", "brand_colour", "brand_dark", "brand_light"]}),
        (_("Working hours"), {"fields": ["work_start", "work_end", "half_day_end", "reopen_days"]}),
        (_("Map"), {"fields": ["map_lat", "map_lng", "map_zoom"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The row comes with the reference data."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is nothing to choose from, so go to the page itself."""
        if not Municipality.objects.exists():
            return super().changelist_view(request, extra_context)
        return redirect(reverse("admin:departments_municipality_change", args=[1]))

    def save_model(self, request: HttpRequest, obj: Municipality, form: ModelForm[Any], change: bool) -> None:
        """Through the service."""
        organisation.change_municipality(actor=signed_in(request), changes=_changes(form))


@admin.register(Department)
class DepartmentAdmin(OrganisationAdmin):
    """The tree of departments, each below the one it answers to."""

    form = DepartmentForm
    list_display = ("tree_name", "current_heads", "takes_requests", "valid_from", "valid_to", "from_pack")
    list_filter = (OpenFilter,)
    search_fields = ("name", "short_name", "code")
    list_per_page = 200
    empty_text = _("Departments come with the reference data; an administrator can add more here.")
    export_fields = (
        "code", "name", "short_name", "parent", "current_heads", "takes_requests", "phone", "valid_from", "valid_to",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Department]:
        """In tree order, with the present heads at hand."""
        heads = Membership.objects.active().filter(role=Membership.Role.HEAD).select_related("user")
        return Department.objects.in_tree_order().prefetch_related(Prefetch("memberships", heads, "heads_now"))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """The order of the tree."""
        return [tree_path(), "valid_from"]

    def get_readonly_fields(self, request: HttpRequest, obj: Department | None = None) -> tuple[str, ...]:
        """A code is for life, and an end is an end: whoever comes back gets a new row."""
        if obj is None:
            return ()
        return ("code", "valid_to") if obj.valid_to else ("code",)

    def get_fields(self, request: HttpRequest, obj: Department | None = None) -> list[Any]:
        """Nothing is closed on the day it is opened."""
        return [field for field in DepartmentForm.Meta.fields if obj or field != "valid_to"]

    def save_model(self, request: HttpRequest, obj: Department, form: ModelForm[Any], change: bool) -> None:
        """Through the services: opened, changed, closed."""
        changes = _changes(form)
        if not change:
            _became(obj, organisation.open_department(actor=signed_in(request), **changes))
            return
        closed_on = changes.pop("valid_to", None)
        if changes:
            organisation.change_department(actor=signed_in(request), department=obj, changes=changes)
        if closed_on:
            organisation.close_department(actor=signed_in(request), department=obj, on=closed_on)

    @admin.display(description=_("department"))
    def tree_name(self, row: Department) -> str:
        """The name, moved to the right by its depth."""
        depth = len(row.path) - 1  # type: ignore[attr-defined]
        return "\u2003" * depth + ("└ " if depth else "") + row.name

    @admin.display(description=_("head"))
    def current_heads(self, row: Department) -> str:
        """Who heads it today."""
        return ", ".join(str(membership.user) for membership in row.heads_now)  # type: ignore[attr-defined]

    @admin.display(description=_("from reference pack"), boolean=True)
    def from_pack(self, row: Department) -> bool:
        """Whether the next load of the pack may change the row."""
        return bool(row.source)


@admin.register(Membership)
class MembershipAdmin(OrganisationAdmin):
    """Who works where, since when."""

    form = MembershipForm
    list_display = ("user", "department", "role", "valid_from", "valid_to")
    list_filter = (OpenFilter, "role", "department")
    list_select_related = ("user", "department")
    search_fields = ("user__full_name", "user__email", "department__name")
    fields = MembershipForm.Meta.fields
    empty_text = _("Say here who works at which department and who heads it; then applications reach somebody's desk.")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        """What was is not rewritten: a membership only ends, once."""
        if obj is None:
            return ()
        return self.fields if obj.valid_to else self.fields[:-1]

    def save_model(self, request: HttpRequest, obj: Membership, form: ModelForm[Any], change: bool) -> None:
        """Through the services: appointed, ended."""
        if not change:
            _became(obj, organisation.appoint(actor=signed_in(request), **_changes(form)))
        elif obj.valid_to and "valid_to" in form.changed_data:
            organisation.end_membership(actor=signed_in(request), membership=obj, on=obj.valid_to)


@admin.register(Delegation)
class DelegationAdmin(OrganisationAdmin):
    """Who acts for whom, and until when."""

    form = DelegationForm
    list_display = ("department", "head", "delegate", "starts_on", "ends_on", "revoked_at")
    list_filter = ("department",)
    list_select_related = ("department", "head", "delegate")
    search_fields = ("head__full_name", "delegate__full_name", "department__name")
    actions = ("revoke",)
    empty_text = _("Heads name somebody to act for them at their desk; it is listed here.")

    def get_readonly_fields(self, request: HttpRequest, obj: Delegation | None = None) -> tuple[str, ...]:
        """A delegation is named or revoked, never rewritten."""
        return (*DelegationForm.Meta.fields, "created_at", "revoked_at") if obj else ()

    def save_model(self, request: HttpRequest, obj: Delegation, form: ModelForm[Any], change: bool) -> None:
        """Through the service."""
        if not change:
            _became(obj, organisation.name_delegate(actor=signed_in(request), **_changes(form)))

    @admin.action(description=_("Revoke the selected delegations"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Delegation]) -> None:
        """End the chosen delegations at once."""
        running = list(queryset.filter(revoked_at=None))
        for delegation in running:
            organisation.revoke_delegation(actor=signed_in(request), delegation=delegation)
        text = ngettext("%(count)s delegation was revoked.", "%(count)s delegations were revoked.", len(running))
        self.message_user(request, text % {"count": len(running)}, messages.SUCCESS)


@admin.register(Neighbourhood)
class NeighbourhoodAdmin(OrganisationAdmin):
    """The places citizens choose from."""

    list_display = ("name", "code", "has_boundary", "is_active", "from_pack")
    list_filter = ("is_active",)
    search_fields = ("name", "folded_name", "code")
    fields = ("code", "name", "is_active", "has_boundary", "source")
    empty_text = _("Neighbourhoods come with the reference data; citizens choose the place from them.")
    export_fields = ("code", "name", "has_boundary", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Neighbourhood | None = None) -> tuple[str, ...]:
        """Boundaries come with reference packs only."""
        return ("code", "has_boundary", "source") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Neighbourhood | None = None) -> tuple[str, ...]:
        """A new one needs a code and a name."""
        return self.fields if obj else ("code", "name")

    def save_model(self, request: HttpRequest, obj: Neighbourhood, form: ModelForm[Any], change: bool) -> None:
        """Through the services."""
        if change:
            organisation.change_neighbourhood(actor=signed_in(request), neighbourhood=obj, changes=_changes(form))
        else:
            _became(obj, organisation.add_neighbourhood(actor=signed_in(request), **_changes(form)))

    @admin.display(description=_("boundary known"), boolean=True)
    def has_boundary(self, row: Neighbourhood) -> bool:
        """Whether a point on the map leads here."""
        return row.box is not None

    @admin.display(description=_("from reference pack"), boolean=True)
    def from_pack(self, row: Neighbourhood) -> bool:
        """Whether the next load of the pack may change the row."""
        return bool(row.source)


@admin.register(CalendarDay)
class CalendarDayAdmin(TableAdmin):
    """Days that differ from the official calendar, and the whole year at a glance."""

    list_display = ("date", "kind", "name")
    list_filter = ("kind",)
    date_hierarchy = "date"
    fields = ("date", "kind", "name")
    empty_text = _(
        "Official holidays are known already. Enter here what differs: an administrative leave, for instance."
    )
    export_fields = ("date", "kind", "name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """One permission for the calendar, the one its service asks for."""
        return policies.can_change_calendar(signed_in(request))

    def has_delete_permission(self, request: HttpRequest, obj: CalendarDay | None = None) -> bool:
        """Removing an entry gives the day back to the official calendar."""
        return policies.can_change_calendar(signed_in(request))

    def get_readonly_fields(self, request: HttpRequest, obj: CalendarDay | None = None) -> tuple[str, ...]:
        """Another date is another entry."""
        return ("date",) if obj else ()

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: ModelForm[Any], change: bool) -> None:
        """Through the service, which has deadlines counted again."""
        saved = working_calendar.set_calendar_day(actor=signed_in(request), day=obj.date, kind=obj.kind, name=obj.name)
        _became(obj, saved)

    def delete_model(self, request: HttpRequest, obj: CalendarDay) -> None:
        """Through the service."""
        working_calendar.clear_calendar_day(actor=signed_in(request), day=obj.date)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CalendarDay]) -> None:
        """Through the service, one by one."""
        for day in queryset:
            self.delete_model(request, day)

    def get_urls(self) -> list[URLPattern]:
        """The year view beside the stock pages."""
        year = path("year/<int:year>/", self.admin_site.admin_view(self.year_view), name="departments_calendarday_year")
        return [year, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With a link to the present year."""
        return super().changelist_view(request, {"this_year": timezone.localdate().year, **(extra_context or {})})

    def year_view(self, request: HttpRequest, year: int) -> HttpResponse:
        """Holidays, half days and own days of one year."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Http404
        calendar = WorkingCalendar.load()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Calendar of %(year)s") % {"year": year},
            "opts": self.opts,
            "year": year,
            "days": calendar.special_days(year),
            "working_days": calendar.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)),
            "can_add": self.has_add_permission(request),
        }
        return TemplateResponse(request, "admin/departments/calendarday/year.html", context)


@admin.register(LegalText)
class LegalTextAdmin(TableAdmin):
    """Published texts. A change is a new version."""

    list_display = ("title", "kind", "language", "version", "effective_from")
    list_filter = ("kind", "language")
    fields = ("kind", "language", "title", "body", "effective_from")
    empty_text = _("The notice on personal data and the other legal texts come with the reference data.")

    def has_change_permission(self, request: HttpRequest, obj: LegalText | None = None) -> bool:
        """The database refuses it too."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LegalText | None = None) -> bool:
        """The database refuses it too."""
        return False

    def save_model(self, request: HttpRequest, obj: LegalText, form: ModelForm[Any], change: bool) -> None:
        """Through the service, which counts the versions."""
        _became(obj, texts.publish_legal_text(actor=signed_in(request), **_changes(form)))


def _changes(form: ModelForm[Any]) -> dict[str, Any]:
    """What the form brings: everything for a new row, only what was changed for an old one."""
    names = form.fields if form.instance._state.adding else form.changed_data
    return {name: form.cleaned_data[name] for name in names}


def _became(obj: Model, saved: Model) -> None:
    """The administration goes on with ``obj``: let it be what the service saved."""
    obj.__dict__.update(saved.__dict__)
