"""Several received applications routed at once, after a page that says what will happen."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.current import signed_in
from common.errors import DomainError
from departments.models import Department
from requests_app.actors import Actor
from requests_app.forms.triage import DepartmentField, TargetForm
from requests_app.models import ServiceRequest
from requests_app.services import triage

VERSION = "version_"


class RouteActionForm(ActionForm):
    """Beside the action: where to."""

    department = DepartmentField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].empty_label = _("Each to its suggested department")  # type: ignore[attr-defined]


class BulkRoute(admin.ModelAdmin):  # type: ignore[type-arg]
    """Adds the action to a list of received requests."""

    action_form = RouteActionForm
    actions = ("route_selected",)

    @admin.action(description=_("Send selected applications to a department"), permissions=["triage"])
    def route_selected(self, request: HttpRequest, queryset: QuerySet[ServiceRequest]) -> HttpResponse | None:
        """Show what will happen; confirmed, do it and name what was refused."""
        form = TargetForm(request.POST)
        if not form.is_valid():
            self.message_user(request, str(form.errors["department"][0]), messages.ERROR)
            return None
        department = form.cleaned_data["department"]
        if request.POST.get("confirmed"):
            self._route(request, department)
            return None
        return self._confirmation(request, queryset, department)

    def _confirmation(
        self, request: HttpRequest, queryset: QuerySet[ServiceRequest], department: Department | None
    ) -> HttpResponse:
        chosen = list(queryset.select_related("suggested_department", "neighbourhood")[: self.list_per_page])
        plan = [(each, department or each.suggested_department) for each in chosen]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Send these applications?"),
            "opts": self.opts,
            "plan": [(each, target) for each, target in plan if target],
            "left_out": [each for each, target in plan if not target],
            "department": department,
            "staffed": set(Department.objects.staffed().values_list("pk", flat=True)),
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/requests_app/bulk_route.html", context)

    def _route(self, request: HttpRequest, department: Department | None) -> None:
        seen = _versions_seen(request)
        known = ServiceRequest.objects.visible_to(signed_in(request)).filter(pk__in=seen).values_list("pk", flat=True)
        versions = {pk: seen[pk] for pk in known}
        done, refused = triage.route_many(
            versions=versions, department=department, actor=Actor.staff(signed_in(request))
        )
        self._say(request, len(done), refused)

    def _say(self, request: HttpRequest, done: int, refused: list[tuple[int, DomainError]]) -> None:
        if done:
            text = ngettext("%(count)d application was sent.", "%(count)d applications were sent.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)
        names = dict(ServiceRequest.objects.filter(pk__in=[pk for pk, _why in refused]).values_list("pk", "number"))
        for pk, error in refused:
            self.message_user(request, f"{names.get(pk, pk)}: {error.message}", messages.WARNING)


def _versions_seen(request: HttpRequest) -> dict[int, int]:
    """The version that was on the page of each chosen request; those without one are left out."""
    chosen = map(int, request.POST.getlist(ACTION_CHECKBOX_NAME))
    versions = {pk: request.POST.get(f"{VERSION}{pk}", "") for pk in chosen}
    return {pk: int(version) for pk, version in versions.items() if _is_version(version)}


def _is_version(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
