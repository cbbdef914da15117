"""Every named read of service requests. ``visible_to`` is the one scope: list and detail both start there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from common.bell import LATE
from common.turkish import fold
from departments.querysets import roles_of
from requests_app.urgency import is_due_soon, is_overdue
from requests_app.workflow import OPEN, TO_DO, Status

if TYPE_CHECKING:
    from accounts.models import User
    from requests_app.models.reference import StandardReply  # noqa: F401  (both named in the base classes below)
    from requests_app.models.request import ServiceRequest  # noqa: F401

SEES_ALL = ("requests_app.view_all", "requests_app.triage", "requests_app.review", "requests_app.enter")


class ServiceRequestQuerySet(models.QuerySet["ServiceRequest"]):
    """Chainable reads."""

    def visible_to(self, user: User) -> ServiceRequestQuerySet:
        """What ``user`` may see: everything for public-relations staff, else what lies at their departments."""
        if not user.is_active:
            return self.none()
        if any(user.has_perm(permission) for permission in SEES_ALL):
            return self
        roles = roles_of(user)
        return self.filter(department_id__in=roles.head_of | roles.staff_of)

    def open(self) -> ServiceRequestQuerySet:
        """Requests that the municipality still owes something for."""
        return self.filter(status__in=OPEN)

    def for_triage(self) -> ServiceRequestQuerySet:
        """Waiting for a triage decision, the most urgent first."""
        return self.filter(status=Status.RECEIVED).by_urgency()

    def for_review(self) -> ServiceRequestQuerySet:
        """Answers waiting for a public-relations specialist, the most urgent first."""
        return self.filter(status=Status.ANSWERED).by_urgency()

    def unanswered_since(self, moment: datetime) -> ServiceRequestQuerySet:
        """Requests whose applicant was asked something at ``moment`` or before and has not replied."""
        return self.filter(status=Status.WAITING_FOR_APPLICANT, paused_at__lte=moment)

    def waiting_for_router(self) -> ServiceRequestQuerySet:
        """Received, and not yet looked at by the router."""
        return self.filter(status=Status.RECEIVED, routed_by_rule_at__isnull=True)

    def considered_late(self, since: datetime, at: datetime) -> ServiceRequestQuerySet:
        """Requests submitted since ``since`` that the router had not considered within ``bell.LATE``, as seen at
        ``at``: the bell was lost, or no worker was free.
        """
        recent = self.filter(submitted_at__gte=since, submitted_at__lt=at - LATE)
        return recent.exclude(routing_decisions__at__lte=F("submitted_at") + LATE)

    def overdue(self, at: datetime | None = None) -> ServiceRequestQuerySet:
        """Open requests whose clock has run out at ``at`` (now by default)."""
        return self.open().filter(is_overdue(at or timezone.now()))

    def due_soon(self, at: datetime | None = None) -> ServiceRequestQuerySet:
        """Open requests whose clock runs out within three days after ``at`` (now by default)."""
        return self.open().filter(is_due_soon(at or timezone.now()))

    def overdue_at_departments(self, at: datetime | None = None) -> ServiceRequestQuerySet:
        """Overdue at ``at`` (now by default) while it is for a department to do something."""
        return self.filter(is_overdue(at or timezone.now()), status__in=TO_DO)

    def by_urgency(self) -> ServiceRequestQuerySet:
        """The clock that runs out first on top; requests without a clock last, oldest first."""
        return self.order_by(F("clock_due_at").asc(nulls_last=True), "submitted_at", "pk")

    def of_phone(self, phone: str) -> ServiceRequestQuerySet:
        """Every request made with this phone (E.164), newest first."""
        return self.filter(applicant__phone=phone).exclude(applicant__phone="").order_by("-submitted_at")

    def search(self, text: str) -> ServiceRequestQuerySet:
        """Requests whose number or words begin with every word of ``text``, Turkish letters or not."""
        words = [
            word for word in fold(text).replace("'", " ").replace("\\", " ").split() if any(map(str.isalnum, word))
        ]
        if not words:
            return self
        raw = " & ".join(f"'{word}':*" for word in words)
        query = SearchQuery(raw, search_type="raw", config="simple")
        vector = SearchVector("search_text", config="simple")
        number = Q(number__startswith="".join(text.split()))
        return self.annotate(_words=vector).filter(Q(_words=query) | number)


class StandardReplyQuerySet(models.QuerySet["StandardReply"]):
    """Reads of the texts that are used again and again."""

    def in_use(self) -> StandardReplyQuerySet:
        """Texts that are offered at all."""
        return self.filter(is_active=True)

    def fitting(self, category_id: int | None) -> StandardReplyQuerySet:
        """Texts in use for this category or for all."""
        return self.in_use().filter(Q(category=None) | Q(category=category_id))
