"""What the municipality configures: categories, rules, legal periods, standard replies, other authorities.

Rows go out of use instead of away, because requests and their history point to them. A row that somebody
changes here belongs to the staff from then on: its ``source`` is emptied, and no reference pack touches it.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.current import signed_in
from common.admintables import TableAdmin
from common.errors import InvalidInput
from departments.models import Department
from requests_app.forms.reference import CategoryForm
from requests_app.models import Authority, Category, LegalPeriod, RoutingRule, StandardReply
from requests_app.services import configuration


class ReferenceAdmin(TableAdmin):
    """Added and changed with the stock permissions, never deleted."""

    show_facets = admin.ShowFacets.NEVER
    actions: Any = ("take_out_of_use", "take_into_use")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what is not wanted any more goes out of use."""
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only departments that take applications are offered."""
        if db_field.related_model is Department:
            kwargs["queryset"] = Department.objects.taking_requests()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the service: from now on the row belongs to the staff."""
        configuration.save(row=obj, changed=form.changed_data, actor=signed_in(request))

    @admin.action(description=_("Take out of use"), permissions=["change"])
    def take_out_of_use(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """No form offers the rows any more; what refers to them stays."""
        self._switch(request, queryset, is_active=False)

    @admin.action(description=_("Take into use"), permissions=["change"])
    def take_into_use(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The rows are offered again."""
        self._switch(request, queryset, is_active=True)

    def _switch(self, request: HttpRequest, queryset: QuerySet[Any], *, is_active: bool) -> None:
        changed = 0
        for row in queryset.exclude(is_active=is_active):
            try:
                configuration.switch(row=row, is_active=is_active, actor=signed_in(request))
                changed += 1
            except InvalidInput as refusal:
                self.message_user(request, f"{row}: {refusal.message}", messages.WARNING)
        text = ngettext("%(count)d row was changed.", "%(count)d rows were changed.", changed)
        self.message_user(request, text % {"count": changed}, messages.SUCCESS if changed else messages.INFO)


@admin.register(Category)
class CategoryAdmin(ReferenceAdmin):
    """Subjects of applications."""

    form = CategoryForm
    list_display = ("name", "group", "department", "kind", "target_working_hours", "auto_route", "is_active")
    list_filter = ("is_active", "auto_route", "kind", "group")
    list_select_related = ("department",)
    search_fields = ("name", "code", "group")
    empty_text = _("Categories come with the reference data; citizens choose the subject from them.")
    export_fields = (
        "code", "name", "name_en", "group", "department", "kind", "target_working_hours", "auto_route", "catch_all",
        "is_active",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("code", "name", "name_en", "group", "group_en", "is_active", "sort_order")}),
        (
            _("Handling"),
            {"fields": ("department", "auto_route", "catch_all", "kind", "target_working_hours", "keywords")},
        ),
        (_("What the applicant reads"), {"fields": ("help", "help_en", "questions")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The code is what packs and drafts know the category by: it never changes."""
        return ("code",) if obj else ()


@admin.register(RoutingRule)
class RoutingRuleAdmin(ReferenceAdmin):
    """Exceptions of a neighbourhood."""

    list_display = ("category", "neighbourhood", "department", "note", "is_active")
    list_filter = ("is_active", "department")
    list_select_related = ("category", "neighbourhood", "department")
    search_fields = ("category__name", "neighbourhood__name")
    empty_text = _("Where a neighbourhood has another department for a category than usual, say so here.")
    export_fields = ("category", "neighbourhood", "department", "note", "is_active")
    fields = ("category", "neighbourhood", "department", "note", "is_active")


@admin.register(LegalPeriod)
class LegalPeriodAdmin(ReferenceAdmin):
    """Periods set by law. A new law is a new row; the old one ends."""

    actions: Any = ()
    empty_text = _("The periods set by law come with the reference data; without them no deadline is counted.")
    export_fields = ("kind", "days", "unit", "extended_days", "article", "valid_from", "valid_to")
    list_display = ("kind", "days", "unit", "extended_days", "article", "valid_from", "valid_to")
    list_filter = ("kind",)
    fields = ("kind", "days", "unit", "extended_days", "article", "valid_from", "valid_to")


@admin.register(StandardReply)
class StandardReplyAdmin(ReferenceAdmin):
    """Texts that are used again and again."""

    list_display = ("title", "category", "outcome", "is_active")
    list_filter = ("is_active", "outcome")
    list_select_related = ("category",)
    search_fields = ("title", "body", "code")
    empty_text = _("Texts that are used again and again: whoever writes an answer can put one in with a press.")
    export_fields = ("code", "title", "body", "category", "outcome", "is_active")
    fields = ("code", "title", "body", "category", "outcome", "is_active")


@admin.register(Authority)
class AuthorityAdmin(ReferenceAdmin):
    """Other public bodies."""

    list_display = ("name", "phone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    fields = ("code", "name", "phone", "is_active")
    empty_text = _("Public bodies to which an application can be forwarded come with the reference data.")
    export_fields = ("code", "name", "phone", "is_active")
