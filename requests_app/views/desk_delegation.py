"""Heads name who acts for them while they are away."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from common.errors import DomainError, http_status
from common.ordering import alphabetical
from departments.models import Delegation, Department, Membership
from departments.services import organisation
from requests_app.forms.desk_delegation import DelegationForm
from requests_app.views.desk_access import Desk, desk_view

LISTED = 20


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view
def delegations(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Name a delegate, and see who acts for whom. Only heads name one; others see who acts in their department."""
    own = _headed(desk.user)
    form = DelegationForm(request.POST or None, departments=own, colleagues=_colleagues(desk)) if own else None
    if request.method != "POST":
        return _page(request, desk, form)
    if form is None:
        raise Http404
    return _name(request, desk, form, own)


@require_POST
@desk_view
def revoke(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """End a delegation at once."""
    delegation = Delegation.objects.filter(pk=pk, head=desk.user).first()
    if delegation is None:
        raise Http404
    organisation.revoke_delegation(actor=desk.user, delegation=delegation)
    messages.success(request, _("The delegation has ended."))
    return redirect("desk:delegate")


def _name(request: HttpRequest, desk: Desk, form: DelegationForm, own: list[Department]) -> HttpResponse:
    if not form.is_valid():
        return _page(request, desk, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    data = form.cleaned_data
    if _is_named_already(desk.user, data):
        return redirect("desk:delegate")
    department = next(row for row in own if row.pk == data["department"])
    try:
        organisation.name_delegate(
            actor=desk.user,
            department=department,
            delegate=User.objects.get(pk=data["delegate"]),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            reason=data["reason"],
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return _page(request, desk, form, status=http_status(error))
    messages.success(request, _("The delegate has been named."))
    return redirect("desk:delegate")


def _is_named_already(head: User, data: dict[str, Any]) -> bool:
    """The button was pressed twice."""
    same = {name: data[name] for name in ("starts_on", "ends_on")}
    where = {"department_id": data["department"], "delegate_id": data["delegate"]}
    return Delegation.objects.filter(head=head, revoked_at=None, **same, **where).exists()


def _page(request: HttpRequest, desk: Desk, form: DelegationForm | None, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "rows": _rows(desk), "today": timezone.localdate()}
    return render(request, "desk/delegate.html", context, status=status)


def _headed(user: User) -> list[Department]:
    """The departments the person heads in the own right: nobody passes on what was only lent."""
    memberships = Membership.objects.active().filter(user=user, role=Membership.Role.HEAD)
    return [
        row.department for row in memberships.select_related("department").order_by(alphabetical("department__name"))
    ]


def _colleagues(desk: Desk) -> QuerySet[Membership]:
    """People of the head's own departments, and other heads."""
    near = Q(department_id__in=desk.roles.head_of) | Q(role=Membership.Role.HEAD)
    people = Membership.objects.active().filter(near, user__is_active=True).exclude(user=desk.user)
    return people.select_related("user", "department")


def _rows(desk: Desk) -> QuerySet[Delegation]:
    """The person's own delegations, and those that run or will run in the person's departments."""
    today = timezone.localdate()
    mine = Q(head=desk.user) | Q(delegate=desk.user)
    near = Q(department_id__in=desk.roles.all, revoked_at=None, ends_on__gte=today)
    return Delegation.objects.filter(mine | near).select_related("head", "delegate", "department")[:LISTED]
