"""Rewrites a PDF from its input to its output, in a process of its own: ``python -m common.pdf_rewriter``.

A parser given hostile bytes may take any time and any memory, so it runs where both are limited and where
there is nothing to steal: no settings, no secrets, no database. Knows nothing of Django.

Only the pages are copied into a new file, so the document's own scripts, start actions, embedded files,
forms logic and author's names stay behind; what hangs on the pages is cleaned before it is copied.
"""

import io
import logging
import os
import resource
import sys
from collections.abc import Iterator
from typing import Final

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject

from common.pdf_limits import (
    CPU_SECONDS,
    MAX_OBJECTS,
    MAX_PAGES,
    MAX_REACHED,
    MAX_RESULT_BYTES,
    MEMORY_BYTES,
    Refusal,
)


class Refused(Exception):
    """The document is not taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


# Scripts and actions (/AA, /OpenAction, /JS, /JavaScript), forms logic (/XFA), files inside (/EF, /AF,
# /EmbeddedFiles), who made it (/Metadata, /PieceInfo), and ways out of the page towards the whole document.
_DROPPED_KEYS: Final = frozenset(
    {
        "/AA",
        "/AF",
        "/EF",
        "/EmbeddedFiles",
        "/JS",
        "/JavaScript",
        "/Metadata",
        "/OpenAction",
        "/PieceInfo",
        "/RichMediaContent",
        "/StructParents",
        "/XFA",
    }
)
_KEPT_ANNOTATIONS: Final = frozenset(
    {
        "/Circle",
        "/FreeText",
        "/Highlight",
        "/Ink",
        "/Line",
        "/Link",
        "/Polygon",
        "/PolyLine",
        "/Square",
        "/Squiggly",
        "/Stamp",
        "/StrikeOut",
        "/Text",
        "/Underline",
        "/Widget",
    }
)
_KEPT_LINKS: Final = ("http://", "https://", "mailto:", "tel:")


def main() -> int:
    """Read a PDF from standard input and write the clean one to standard output. Returns the exit status."""
    _limit_this_process()
    # The parser's warnings repeat pieces of the file, which may be anybody's data.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        content = rewrite(sys.stdin.buffer.read())
    except Refused as refused:
        return refused.refusal
    except MemoryError:
        return Refusal.TOO_COMPLICATED
    except Exception as error:  # a parser given hostile bytes may raise anything, recursion included
        sys.stderr.write(type(error).__name__)
        return Refusal.UNREADABLE
    sys.stdout.buffer.write(content)
    return 0


def _limit_this_process() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)  # pages go before documents


def rewrite(data: bytes) -> bytes:
    """The pages of a PDF as a new file. Raises Refused, or whatever the parser raises for damaged files."""
    reader = PdfReader(io.BytesIO(data))
    _refuse_many_objects(reader)
    if reader.is_encrypted:
        raise Refused(Refusal.ENCRYPTED)
    pages = list(_first_pages(reader, MAX_PAGES + 1))
    if len(pages) > MAX_PAGES:
        raise Refused(Refusal.TOO_MANY_PAGES)
    if not pages:
        raise Refused(Refusal.UNREADABLE)
    return _copy(pages)


def _refuse_many_objects(reader: PdfReader) -> None:
    """From the table of contents alone: no object has been read yet."""
    count = len(reader.xref_objStm) + sum(len(generation) for generation in reader.xref.values())
    if count > MAX_OBJECTS:
        raise Refused(Refusal.TOO_COMPLICATED)


def _copy(pages: list[PageObject]) -> bytes:
    writer = PdfWriter()
    for page in pages:
        _clean_page(page)
    _clean_everything_reached(pages)
    for page in pages:
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    if out.tell() > MAX_RESULT_BYTES:
        raise Refused(Refusal.TOO_COMPLICATED)
    return out.getvalue()


def _first_pages(reader: PdfReader, limit: int) -> Iterator[PageObject]:
    for index, page in enumerate(reader.pages):
        if index >= limit:
            return
        yield page


def _clean_page(page: DictionaryObject) -> None:
    # An article's threads lead to other pages. Only of a page: elsewhere /B may be the name of a choice in a form.
    page.pop("/B", None)
    annotations = _resolved(page.get("/Annots"))
    if not isinstance(annotations, ArrayObject):
        page.pop("/Annots", None)
        return
    page[NameObject("/Annots")] = ArrayObject(item for item in annotations if _keep_annotation(_resolved(item)))


def _keep_annotation(annotation: PdfObject | None) -> bool:
    """Cleans the annotation and says whether it may stay. Notes and filled-in form fields stay visible."""
    if not isinstance(annotation, DictionaryObject) or annotation.get("/Subtype") not in _KEPT_ANNOTATIONS:
        return False
    # Pop-ups, parents, pages and destinations lead back into the document that is left behind.
    for key in ("/Parent", "/Popup", "/P", "/Dest", "/IRT"):
        annotation.pop(key, None)
    if not _is_plain_link(_resolved(annotation.get("/A"))):
        annotation.pop("/A", None)
    return True


def _is_plain_link(action: PdfObject | None) -> bool:
    if not isinstance(action, DictionaryObject) or action.get("/S") != "/URI" or "/Next" in action:
        return False
    return str(_resolved(action.get("/URI")) or "").lower().startswith(_KEPT_LINKS)


def _clean_everything_reached(pages: list[PageObject]) -> None:
    """Visit every object the pages lead to, once, and drop the keys that act, hide or tell."""
    waiting: list[PdfObject] = list(pages)
    seen: set[int] = set()
    while waiting:
        current = _resolved(waiting.pop())
        if id(current) in seen:
            continue
        seen.add(id(current))
        if len(seen) > MAX_REACHED:
            raise Refused(Refusal.TOO_COMPLICATED)
        if isinstance(current, DictionaryObject):
            waiting.extend(_kept_values(current))
        elif isinstance(current, ArrayObject):
            waiting.extend(item for item in current if _can_hold_more(item))


def _kept_values(dictionary: DictionaryObject) -> Iterator[PdfObject]:
    for key in list(dictionary):
        if key in _DROPPED_KEYS:
            del dictionary[key]
        # The parent of a page is the page tree of the old file, which is not copied.
        elif key != "/Parent" and _can_hold_more(dictionary.raw_get(key)):
            yield dictionary.raw_get(key)


def _can_hold_more(value: PdfObject) -> bool:
    return isinstance(value, (IndirectObject, DictionaryObject, ArrayObject))


def _resolved(value: object) -> PdfObject | None:
    if isinstance(value, IndirectObject):
        return value.get_object()
    return value if isinstance(value, PdfObject) else None


if __name__ == "__main__":
    sys.exit(main())
