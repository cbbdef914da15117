"""Files from strangers: what they are is decided by their content, and they are stored rewritten.

Pictures are decoded and encoded again, which drops places, names and anything hidden in or behind them.
PDFs are parsed and their pages copied into a new file without scripts, actions and embedded files; that takes
a process of its own, and all of this takes time: nothing here belongs inside a transaction.
"""

import hashlib
import io
import logging
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from typing import IO, Final

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image

from common import pdfs
from common.errors import InvalidInput
from common.turns import turn

log = logging.getLogger(__name__)

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 30_000_000
# What cannot be decoded at reduced size needs four bytes of memory a pixel, and the same again while it is scaled.
MAX_PIXELS_AT_FULL_SIZE: Final = 16_000_000
# So much memory is there for one picture at a time in each web process. Others wait this long.
WAIT_SECONDS: Final = 20
_TURN = BoundedSemaphore(1)
LONG_SIDE: Final = 2560
MAX_NAME: Final = 120
# For lists on phones: a screen shows it at a third of this, three points to a pixel.
THUMBNAIL_SIDE: Final = 320

EMPTY: Final = _("The file “%(name)s” is empty. Choose it again.")
TOO_LARGE: Final = _("The file “%(name)s” is larger than %(limit)s MB. Choose a smaller one.")
WRONG_TYPE: Final = _("“%(name)s” cannot be taken. Choose a picture (JPEG, PNG or WebP) or a PDF.")
HEIC: Final = _("“%(name)s” is a HEIC picture, which cannot be taken. Save it as JPEG and choose that.")
PICTURE_NAMED_OTHERWISE: Final = _(
    "“%(name)s” is a picture but its name ends differently. Give it a name that ends in .jpg, .png or .webp "
    "and choose it again."
)
PDF_NAMED_OTHERWISE: Final = _(
    "“%(name)s” is a PDF but its name ends differently. Give it a name that ends in .pdf and choose it again."
)
BUSY: Final = _("The picture “%(name)s” could not be checked just now. Wait a minute and choose it again.")
TOO_MANY_PIXELS: Final = _(
    "The picture “%(name)s” has %(pixels)s megapixels; at most %(limit)s can be taken. Choose a smaller one."
)
UNREADABLE_PICTURE: Final = _("The picture “%(name)s” is damaged or incomplete. Choose it again or take a new one.")


@dataclass(frozen=True, slots=True)
class CleanUpload:
    """A rewritten file, safe to store and to send to a browser.

    ``width`` and ``height`` of pictures in pixels; ``thumbnail`` is the picture again as a WebP of at most 320
    pixels, empty for documents.
    """

    content: bytes
    content_type: str
    extension: str
    original_name: str
    size: int
    width: int | None
    height: int | None
    sha256: str
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class _Picture:
    content: bytes
    width: int
    height: int
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class _Kind:
    content_type: str
    extension: str
    pillow_format: str = ""

    @property
    def is_picture(self) -> bool:
        return bool(self.pillow_format)


_JPEG: Final = _Kind("image/jpeg", "jpg", "JPEG")
_PNG: Final = _Kind("image/png", "png", "PNG")
_WEBP: Final = _Kind("image/webp", "webp", "WEBP")
_PDF: Final = _Kind("application/pdf", "pdf")

_ENCODER: Final[Mapping[str, dict[str, object]]] = {
    "JPEG": {"quality": 85, "optimize": True},
    "PNG": {"optimize": False, "compress_level": 6},
    "WEBP": {"quality": 82, "method": 2},
}
_TURNS: Final[Mapping[int, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PICTURE_NAMES: Final = frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "webp", "heic", "heif"})


def clean_upload(file: File | IO[bytes], *, field: str = "files") -> CleanUpload:
    """Check a file from outside and rewrite it.

    Takes JPEG, PNG and WebP pictures (10 MB, 30 megapixels, 16 where the format cannot be decoded at reduced
    size; the long side is scaled down to 2560 pixels) and PDFs (10 MB, 200 pages). Raises InvalidInput on
    ``field`` with what the person can do about it. Pixels are counted from the header, before any decoding.
    """
    name = clean_name(getattr(file, "name", None) or "")
    data = _read(file, name, field)
    kind = _recognise(data, name, field)
    _refuse_wrong_name(kind, name, field)
    if kind.is_picture:
        return _clean_picture(_rewrite_picture(data, kind, name, field), kind, name)
    return _clean(pdfs.rewrite(data, name=name, field=field), kind, name)


