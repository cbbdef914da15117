"""Loading categories, rules, periods and replies from a reference pack. Running it again changes nothing.

Rows are matched by their key and created or updated; what is gone from the pack goes out of use, never
away. A row without a source belongs to staff: it is counted as kept and left alone.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pghistory
from django.db import models, transaction
from django.utils import translation

from common.memo import forget_all
from common.packs import Counts, Item, read_items, write_row
from departments.models import Department, Neighbourhood
from requests_app.models import Authority, Category, LegalPeriod, RoutingRule, StandardReply
from requests_app.questions import problem_in
from requests_app.services import clock
from requests_app.vocabulary import LONGEST_TARGET, Kind, Outcome

Row = TypeVar("Row", Category, RoutingRule, LegalPeriod, StandardReply, Authority)


@transaction.atomic
def load(path: Path) -> list[Counts]:
    """Bring the pack in ``path`` into the database. For the operator: no permission is asked.

    Raises common.packs.PackError, naming file, item and field, and then changes nothing.
    """
    with pghistory.context(reference_pack=path.name):
        counts = [
            categories := _load(path, "categories.json", Category, ("code",), _category),
            _load(path, "routing_rules.json", RoutingRule, ("category", "neighbourhood"), _rule),
            periods := _load(path, "legal_periods.json", LegalPeriod, ("kind", "valid_from"), _period),
            _load(path, "standard_replies.json", StandardReply, ("code",), _reply),
            _load(path, "authorities.json", Authority, ("code",), _authority),
        ]
    if any(each.created or each.updated for each in (categories, periods)):
        clock.on_calendar_changed()
    transaction.on_commit(forget_all)
    return counts


def _load(
    pack: Path, file: str, model: type[Row], key: tuple[str, ...], read: Callable[[Item, int], dict[str, Any]]
) -> Counts:
    counts = Counts(str(model._meta.verbose_name_plural))
    seen: list[int] = []
    for position, item in enumerate(read_items(pack, file, key=key)):
        values = read(item, position)
        row = model._default_manager.select_for_update().filter(**{field: values[field] for field in key}).first()
        written = write_row(row or model(), values, item, counts, is_new=row is None, save=lambda ready: ready.save())
        seen.append(written.pk)
    _retire(model, seen, counts)
    return counts


def _retire(model: type[Row], seen: list[int], counts: Counts) -> None:
    """What is gone from the pack goes out of use. A legal period ends by its date, not by being left out."""
    if issubclass(model, LegalPeriod):
        return
    gone: models.QuerySet[Any] = model._default_manager.exclude(source="").exclude(pk__in=seen)
    counts.closed = gone.filter(is_active=True).update(is_active=False)


def _category(item: Item, position: int) -> dict[str, Any]:
    catch_all, auto_route = item.flag("catch_all", False), item.flag("auto_route", False)
    if catch_all and auto_route:
        item.fail("catch_all", "what fits no other subject cannot be sent on without triage.")
    return {
        "code": item.code(),
        "name": item.text("name", max_length=120),
        "name_en": item.text("name_en", "", max_length=120),
        "group": item.text("group", max_length=80),
        "group_en": item.text("group_en", "", max_length=80),
        "help": item.text("help", "", max_length=300),
        "help_en": item.text("help_en", "", max_length=300),
        "kind": item.choice("kind", Kind.values, None) or "",
        "department": _department(item),
        "target_working_hours": item.number("target_working_hours", None, at_most=LONGEST_TARGET),
        "auto_route": auto_route,
        "catch_all": catch_all,
        "keywords": item.value("keywords", []),
        "questions": _questions(item),
        "sort_order": position,
        "is_active": item.flag("is_active", True),
    }


def _questions(item: Item) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = item.value("questions", [])
    with translation.override("en"):  # the operator reads English
        problem = problem_in(questions)
    return item.fail("questions", problem) if problem else questions


def _rule(item: Item, position: int) -> dict[str, Any]:
    return {
        "category": _found(item, "category", Category.objects.all()),
        "neighbourhood": _found(item, "neighbourhood", Neighbourhood.objects.all()),
        "department": _department(item),
        "note": item.text("note", "", max_length=200),
        "is_active": item.flag("is_active", True),
    }


def _period(item: Item, position: int) -> dict[str, Any]:
    return {
        "kind": item.choice("kind", Kind.values),
        "days": item.number("days", at_least=1, at_most=365),
        "extended_days": item.number("extended_days", None, at_most=365),
        "unit": item.choice("unit", LegalPeriod.Unit.values),
        "article": item.text("article", max_length=200),
        "valid_from": item.day("valid_from"),
        "valid_to": item.day("valid_to", None),
    }


def _reply(item: Item, position: int) -> dict[str, Any]:
    category = _found(item, "category", Category.objects.all()) if item.code("category", None) else None
    return {
        "code": item.code(),
        "title": item.text("title", max_length=120),
        "body": item.text("body", max_length=4000),
        "category": category,
        "outcome": item.choice("outcome", Outcome.values, None) or "",
        "is_active": item.flag("is_active", True),
    }


def _authority(item: Item, position: int) -> dict[str, Any]:
    return {
        "code": item.code(),
        "name": item.text("name", max_length=160),
        "phone": item.text("phone", "", max_length=20),
        "is_active": item.flag("is_active", True),
    }


def _department(item: Item) -> Any:
    return _found(item, "department", Department.objects.taking_requests())


def _found(item: Item, field: str, rows: models.QuerySet[Any]) -> Any:
    row = rows.filter(code=item.code(field)).first()
    if row is None:
        item.fail(field, f"there is no such {rows.model._meta.verbose_name}.")
    return row
