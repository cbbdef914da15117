"""PDFs from strangers, rewritten without anything that acts by itself.

Only the pages are copied into a new file, so the document's own scripts, start actions, embedded files,
forms logic and author's names stay behind; what hangs on the pages is cleaned before it is copied.
"""

import io
import logging
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject

from common.errors import InvalidInput

log = logging.getLogger(__name__)
# The parser's warnings repeat pieces of the file, which may be anybody's data.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

MAX_PAGES: Final = 200
# A document of ten megabytes with more objects than this was made to keep a computer busy.
MAX_OBJECTS: Final = 100_000

ENCRYPTED: Final = _("The PDF “%(name)s” is protected. Save a copy without a password and choose that.")
TOO_MANY_PAGES: Final = _("The PDF “%(name)s” has more than %(limit)s pages. Choose a shorter one.")
UNREADABLE: Final = _("The PDF “%(name)s” is damaged or incomplete. Save it again and choose the new file.")

# Scripts and actions (/AA, /OpenAction, /JS, /JavaScript), forms logic (/XFA), files inside (/EF, /AF,
# /EmbeddedFiles), who made it (/Metadata, /PieceInfo), and ways out of the page towards the whole document.
_DROPPED_KEYS: Final = frozenset(
    {
        "/AA",
        "/AF",
        "/B",
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


def rewrite(data: bytes, *, name: str, field: str) -> bytes:
    """The pages of a PDF as a new file.

    ``name`` is used in messages. Raises InvalidInput on ``field`` for protected, damaged and overlong files.
    """
    try:
        return _rewrite(data, name, field)
    except InvalidInput:
        raise
    except Exception as error:  # a parser given hostile bytes may raise anything, recursion included
        log.info("upload.unreadable_pdf", extra={"error": type(error).__name__})
        raise InvalidInput(field, UNREADABLE % {"name": name}) from error


def _rewrite(data: bytes, name: str, field: str) -> bytes:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise InvalidInput(field, ENCRYPTED % {"name": name})
    pages = list(_first_pages(reader, MAX_PAGES + 1))
    if len(pages) > MAX_PAGES:
        raise InvalidInput(field, TOO_MANY_PAGES % {"name": name, "limit": MAX_PAGES})
    if not pages:
        raise InvalidInput(field, UNREADABLE % {"name": name})
    writer = PdfWriter()
    for page in pages:
        _clean_page(page)
    _clean_everything_reached(pages)
    for page in pages:
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _first_pages(reader: PdfReader, limit: int) -> Iterator[PageObject]:
    for index, page in enumerate(reader.pages):
        if index >= limit:
            return
        yield page


def _clean_page(page: DictionaryObject) -> None:
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
        if len(seen) > MAX_OBJECTS:
            raise ValueError("too many objects")
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
