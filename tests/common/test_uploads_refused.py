"""Files that are not taken, and what the person is told."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from common import uploads
from common.errors import InvalidInput
from common.uploads import MAX_BYTES, clean_name, clean_upload


def refusal_of(content: bytes, name: str) -> object:
    with pytest.raises(InvalidInput) as refusal:
        clean_upload(SimpleUploadedFile(name, content), field="files")
    assert name in str(refusal.value)
    return refusal.value.message


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    return out.getvalue()


def test_an_empty_file_is_refused() -> None:
    assert refusal_of(b"", "a.jpg") == uploads.EMPTY % {"name": "a.jpg"}


def test_a_file_of_more_than_ten_megabytes_is_refused() -> None:
    message = refusal_of(jpeg() + b"\0" * MAX_BYTES, "a.jpg")
    assert message == uploads.TOO_LARGE % {"name": "a.jpg", "limit": 10}


def test_a_file_of_ten_megabytes_is_taken() -> None:
    content = jpeg()
    padded = content + b"\0" * (MAX_BYTES - len(content))
    assert clean_upload(SimpleUploadedFile("a.jpg", padded)).size < 10_000


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a\x01\x00\x01\x00",
        b"BM\x00\x00",
        b"II*\x00",
        b"PK\x03\x04",
        b"MZ\x90\x00",
        b"\x00" * 100,
        b" \xff\xd8\xff",
        b"<html>%PDF-1.7",
        b"RIFF\x00\x00\x00\x00WAVE",
    ],
)
@pytest.mark.parametrize("name", ["a.jpg", "a.pdf", "a.html"])
def test_only_pictures_and_pdfs_are_taken_whatever_the_name_says(content: bytes, name: str) -> None:
    assert refusal_of(content, name) == uploads.WRONG_TYPE % {"name": name}


def test_a_heic_picture_is_refused_with_what_to_do() -> None:
    assert refusal_of(b"\x00\x00\x00\x18ftypheic\x00", "IMG_1.HEIC") == uploads.HEIC % {"name": "IMG_1.HEIC"}


def test_a_pdf_named_jpg_is_refused_with_what_to_do() -> None:
    assert refusal_of(b"%PDF-1.7\n", "a.jpg") == uploads.PDF_NAMED_OTHERWISE % {"name": "a.jpg"}


@pytest.mark.parametrize("name", ["a.pdf", "a.html", "a.svg", "a.jpg.exe"])
def test_a_picture_named_as_something_else_is_refused_with_what_to_do(name: str) -> None:
    assert refusal_of(jpeg(), name) == uploads.PICTURE_NAMED_OTHERWISE % {"name": name}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\Ada\\foto.jpg", "foto.jpg"),
        ("fo\x00to\n.jpg", "foto.jpg"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        ('<b>"x"</b>.jpg', "b.jpg"),
        ("  .. foto  1 .jpg", "foto 1 .jpg"),
        ("...", ""),
        ("", ""),
        ("ğüşiöç.jpg", "ğüşiöç.jpg"),
    ],
)
def test_a_name_is_only_a_name(name: str, expected: str) -> None:
    assert clean_name(name) == expected


def test_a_very_long_name_is_cut_before_its_ending() -> None:
    name = clean_name("a" * 5000 + ".jpg")
    assert len(name) == 120
    assert name.endswith("a.jpg")


def test_a_very_long_name_without_ending_is_cut() -> None:
    assert clean_name("a." + "b" * 5000) == "a." + "b" * 118


@given(st.text())
def test_any_name_can_be_stored_and_shown(name: str) -> None:
    cleaned = clean_name(name)
    cleaned.encode("utf-8")
    assert len(cleaned) <= 120
    assert not set(cleaned) & set('/\\<>"\x00')
    assert clean_name(cleaned) == cleaned


@given(
    st.binary(max_size=200),
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP", b"%PDF-1.4\n"]),
)
def test_random_bytes_are_refused_and_never_an_error(noise: bytes, start: bytes) -> None:
    with pytest.raises(InvalidInput):
        clean_upload(io.BytesIO(start + noise))
