"""How a queue of the desk is narrowed and ordered. Everything is kept in the address."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models import Department, Neighbourhood
from requests_app.models import Category, ServiceRequest
from requests_app.querysets import ServiceRequestQuerySet

SORTS = (
    ("newest", pgettext_lazy("order of a list", "Newest first")),
    ("oldest", pgettext_lazy("order of a list", "Oldest first")),
)
ORDERS = {"newest": ("-submitted_at", "-pk"), "oldest": ("submitted_at", "pk")}


class QueueFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Search, department, neighbourhood, category and order. ``departments`` are the ones to choose from."""

    q = django_filters.CharFilter(label=_("Number or words"), method="search", max_length=100)
    department = django_filters.ChoiceFilter(label=_("Department"), empty_label=_("All"))
    neighbourhood = django_filters.ModelChoiceFilter(
        label=_("Neighbourhood"), queryset=Neighbourhood.objects.active(), empty_label=_("All")
    )
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=Category.objects.filter(is_active=True), empty_label=_("All")
    )
    sort = django_filters.ChoiceFilter(
        label=_("Order"),
        choices=SORTS,
        empty_label=pgettext_lazy("order of a list", "Most urgent first"),
        method="order",
    )

    class Meta:
        model = ServiceRequest
        fields: list[str] = []

    def __init__(self, *args: Any, departments: list[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(departments) > 1:
            self.filters["department"].extra["choices"] = [(row.pk, row.name) for row in departments]
        else:
            del self.filters["department"]

    def search(self, queryset: ServiceRequestQuerySet, name: str, value: str) -> ServiceRequestQuerySet:
        """By number or by the words of the application."""
        return queryset.search(value)

    def order(self, queryset: QuerySet[ServiceRequest], name: str, value: str) -> QuerySet[ServiceRequest]:
        """Another order than by urgency."""
        return queryset.order_by(*ORDERS[value])

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order was chosen."""
        return any(value for name, value in self.form.cleaned_data.items() if name != "sort")
