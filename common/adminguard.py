"""What every list of the administration needs before the database sees what a browser sent."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse


class KnownIds(admin.ModelAdmin):
    """Drops chosen ids that cannot be keys of the model; the admin itself passes them on and answers 500."""

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *options: Any) -> HttpResponse | None:
        """The action, on the ids that can exist, each written the one canonical way ("007" is "7")."""
        posted = request.POST.copy()
        posted.setlist(ACTION_CHECKBOX_NAME, possible_ids(self.model, posted.getlist(ACTION_CHECKBOX_NAME)))
        request.POST = posted  # type: ignore[assignment]
        return super().response_action(request, queryset, *options)


class GuardedSite(admin.AdminSite):
    """The administration. Whatever is registered in it gets the guard, a library's pages included."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """As in every site, with ``KnownIds`` in front of the class."""
        stock = admin_class or admin.ModelAdmin
        super().register(model_or_iterable, type(stock.__name__, (KnownIds, stock), {}), **options)


def possible_ids(model: type[Model], raw: list[str]) -> list[str]:
    """Those of `raw` that could be primary keys of `model`, in the order given, as text."""
    field = model._meta.pk
    values = [_key(field, each) for each in raw]
    return [str(value) for value in values if value is not None]


def _key(field: "Field[Any, Any]", raw: str) -> Any:
    """The value, or None for what the column cannot hold: wrong type, too large, a NUL byte."""
    if "\0" in raw:
        return None
    try:
        value = field.to_python(raw)
        field.run_validators(value)
    except (ValidationError, ValueError):
        return None
    return value
