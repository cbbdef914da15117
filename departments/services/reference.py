"""Loading the organisation from a reference pack. Running it again changes nothing.

Rows are matched by code and created or updated. What is gone from the pack is closed, never deleted; only a
calendar day, which has no end of its own, is cleared. A row without a source belongs to the staff who entered or
changed it: it is counted as kept and left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pghistory
from django.db import models, transaction
from django.utils import timezone

from common.errors import InvalidInput
from common.events import department_closing
from common.memo import forget_all
from common.packs import Counts, Item, PackError, read_document, read_items, write_row
from common.saving import save_valid
from common.turkish import fold
from departments.models import CalendarDay, Department, LegalText, Municipality, Neighbourhood
from departments.places import box_of, polygons_of
from departments.services.organisation import end_memberships
from departments.services.working_calendar import announce

Sourced = TypeVar("Sourced", Municipality, Department, Neighbourhood, CalendarDay)


@transaction.atomic
def load(path: Path) -> list[Counts]:
    """Bring the organisation in line with the pack in ``path``. For the operator: no permission is asked.

    Raises common.packs.PackError, naming file, item and field, and then changes nothing.
    """
    with pghistory.context(reference_pack=path.name):
        counts = [
            _load_municipality(path),
            _load_departments(path),
            _load_neighbourhoods(path),
            _load_calendar(path),
            _load_legal_texts(path),
        ]
    transaction.on_commit(forget_all)
    return counts


def _load_municipality(pack: Path) -> Counts:
    counts = Counts("municipality")
    items = read_items(pack, "municipality.json", key=("name",))
    if len(items) != 1:
        raise PackError(f"municipality.json: must have exactly one item, not {len(items)}.")
    item = items[0]
    row = Municipality.objects.select_for_update().first()
    _write(row or Municipality(), _municipality_values(item), item, counts, is_new=row is None)
    if counts.updated:  # perhaps its working hours
        announce(())
    return counts


def _municipality_values(item: Item) -> dict[str, Any]:
    values: dict[str, Any] = {field: item.text(field) for field in ("name", "short_name", "province")}
    for field in ("phone", "whatsapp", "address", "email", "website", "logo"):
        values[field] = item.text(field, "")
    for field in ("brand_colour", "brand_dark", "brand_light"):
        values[field] = item.text(field, getattr(Municipality(), field))
    for field in ("work_start", "work_end", "half_day_end"):
        values[field] = item.clock(field)
    values["reopen_days"] = item.number("reopen_days", 30)
    values["map_lat"] = float(item.number("map_lat", at_least=-90, at_most=90))
    values["map_lng"] = float(item.number("map_lng", at_least=-180, at_most=180))
    values["map_zoom"] = item.number("map_zoom", 13)
    return values


def _load_departments(pack: Path) -> Counts:
    counts = Counts("departments")
    items = {item.code(): item for item in read_items(pack, "departments.json")}
    rows = {row.code: row for row in Department.objects.select_for_update().order_by("valid_from")}
    for item in _parents_first(items):
        rows[item.code()] = _write_department(rows.get(item.code()), _department_values(item, rows), item, counts)
    gone = Department.objects.active().exclude(source="").exclude(code__in=items)
    for row in gone.in_tree_order().reverse():
        _close_department(row, counts)
    return counts


def _write_department(row: Department | None, values: dict[str, Any], item: Item, counts: Counts) -> Department:
    was_open = row is not None and row.valid_to is None
    written = _write(row or Department(valid_from=timezone.localdate()), values, item, counts, is_new=not row)
    if was_open and written.valid_to:
        _leave_nothing_behind(written, written.valid_to)
    return written


def _department_values(item: Item, rows: dict[str, Department]) -> dict[str, Any]:
    parent = item.code("parent", None)
    values: dict[str, Any] = {
        "code": item.code(),
        "name": item.text("name"),
        "parent": rows[parent] if parent else None,
        "valid_to": item.day("valid_to", None),
        "takes_requests": item.flag("takes_requests", True),
    }
    for field in ("short_name", "phone"):
        values[field] = item.text(field, "")
    since = item.day("valid_from", None)
    return {**values, "valid_from": since} if since else values


def _parents_first(items: dict[str, Item]) -> Iterator[Item]:
    """Every item after the one it answers to."""
    waiting = dict(items)
    while waiting:
        ready = [code for code, item in waiting.items() if item.code("parent", None) not in waiting]
        for code in ready:
            parent = waiting[code].code("parent", None)
            if parent is not None and parent not in items:
                waiting[code].fail("parent", f"there is no department {parent!r} in the file.")
        if not ready:
            next(iter(waiting.values())).fail("parent", "goes round in a circle.")
        yield from (waiting.pop(code) for code in ready)


def _close_department(row: Department, counts: Counts) -> None:
    row.valid_to = max(timezone.localdate(), row.valid_from + timedelta(days=1))
    save_valid(row, actor=None, update_fields=["valid_to"])
    _leave_nothing_behind(row, row.valid_to)
    counts.closed += 1


def _leave_nothing_behind(department: Department, on: date) -> None:
    """What closing means besides the date: nobody works there any longer, and no work may lie there."""
    try:
        department_closing.publish(department=department)
    except InvalidInput as error:
        raise PackError(f"departments.json: {department.code!r} cannot be closed: {error}") from error
    end_memberships(department, on)


def _load_neighbourhoods(pack: Path) -> Counts:
    counts = Counts("neighbourhoods")
    items = {item.code(): item for item in read_items(pack, "neighbourhoods.json")}
    shapes = _shapes(pack, items)
    rows = {row.code: row for row in Neighbourhood.objects.select_for_update()}
    for code, item in items.items():
        row, values = rows.get(code), _neighbourhood_values(item, shapes.get(code))
        _write(row or Neighbourhood(), values, item, counts, is_new=row is None)
    for row in Neighbourhood.objects.active().exclude(source="").exclude(code__in=items):
        row.is_active = False
        save_valid(row, actor=None, update_fields=["is_active"])
        counts.closed += 1
    return counts


def _neighbourhood_values(item: Item, shape: dict[str, Any] | None) -> dict[str, Any]:
    name = item.text("name")
    box = box_of(shape) if shape else (None, None, None, None)
    return {
        "code": item.code(),
        "name": name,
        "folded_name": fold(name),
        "polygon": shape,
        **dict(zip(("min_lat", "max_lat", "min_lng", "max_lng"), box, strict=True)),
        "is_active": item.flag("is_active", True),
    }


def _shapes(pack: Path, items: dict[str, Item]) -> dict[str, dict[str, Any]]:
    """The boundaries of ``neighbourhoods.geojson`` by code; a pack may have none."""
    file = "neighbourhoods.geojson"
    shapes = {}
    for feature in (read_document(pack, file) or {"features": []})["features"]:
        code = feature.get("properties", {}).get("code")
        if code not in items:
            raise PackError(f"{file}, item {code!r}, field 'code': there is no such neighbourhood in the pack.")
        try:
            polygons_of(feature.get("geometry"))
        except ValueError as error:
            raise PackError(f"{file}, item {code!r}, field 'geometry': {error}") from error
        shapes[code] = feature["geometry"]
    return shapes


def _load_calendar(pack: Path) -> Counts:
    counts = Counts("calendar days")
    changed: set[date] = set()
    items = {item.day("date"): item for item in read_items(pack, "calendar.json", key=("date",))}
    for day, item in items.items():
        row = CalendarDay.objects.select_for_update().filter(date=day).first()
        values = {"date": day, "kind": item.choice("kind", CalendarDay.Kind.values), "name": item.text("name")}
        before = counts.unchanged + counts.kept
        _write(row or CalendarDay(), values, item, counts, is_new=row is None)
        if counts.unchanged + counts.kept == before:
            changed.add(day)
    changed |= _clear_days(CalendarDay.objects.exclude(source="").exclude(date__in=items), counts)
    if changed:
        announce(changed)
    return counts


def _clear_days(gone: models.QuerySet[CalendarDay], counts: Counts) -> set[date]:
    """Let the official calendar decide about these days again, as it does when staff clear one."""
    days = set(gone.values_list("date", flat=True))
    gone.delete()
    counts.closed += len(days)
    return days


def _load_legal_texts(pack: Path) -> Counts:
    counts = Counts("legal texts")
    for item in read_items(pack, "legal_texts.json", key=("kind", "language", "version")):
        key = {
            "kind": item.choice("kind", LegalText.Kind.values),
            "language": item.choice("language", ("tr", "en")),
            "version": item.number("version", at_least=1),
        }
        content = {"title": item.text("title"), "body": _body(item), "effective_from": item.day("effective_from")}
        _publish(key, content, item, counts)
    return counts


def _body(item: Item) -> str:
    pieces = item.value("body")
    if not isinstance(pieces, list) or not all(isinstance(piece, str) for piece in pieces):
        item.fail("body", "must be a list of paragraphs.")
    return "\n\n".join(pieces)


def _publish(key: dict[str, Any], content: dict[str, Any], item: Item, counts: Counts) -> None:
    published = LegalText.objects.filter(**key).first()
    if published and any(getattr(published, field) != value for field, value in content.items()):
        item.fail("version", "is published already with another text: raise the version.")
    item.finish()
    if published:
        counts.unchanged += 1
    else:
        _save(LegalText(**key, **content), item)
        counts.created += 1


def _write(row: Sourced, values: dict[str, Any], item: Item, counts: Counts, *, is_new: bool) -> Sourced:
    return write_row(row, values, item, counts, is_new=is_new, save=lambda ready: _save(ready, item))


def _save(row: models.Model, item: Item) -> None:
    try:
        save_valid(row, actor=None)
    except InvalidInput as error:
        item.fail(error.field or "code", str(error))
