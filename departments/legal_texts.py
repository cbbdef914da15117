"""The legal texts in force, ready to be shown: disclosure notice, consent, accessibility statement."""

from __future__ import annotations

from dataclasses import dataclass

from common.memo import memo
from departments.models import LegalText
from departments.services.organisation import municipality

_CONTACTS = ("address", "phone", "email", "website")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a text: a ``heading``, a ``paragraph`` or a ``list`` (then ``items`` holds its lines)."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


def current(kind: str, language: str) -> LegalText | None:
    """The newest version in force; in Turkish, the language of the law, where the language has none.

    Remembered 30 s. The text still has its ``{municipality}`` marks: show it through ``blocks``.
    """
    texts = _effective()
    return texts.get((kind, language)) or texts.get((kind, "tr"))


def edition(kind: str, language: str) -> str:
    """What names the text that ``current`` finds; nothing where there is none."""
    text = current(kind, language)
    return text.edition if text else ""


def is_current(kind: str, edition: str) -> bool:
    """Whether a text of this kind and ``edition`` exists and no newer one of its language is in force.

    Where the remembered texts do not have it the database is asked, because another process may have shown it already.
    """
    return _has(_effective(), kind, edition) or _has(_newest(), kind, edition)


def filled(text: str) -> str:
    """A title or body with the municipality's data in the place of its marks.

    A line whose mark has no value (a municipality without a website) is left out.
    """
    place = municipality()
    marks = (
        {"{municipality}": place.name, **{f"{{{field}}}": getattr(place, field) for field in _CONTACTS}}
        if place
        else {}
    )
    lines = [line for line in text.splitlines() if not any(mark in line and not marks[mark] for mark in marks)]
    return "\n".join(_replaced(line, marks) for line in lines)


def blocks(text: LegalText) -> list[Block]:
    """The text as headings, paragraphs and lists, with the municipality's name filled in."""
    pieces = filled(text.body).split("\n\n")
    return [_block(piece.strip()) for piece in pieces if piece.strip()]


def _replaced(line: str, marks: dict[str, str]) -> str:
    for mark, value in marks.items():
        line = line.replace(mark, value)
    return line


def _block(piece: str) -> Block:
    if piece.startswith("## "):
        return Block("heading", piece[3:].strip())
    lines = piece.splitlines()
    if all(line.startswith("- ") for line in lines):
        return Block("list", items=tuple(line[2:].strip() for line in lines))
    return Block("paragraph", " ".join(line.strip() for line in lines))


def _has(texts: dict[tuple[str, str], LegalText], kind: str, edition: str) -> bool:
    return any(text.edition == edition for (of, _language), text in texts.items() if of == kind)


@memo(seconds=30)
def _effective() -> dict[tuple[str, str], LegalText]:
    return _newest()


def _newest() -> dict[tuple[str, str], LegalText]:
    texts: dict[tuple[str, str], LegalText] = {}
    for text in LegalText.objects.effective():
        texts.setdefault((text.kind, text.language), text)
    return texts
