"""Pictures from strangers: decoded, cleaned, encoded again."""

import io
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from common import uploads
from common.errors import InvalidInput
from common.uploads import CleanUpload, clean_upload

ORIENTATION = 0x0112
GPS = 0x8825
MAKER = 0x010F
RED, BLUE = (200, 20, 20), (20, 20, 200)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def two_colours(size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    tags[MAKER] = "SecretCamera"
    tags.get_ifd(GPS)[1] = "N"
    tags.get_ifd(GPS)[2] = (39.0, 58.0, 7.0)
    return tags


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def opened(clean: CleanUpload) -> Image.Image:
    image = Image.open(io.BytesIO(clean.content))
    image.load()
    return image


def is_close(found: object, wanted: tuple[int, ...]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(a - b) < 12 for a, b in zip(found, wanted, strict=True))


def refusal_of(content: bytes, name: str = "photo.jpg") -> InvalidInput:
    with pytest.raises(InvalidInput) as refusal:
        clean_upload(upload(content, name), field="photos")
    assert refusal.value.field == "photos"
    return refusal.value


@pytest.mark.parametrize(
    ("form", "content_type", "extension"),
    [("JPEG", "image/jpeg", "jpg"), ("PNG", "image/png", "png"), ("WEBP", "image/webp", "webp")],
)
def test_a_picture_is_taken_as_what_its_content_is(form: str, content_type: str, extension: str) -> None:
    clean = clean_upload(upload(encoded(two_colours(), form), "Çukur.jpg"))
    assert (clean.content_type, clean.extension) == (content_type, extension)
    assert clean.original_name == f"Çukur.{extension}"
    assert (clean.width, clean.height, clean.size) == (80, 40, len(clean.content))
    assert len(clean.sha256) == 64


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_and_camera_are_dropped(form: str) -> None:
    content = encoded(two_colours(), form, exif=exif(1))
    assert b"SecretCamera" in content
    clean = clean_upload(upload(content))
    assert b"SecretCamera" not in clean.content
    assert not opened(clean).getexif()


def test_comments_texts_and_colour_profiles_are_dropped() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "SecretName")
    texts.add_itxt("XML:com.adobe.xmp", "<x>SecretName</x>")
    as_png = encoded(two_colours(), "PNG", pnginfo=texts, icc_profile=b"SecretName")
    as_jpeg = encoded(two_colours(), "JPEG", comment=b"SecretName", icc_profile=b"SecretName", xmp=b"SecretName")
    as_webp = encoded(two_colours(), "WEBP", icc_profile=b"SecretName", xmp=b"SecretName")
    for content in (as_png, as_jpeg, as_webp):
        assert b"SecretName" in content
        assert b"SecretName" not in clean_upload(upload(content)).content


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "size", "top_left", "bottom_right"),
    [
        (1, (80, 40), RED, BLUE),
        (2, (80, 40), BLUE, RED),
        (3, (80, 40), BLUE, RED),
        (4, (80, 40), RED, BLUE),
        (5, (40, 80), RED, BLUE),
        (6, (40, 80), RED, BLUE),
        (7, (40, 80), BLUE, RED),
        (8, (40, 80), BLUE, RED),
    ],
)
def test_a_picture_is_stored_upright(
    form: str, orientation: int, size: tuple[int, int], top_left: tuple[int, ...], bottom_right: tuple[int, ...]
) -> None:
    clean = clean_upload(upload(encoded(two_colours(), form, exif=exif(orientation))))
    image = opened(clean).convert("RGB")
    assert image.size == size == (clean.width, clean.height)
    assert is_close(image.getpixel((5, 5)), top_left)
    assert is_close(image.getpixel((size[0] - 6, size[1] - 6)), bottom_right)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_broken_note_about_the_camera_does_not_refuse_the_picture() -> None:
    content = encoded(two_colours(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert clean_upload(upload(content)).width == 80


def test_a_large_picture_is_scaled_to_2560_pixels() -> None:
    clean = clean_upload(upload(encoded(Image.new("RGB", (5200, 2600), RED), "JPEG")))
    assert (clean.width, clean.height) == (2560, 1280)


def test_a_small_picture_keeps_its_size() -> None:
    clean = clean_upload(upload(encoded(two_colours((3, 2)), "PNG"), "x.png"))
    assert (clean.width, clean.height) == (3, 2)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    ("width", "height"), [(8000, 5000), (20000, 20000), (100000, 100000), (2**31 - 1, 2**31 - 1), (16_000_001, 1)]
)
def test_too_many_pixels_are_refused_from_the_header(width: int, height: int) -> None:
    content = png_header(width, height) + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    assert refusal_of(content, "big.png").field == "photos"


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_forty_megapixels_are_refused_with_how_many_are_taken(form: str) -> None:
    message = str(refusal_of(encoded(Image.new("RGB", (8000, 5000)), form), "big.jpg"))
    assert "40" in message
    assert "big.jpg" in message


def test_a_progressive_picture_which_needs_more_memory_has_the_lower_limit() -> None:
    content = encoded(Image.new("RGB", (5000, 4000)), "JPEG", progressive=True)
    assert "16" in str(refusal_of(content))


def test_a_picture_of_thirty_megapixels_from_a_phone_is_taken() -> None:
    clean = clean_upload(upload(encoded(Image.new("RGB", (6300, 4700)), "JPEG")))
    assert clean.width == 2560


MEMORY_PROGRAM = """
import io, json, resource, sys
from django.conf import settings
settings.configure(USE_I18N=False)
from PIL import Image
from common.errors import InvalidInput
from common.uploads import clean_upload

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

content = sys.stdin.buffer.read()
before = peak()
try:
    clean_upload(io.BytesIO(content))
    outcome = "taken"
except InvalidInput:
    outcome = "refused"
print(json.dumps({"outcome": outcome, "megabytes": peak() - before}))
"""


def memory_for(content: bytes) -> tuple[str, int]:
    """What a fresh process says about a file and how many megabytes it took to find out."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", MEMORY_PROGRAM], input=content, capture_output=True, check=True
    )
    answer = json.loads(done.stdout)
    return answer["outcome"], answer["megabytes"]


@pytest.mark.parametrize(("form", "size"), [("PNG", (8000, 5000)), ("JPEG", (8000, 5000)), ("PNG", (30000, 9000))])
def test_refusing_a_huge_picture_takes_no_memory(form: str, size: tuple[int, int]) -> None:
    outcome, megabytes = memory_for(encoded(Image.new("L", size), form))
    assert outcome == "refused"
    assert megabytes < 20


def test_taking_the_largest_phone_picture_takes_bounded_memory() -> None:
    outcome, megabytes = memory_for(encoded(Image.new("RGB", (6300, 4700)), "JPEG"))
    assert outcome == "taken"
    assert megabytes < 120


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_truncated_picture_is_refused(form: str, share: float) -> None:
    content = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), form)
    assert refusal_of(content[: int(len(content) * share)], "photo.jpg").message == (
        uploads.UNREADABLE_PICTURE % {"name": "photo.jpg"}
    )


def test_a_header_alone_is_refused() -> None:
    for start in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP"):
        assert refusal_of(start).message == uploads.UNREADABLE_PICTURE % {"name": "photo.jpg"}


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_kept(form: str) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE, RED)]
    content = encoded(frames[0], form, save_all=True, append_images=frames[1:], duration=100)
    image = opened(clean_upload(upload(content)))
    assert getattr(image, "n_frames", 1) == 1
    assert is_close(image.convert("RGB").getpixel((10, 10)), RED)


def grey_16_bit() -> bytes:
    return encoded(Image.new("I;16", (20, 20), 32768), "PNG")


def palette() -> bytes:
    return encoded(two_colours().quantize(4), "PNG")


def palette_with_transparency() -> bytes:
    return encoded(two_colours().quantize(4), "PNG", transparency=0)


def cmyk() -> bytes:
    return encoded(two_colours().convert("CMYK"), "JPEG")


def grey_with_mask() -> bytes:
    return encoded(Image.new("LA", (20, 20), (120, 80)), "PNG")


def one_bit() -> bytes:
    return encoded(Image.new("1", (20, 20), 1), "PNG")


@pytest.mark.parametrize(
    ("make", "mode"),
    [
        (grey_16_bit, "L"),
        (palette, "RGB"),
        (palette_with_transparency, "RGBA"),
        (cmyk, "RGB"),
        (grey_with_mask, "RGBA"),
        (one_bit, "RGB"),
    ],
)
def test_unusual_colours_become_plain_ones(make: Callable[[], bytes], mode: str) -> None:
    assert opened(clean_upload(upload(make()))).mode == mode


def test_sixteen_bit_grey_keeps_its_brightness() -> None:
    image = opened(clean_upload(upload(grey_16_bit())))
    assert image.getpixel((3, 3)) == 128


def test_printers_colours_keep_their_look() -> None:
    image = opened(clean_upload(upload(cmyk())))
    assert is_close(image.getpixel((5, 5)), RED)


def test_transparency_is_kept() -> None:
    content = encoded(Image.new("RGBA", (20, 20), (10, 20, 30, 0)), "WEBP", lossless=True)
    assert opened(clean_upload(upload(content))).convert("RGBA").getpixel((3, 3))[3] == 0


def test_what_hides_behind_a_picture_is_dropped() -> None:
    hidden = b"<script>alert(1)</script>PK\x03\x04"
    for form in ("JPEG", "PNG", "WEBP"):
        content = encoded(two_colours(), form) + hidden
        assert hidden not in clean_upload(upload(content)).content


def test_a_picture_of_another_kind_than_its_name_says_is_harmless() -> None:
    clean = clean_upload(upload(encoded(two_colours(), "WEBP"), "IMG_1.HEIC"))
    assert clean.original_name == "IMG_1.webp"


@pytest.mark.parametrize("name", ["blob", "image", ""])
def test_a_picture_without_an_ending_in_its_name_is_taken(name: str) -> None:
    file = io.BytesIO(encoded(two_colours(), "PNG"))
    file.name = name  # type: ignore[attr-defined]
    assert clean_upload(file).original_name == f"{name or 'file'}.png"


def test_a_file_is_read_from_its_start() -> None:
    file = upload(encoded(two_colours(), "PNG"))
    file.read()
    assert clean_upload(file).width == 80


def test_pictures_are_checked_one_at_a_time_and_whoever_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "WAIT_SECONDS", 0.01)
    content = io.BytesIO()
    Image.new("RGB", (4, 4)).save(content, "JPEG")
    with uploads._TURN, pytest.raises(InvalidInput) as refusal:
        clean_upload(SimpleUploadedFile("foto.jpg", content.getvalue()), field="files")
    assert refusal.value.message == uploads.BUSY % {"name": "foto.jpg"}
