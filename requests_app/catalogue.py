"""The reference data that forms choose from, remembered for half a minute so that no form asks the database."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.utils.translation import get_language

from common.memo import memo
from departments.models import Neighbourhood
from requests_app.models import Category


@memo(seconds=30)
def categories() -> Mapping[str, Category]:
    """The categories in use by code, in their own order."""
    return {category.code: category for category in Category.objects.filter(is_active=True)}


@memo(seconds=30)
def neighbourhoods() -> Mapping[str, Neighbourhood]:
    """The neighbourhoods in use by code, in the order of the Turkish alphabet, without their boundaries."""
    return {place.code: place for place in Neighbourhood.objects.active().defer("polygon")}


def category_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices for a select: each group with its categories, in the reader's language."""
    return _category_choices(get_language() or "tr")


@memo(seconds=30)
def _category_choices(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    in_groups = sorted(categories().values(), key=_order_of_groups())
    return [
        (group, [(category.code, category.label) for category in members])
        for group, members in groupby(in_groups, key=lambda category: category.group_label)
    ]


def neighbourhood_choices() -> list[tuple[str, str]]:
    """Choices for a select."""
    return [(place.code, place.name) for place in neighbourhoods().values()]


def _order_of_groups() -> Any:
    """Sort key that keeps a group together at the place of its first category."""
    first: dict[str, int] = {}
    for position, category in enumerate(categories().values()):
        first.setdefault(category.group_label, position)
    return lambda category: first[category.group_label]