def clean_name(name: str) -> str:
    """A file name for people: without folders, control and direction characters, at most 120 characters.

    Never used as a path: stored files get generated names.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(char for char in last if unicodedata.category(char)[0] != "C" and char not in '<>"')
    visible = " ".join(visible.split()).strip(". ")
    if len(visible) <= MAX_NAME:
        return visible
    stem, dot, extension = visible.rpartition(".")
    if not dot or len(extension) > 5:
        return visible[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(extension) - 1]}.{extension}"


def _read(file: File | IO[bytes], name: str, field: str) -> bytes:
    file.seek(0)
    data: bytes = file.read(MAX_BYTES + 1)
    if not data:
        raise InvalidInput(field, EMPTY % {"name": name})
    if len(data) > MAX_BYTES:
        raise InvalidInput(field, TOO_LARGE % {"name": name, "limit": MAX_BYTES // 1024**2})
    return data


def _recognise(data: bytes, name: str, field: str) -> _Kind:
    """The kind by the first bytes. A PDF must start at once: what stands before it makes it two files in one."""
    if data.startswith(b"\xff\xd8\xff"):
        return _JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _WEBP
    if data.startswith(b"%PDF-"):
        return _PDF
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        raise InvalidInput(field, HEIC % {"name": name})
    raise InvalidInput(field, WRONG_TYPE % {"name": name})


def _refuse_wrong_name(kind: _Kind, name: str, field: str) -> None:
    """A PDF named .jpg or a picture named .pdf is a mistake or a trick; either way the person is told.

    One kind of picture named as another is harmless and common, and a name without an ending says nothing.
    """
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if not extension:
        return
    if kind.is_picture and extension not in _PICTURE_NAMES:
        raise InvalidInput(field, PICTURE_NAMED_OTHERWISE % {"name": name})
    if kind is _PDF and extension != "pdf":
        raise InvalidInput(field, PDF_NAMED_OTHERWISE % {"name": name})


def _rewrite_picture(data: bytes, kind: _Kind, name: str, field: str) -> _Picture:
    with turn(_TURN, within=WAIT_SECONDS, refusal=InvalidInput(field, BUSY % {"name": name})):
        return _encode_again(data, kind, name, field)


def _encode_again(data: bytes, kind: _Kind, name: str, field: str) -> _Picture:
    try:
        with Image.open(io.BytesIO(data), formats=(kind.pillow_format,)) as image:
            _refuse_too_many_pixels(image, name, field)
            return _encode(_decode(image), kind)
    except InvalidInput:
        raise
    except Image.DecompressionBombError as error:
        limit = MAX_PIXELS // 1_000_000
        raise InvalidInput(field, TOO_MANY_PIXELS % {"name": name, "pixels": "> 100", "limit": limit}) from error
    except Exception as error:  # a decoder given hostile bytes may raise anything, and none of it is our fault
        log.info("upload.unreadable_picture", extra={"kind": kind.extension, "error": type(error).__name__})
        raise InvalidInput(field, UNREADABLE_PICTURE % {"name": name}) from error


def _refuse_too_many_pixels(image: Image.Image, name: str, field: str) -> None:
    """From the header alone: nothing has been decoded yet."""
    pixels = image.width * image.height
    reducible = image.format in ("JPEG", "MPO") and not image.info.get("progressive")
    limit = MAX_PIXELS if reducible else MAX_PIXELS_AT_FULL_SIZE
    if pixels > limit:
        facts = {"name": name, "pixels": -(-pixels // 1_000_000), "limit": limit // 1_000_000}
        raise InvalidInput(field, TOO_MANY_PIXELS % facts)


def _decode(image: Image.Image) -> Image.Image:
    """The first picture of the file, upright, at most 2560 pixels long, in plain 8-bit colours."""
    shrink = max(1, max(image.size) // LONG_SIDE)
    # Lets the JPEG decoder work at a half or a quarter of the size: a quarter or a sixteenth of the memory.
    image.draft("RGB", (image.width // shrink, image.height // shrink))
    image.seek(0)
    image.load()
    turn = _turn_upright(image)
    small = _plain_colours(image)
    small.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return small if turn is None else small.transpose(turn)


def _turn_upright(image: Image.Image) -> Image.Transpose | None:
    """How the camera was held. A broken note about that is no reason to refuse the picture."""
    try:
        return _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception as error:  # these bytes come from outside too
        log.info("upload.unreadable_orientation", extra={"error": type(error).__name__})
        return None


def _plain_colours(image: Image.Image) -> Image.Image:
    """RGB, RGBA or grey with 8 bits a colour, which every encoder and browser takes."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "RGBA" or (image.mode in ("RGB", "L") and "transparency" not in image.info):
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _encode(image: Image.Image, kind: _Kind) -> _Picture:
    image.info = {}  # comments, colour profiles and texts would be written again
    if kind is _JPEG and image.mode == "RGBA":
        image = image.convert("RGB")
    width, height = image.size
    content = _written(image, kind)
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), reducing_gap=2.0)
    return _Picture(content, width, height, _written(image, _WEBP))


def _written(image: Image.Image, kind: _Kind) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind.pillow_format, **_ENCODER[kind.pillow_format])
    return out.getvalue()


def _clean_picture(picture: _Picture, kind: _Kind, name: str) -> CleanUpload:
    clean = _clean(picture.content, kind, name)
    return replace(clean, width=picture.width, height=picture.height, thumbnail=picture.thumbnail)


def _clean(content: bytes, kind: _Kind, name: str) -> CleanUpload:
    stem = name.rpartition(".")[0] if "." in name else name
    return CleanUpload(
        content=content,
        content_type=kind.content_type,
        extension=kind.extension,
        original_name=f"{stem or 'file'}.{kind.extension}",
        size=len(content),
        width=None,
        height=None,
        sha256=hashlib.sha256(content).hexdigest(),
        thumbnail=b"",
    )
