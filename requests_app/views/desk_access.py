"""Who sits at the desk: people with a part in a department, and only with their departments' requests."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.current import signed_in
from accounts.models import User
from departments.querysets import DepartmentRoles, roles_of
from requests_app.actors import Actor
from requests_app.models import Answer, ServiceRequest
from requests_app.querysets import ServiceRequestQuerySet

QUEUE_KEY = "desk_queue"
LONGEST_QUERY = 500
SHOWN_WITH_A_REQUEST = ("category", "department", "neighbourhood", "applicant", "authority", "merged_into")


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's desk: the departments they work for, and what lies there."""

    user: User
    roles: DepartmentRoles

    @property
    def actor(self) -> Actor:
        """The person as services know them."""
        return Actor.staff(self.user)

    def requests(self) -> ServiceRequestQuerySet:
        """Everything at the person's departments; who may see more sees it elsewhere."""
        return ServiceRequest.objects.visible_to(self.user).filter(department_id__in=self.roles.all)

    def find(self, number: str) -> ServiceRequest | None:
        """The request with this number and its answers, or None where there is none at this desk."""
        answers = Answer.objects.select_related("drafted_by", "submitted_by", "department", "authority")
        known = self.requests().select_related(*SHOWN_WITH_A_REQUEST).defer("neighbourhood__polygon")
        with_answers = known.prefetch_related(Prefetch("answers", answers), "answers__attachments")
        return with_answers.filter(number=number).first()

    def is_head_for(self, request: ServiceRequest) -> bool:
        """Whether the person heads the request's department, or acts for its head."""
        return request.department_id in self.roles.head_of


def remember_queue(request: HttpRequest) -> None:
    """Keep which queue the person looks at, so that the way back leads there with its filters."""
    query = request.GET.urlencode()[:LONGEST_QUERY]
    if request.session.get(QUEUE_KEY, "") != query:
        request.session[QUEUE_KEY] = query


def queue_url(request: HttpRequest) -> str:
    """The queue the person came from."""
    query = request.session.get(QUEUE_KEY, "")
    return f"{reverse('desk:queue')}?{query}" if query else reverse("desk:queue")


DeskView = Callable[..., HttpResponseBase]


def desk_view(view: DeskView) -> DeskView:
    """Sign-in needed; ``view`` gets the person's Desk after the request. Others get a page that says why not."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = signed_in(request)
        roles = roles_of(user)
        if not roles.all:
            return render(request, "desk/no_department.html", status=403)
        return view(request, Desk(user, roles), *args, **kwargs)

    return guarded
