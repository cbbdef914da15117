"""Reference packs: folders of JSON files from which an installation gets its organisation and rules.

A file is ``{"source": "...", "items": [...]}``. A pack whose ``pack.json`` says ``{"extends": "common"}``
inherits the items of the sibling folder ``common``: an item of the same key changes the fields it names
(or drops the inherited item with ``"remove": true``), any other item is added. So nothing is written twice.

Every mistake is a ``PackError`` that names the file, the item and the field.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar

_ABSENT = object()
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PackError(Exception):
    """A reference file cannot be taken as it is. For the operator, therefore in English only."""


@dataclass
class Counts:
    """What one load did to one kind of rows. ``kept`` are rows that staff entered or changed themselves."""

    label: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    kept: int = 0

    def __str__(self) -> str:
        numbers = ("created", "updated", "unchanged", "closed", "kept")
        return f"{self.label}: " + ", ".join(f"{getattr(self, name)} {name}" for name in numbers)


class Item:
    """One entry of a reference file. Readers check shape; ``finish`` refuses fields nobody asked for."""

    def __init__(self, values: Mapping[str, Any], *, file: str, label: str, source: str = "") -> None:
        self._values = dict(values)
        self._file = file
        self._label = label
        self._read: set[str] = {"source"}
        self.source: str = self._values.get("source", source)

    def fail(self, field: str, problem: str) -> NoReturn:
        """Refuse this item. ``problem`` completes the sentence "field 'x' ..."."""
        raise PackError(f"{self._file}, item {self._label!r}, field {field!r}: {problem}")

    def value(self, field: str, default: Any = _ABSENT) -> Any:
        """The raw value. Without a default the field is required."""
        self._read.add(field)
        found = self._values.get(field, default)
        if found is _ABSENT:
            self.fail(field, "is missing.")
        return found

    def text(self, field: str, default: Any = _ABSENT, *, max_length: int | None = None) -> str:
        """A text, not empty unless there is a default."""
        found = self.value(field, default)
        if not isinstance(found, str) or (default is _ABSENT and not found.strip()):
            self.fail(field, "must be a text.")
        if max_length is not None and len(found) > max_length:
            self.fail(field, f"is longer than {max_length} characters.")
        return found

    def code(self, field: str = "code", default: Any = _ABSENT) -> Any:
        """An identifier of a-z, 0-9 and single dashes (or the default, for instance None)."""
        found = self.value(field, default)
        if found is default:
            return found
        if not isinstance(found, str) or not _CODE.fullmatch(found):
            self.fail(field, "must be of a-z, 0-9 and single dashes.")
        return found

    def choice(self, field: str, allowed: Collection[Any], default: Any = _ABSENT) -> Any:
        """One of the allowed values, or the default."""
        found = self.value(field, default)
        if found != default and found not in allowed:
            self.fail(field, f"must be one of {', '.join(map(str, allowed))}.")
        return found

    def number(self, field: str, default: Any = _ABSENT, *, at_least: float = 0, at_most: float = 1e9) -> Any:
        """A number within the limits, or the default."""
        found = self.value(field, default)
        if found is default:
            return found
        if isinstance(found, bool) or not isinstance(found, int | float) or not at_least <= found <= at_most:
            self.fail(field, f"must be a number from {at_least:g} to {at_most:g}.")
        return found

    def flag(self, field: str, default: Any = _ABSENT) -> bool:
        """True or false."""
        found = self.value(field, default)
        if not isinstance(found, bool):
            self.fail(field, "must be true or false.")
        return found

    def day(self, field: str, default: Any = _ABSENT) -> Any:
        """A date written 2026-11-20, or the default."""
        return self._parsed(field, default, date.fromisoformat, "must be a date like 2026-11-20.")

    def clock(self, field: str, default: Any = _ABSENT) -> Any:
        """A time of day written 08:30, or the default."""
        return self._parsed(field, default, time.fromisoformat, "must be a time like 08:30.")

    def finish(self) -> None:
        """Call after reading: a field that no reader asked for is most often a typing mistake."""
        for field in self._values.keys() - self._read:
            self.fail(field, "is not known here.")

    def _parsed(self, field: str, default: Any, parse: Any, problem: str) -> Any:
        found = self.value(field, default)
        if found is default:
            return found
        try:
            return parse(found)
        except (TypeError, ValueError):
            self.fail(field, problem)


def read_items(pack: Path, file: str, *, key: tuple[str, ...] = ("code",)) -> list[Item]:
    """The items of one file of a pack, merged with what the pack extends.

    ``key`` names the fields that identify an item. Raises PackError where the file is missing in the whole
    chain, is not JSON, is not of the agreed form, or has two items of one key.
    """
    merged: dict[tuple[str, ...], tuple[dict[str, Any], str]] = {}
    layers = [layer for layer in _chain(pack) if (layer / file).is_file()]
    if not layers:
        raise PackError(f"{file}: there is no such file in {pack} or in what it extends.")
    for layer in layers:
        content = _read(layer / file)
        for item_key, values in _keyed(content, file=f"{layer.name}/{file}", key=key):
            inherited, source = merged.get(item_key, ({}, ""))
            merged[item_key] = ({**inherited, **values}, content.get("source", source))
    return [
        _item(values, file=f"{pack.name}/{file}", key=key, source=source)
        for values, source in merged.values()
        if not values.get("remove")
    ]


def read_document(pack: Path, file: str) -> Any:
    """A JSON file that is not a list of items (GeoJSON), the pack's own before the inherited; None without one."""
    for layer in reversed(_chain(pack)):
        if (layer / file).is_file():
            return _read(layer / file)
    return None


