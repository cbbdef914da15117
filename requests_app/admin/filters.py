"""Filters of the lists of requests. Drawn as selects above the list; they live in the address."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from requests_app import catalogue
from requests_app.querysets import ServiceRequestQuerySet
from requests_app.vocabulary import Channel, Kind
from requests_app.workflow import Status

Choice = tuple[str, Any]
DAY = timedelta(days=1)


class SelectFilter(admin.SimpleListFilter):
    """One select. A value that is not among its choices filters nothing."""

    # The column compared with the chosen value.
    column = ""

    @property
    def chosen(self) -> str:
        """The chosen value, or nothing."""
        value = self.value() or ""
        return value if value in {str(choice) for choice, _label in self.lookup_choices} else ""

    def queryset(self, request: HttpRequest, queryset: Any) -> ServiceRequestQuerySet:
        """The rows that match."""
        return self.narrow(queryset, self.chosen) if self.chosen else queryset

    def narrow(self, queryset: ServiceRequestQuerySet, value: str) -> ServiceRequestQuerySet:
        """The rows of ``queryset`` that match ``value``."""
        return queryset.filter(**{self.column: value})


class KindFilter(SelectFilter):
    title = _("Kind")
    parameter_name = column = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """Every kind."""
        return list(Kind.choices)


class ChannelFilter(SelectFilter):
    title = _("Channel")
    parameter_name = column = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """Every channel."""
        return list(Channel.choices)


class StatusFilter(SelectFilter):
    title = _("Status")
    parameter_name = column = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """Every status."""
        return list(Status.choices)


class CategoryFilter(SelectFilter):
    title = _("Category")
    parameter_name = "category"
    column = "category__code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """The categories in use."""
        return [(code, category.label) for code, category in catalogue.categories().items()]


class NeighbourhoodFilter(SelectFilter):
    title = _("Neighbourhood")
    parameter_name = "neighbourhood"
    column = "neighbourhood__code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """The neighbourhoods in use."""
        return [(code, place.name) for code, place in catalogue.neighbourhoods().items()]


class DepartmentFilter(SelectFilter):
    title = _("Department")
    parameter_name = column = "department"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """The departments that take applications."""
        return [(str(pk), name) for pk, name in Department.objects.taking_requests().values_list("pk", "name")]


class TimeFilter(SelectFilter):
    """A filter whose choices are spans of time, counted from now."""

    spans: ClassVar[
        dict[str, tuple[str | Promise, Callable[[ServiceRequestQuerySet, datetime], ServiceRequestQuerySet]]]
    ]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """Every span."""
        return [(code, label) for code, (label, _narrow) in self.spans.items()]

    def narrow(self, queryset: ServiceRequestQuerySet, value: str) -> ServiceRequestQuerySet:
        """The rows within the span."""
        return self.spans[value][1](queryset, timezone.now())


class AgeFilter(TimeFilter):
    title = _("Waiting for")
    parameter_name = "age"
    spans = {
        "day": (_("Less than a day"), lambda rows, now: rows.filter(submitted_at__gt=now - DAY)),
        "days": (
            _("1 to 3 days"),
            lambda rows, now: rows.filter(submitted_at__lte=now - DAY, submitted_at__gt=now - 3 * DAY),
        ),
        "older": (_("More than 3 days"), lambda rows, now: rows.filter(submitted_at__lte=now - 3 * DAY)),
        "week": (_("More than a week"), lambda rows, now: rows.filter(submitted_at__lte=now - 7 * DAY)),
    }


class DueFilter(TimeFilter):
    title = _("Clock")
    parameter_name = "due"
    spans = {
        "late": (_("Overdue"), lambda rows, now: rows.overdue(now)),
        "soon": (_("Due soon"), lambda rows, now: rows.due_soon(now)),
        "none": (_("No deadline"), lambda rows, now: rows.open().filter(clock_due_at__isnull=True)),
    }


class DueAnywhereFilter(DueFilter):
    """In the list of all: also what the departments are late with."""

    spans = {
        **DueFilter.spans,
        "departments": (_("Overdue at the departments"), lambda rows, now: rows.overdue_at_departments(now)),
    }