def _chain(pack: Path) -> list[Path]:
    """The pack and what it extends, the base first."""
    chain: list[Path] = []
    layer: Path | None = pack
    while layer is not None:
        if not layer.is_dir() or layer in chain:
            raise PackError(f"{layer}: there is no such pack, or it extends itself.")
        chain.append(layer)
        manifest = _read(layer / "pack.json") if (layer / "pack.json").is_file() else {}
        layer = layer.parent / manifest["extends"] if "extends" in manifest else None
    return chain[::-1]


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PackError(f"{path.parent.name}/{path.name}: {error}") from error


def _keyed(content: Any, *, file: str, key: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if not isinstance(content, dict) or not isinstance(content.get("items"), list):
        raise PackError(f'{file}: must be {{"source": "...", "items": [...]}}.')
    seen = set()
    for position, values in enumerate(content["items"], start=1):
        if not isinstance(values, dict):
            raise PackError(f"{file}, item {position}: must be an object.")
        item_key = tuple(str(values.get(field)) for field in key)
        if item_key in seen:
            raise PackError(f"{file}, item {_label(values, key)!r}, field {key[0]!r}: stands twice in the file.")
        seen.add(item_key)
        yield item_key, values


def _item(values: dict[str, Any], *, file: str, key: tuple[str, ...], source: str) -> Item:
    return Item(values, file=file, label=_label(values, key), source=source)


def _label(values: Mapping[str, Any], key: tuple[str, ...]) -> str:
    return " ".join(str(values.get(field)) for field in key)


class HasSource(Protocol):
    """A row that says which pack it came from; empty where staff entered or changed it."""

    source: Any


Row = TypeVar("Row", bound=HasSource)


def write_row(
    row: Row, values: dict[str, Any], item: Item, counts: Counts, *, is_new: bool, save: Callable[[Row], object]
) -> Row:
    """Bring one row in line with its item, and count what was done. A row of the staff's is left alone."""
    item.finish()
    values = {**values, "source": item.source}
    changed = [field for field, value in values.items() if is_new or getattr(row, field) != value]
    if not is_new and not row.source:
        counts.kept += 1
    elif not is_new and not changed:
        counts.unchanged += 1
    else:
        for field in changed:
            setattr(row, field, values[field])
        save(row)
        counts.created += is_new
        counts.updated += not is_new
    return row
