"""PDFs made to keep a computer busy: refused soon, with a message, whatever becomes of the process that reads them."""

import io
import sys
import zlib
from functools import reduce
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from common import pdf_limits, pdfs
from common.errors import InvalidInput
from common.uploads import clean_upload

TOO_COMPLICATED = pdfs.TOO_COMPLICATED % {"name": "belge.pdf"}
UNREADABLE = pdfs.UNREADABLE % {"name": "belge.pdf"}


def refusal_of(content: bytes) -> object:
    with pytest.raises(InvalidInput) as refusal:
        clean_upload(SimpleUploadedFile("belge.pdf", content), field="documents")
    assert refusal.value.field == "documents"
    return refusal.value.message


def blank(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 100)
    return writer


def bytes_of(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def small() -> DictionaryObject:
    return DictionaryObject({NameObject("/N"): NumberObject(1)})


def handmade(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A file of these objects, numbered from 1, with a table of where they are."""
    body, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def stream(content: bytes, entries: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def hidden_in_a_stream(packed: bytes, coding: bytes) -> bytes:
    """The page tree lies in a compressed object stream, which has to be unpacked to be read."""
    catalogue = b"<</Type/Catalog/Pages 3 0 R>>"
    container = stream(packed, b"/Type/ObjStm/N 1/First 4/Filter/%s" % coding)
    body, places = b"%PDF-1.5\n", []
    for number, content in enumerate((catalogue, container), start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = [(0, 0, 0), (1, places[0], 0), (1, places[1], 0), (2, 2, 0), (1, len(body), 0)]
    table = b"".join(bytes([kind]) + place.to_bytes(4, "big") + bytes([index]) for kind, place, index in rows)
    xref = stream(table, b"/Type/XRef/W[1 4 1]/Size 5/Root 1 0 R")
    return body + b"4 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF" % (xref, len(body))


PAGES = b"3 0 <</Type/Pages/Count 1/Kids[<</Type/Page/MediaBox[0 0 9 9]>>]>>"


def test_a_page_tree_in_a_compressed_stream_is_taken() -> None:
    """The files below differ from this one only in what is harmful."""
    content = hidden_in_a_stream(zlib.compress(PAGES), b"FlateDecode")
    assert clean_upload(SimpleUploadedFile("belge.pdf", content)).content.startswith(b"%PDF-")


def test_ninety_thousand_objects_are_refused_without_starting_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = blank()
    for _ in range(90_000):
        writer._add_object(small())
    monkeypatch.setattr(sys, "executable", "/nowhere")  # whoever starts a process now would be told something else
    assert refusal_of(bytes_of(writer)) == TOO_COMPLICATED


def test_ninety_thousand_objects_in_the_table_alone_are_refused() -> None:
    table = b"".join(b"%010d 00000 n \n" % 9 for _ in range(90_000))
    content = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n1 90000\n" + table
    content += b"trailer<</Size 90001/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % content.index(b"xref")
    assert refusal_of(content) == TOO_COMPLICATED


def test_a_page_that_leads_to_too_much_is_refused() -> None:
    writer = blank()
    writer.pages[0][NameObject("/X")] = ArrayObject(small() for _ in range(pdf_limits.MAX_REACHED))
    assert refusal_of(bytes_of(writer)) == TOO_COMPLICATED


def test_a_long_document_of_many_objects_is_taken() -> None:
    """Two hundred pages of a tagged text: much that describes it, some things on each page."""
    writer = blank(200)
    for page in writer.pages:
        page[NameObject("/Resources")] = ArrayObject(writer._add_object(small()) for _ in range(20))
    for _ in range(30_000):
        writer._add_object(small())
    assert clean_upload(SimpleUploadedFile("belge.pdf", bytes_of(writer))).size > 0


def test_a_stream_that_unpacks_to_two_hundred_megabytes_is_refused() -> None:
    packer = zlib.compressobj(9)
    million = b" " * 1_000_000
    packed = packer.compress(PAGES) + b"".join(packer.compress(million) for _ in range(200)) + packer.flush()
    assert len(packed) < 300_000
    assert refusal_of(hidden_in_a_stream(packed, b"FlateDecode")) in (TOO_COMPLICATED, UNREADABLE)


def test_a_small_file_that_becomes_a_large_one_is_refused() -> None:
    """What the tree hands down to its pages is written once for each of them."""
    content = handmade(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 200/Kids[%s]/Resources<</X(%s)>>>>"
        % (b" ".join(b"%d 0 R" % number for number in range(3, 203)), b"a" * 200_000),
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * 200,
    )
    assert len(content) < 300_000
    assert refusal_of(content) == TOO_COMPLICATED


def lzw(content: bytes) -> bytes:
    """Packed so that nothing is saved and every byte is work: each seven begin with a new dictionary."""
    blocks = [content[at : at + 7].ljust(7) for at in range(0, len(content), 7)]
    return b"".join(reduce(lambda bits, code: bits << 9 | code, [256, *block]).to_bytes(9, "big") for block in blocks)


def test_what_keeps_the_processor_busy_is_killed_and_refused() -> None:
    assert clean_upload(SimpleUploadedFile("belge.pdf", hidden_in_a_stream(lzw(PAGES), b"LZWDecode"))).size > 0
    much = lzw(PAGES) + lzw(b" " * 7) * 1_000_000
    assert refusal_of(hidden_in_a_stream(much, b"LZWDecode")) == TOO_COMPLICATED


@pytest.mark.parametrize(
    "content",
    [
        handmade(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>"),
        handmade(b"<</Type/Catalog/Pages 2 0 R>>", b"2 0 R"),
        handmade(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[]>>", trailer=b"/Prev 9"),
        handmade(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[<</Type/Page/MediaBox[0 0 9 9]/X %s>>]>>" % (b"[" * 20_000 + b"]" * 20_000),
        ),
    ],
    ids=["tree", "reference", "table", "depth"],
)
def test_what_leads_back_to_itself_or_nowhere_is_refused(content: bytes) -> None:
    assert refusal_of(content) in (UNREADABLE, TOO_COMPLICATED)


def test_things_on_a_page_may_point_at_each_other() -> None:
    writer = blank()
    one, two = small(), small()
    one_ref, two_ref = writer._add_object(one), writer._add_object(two)
    one[NameObject("/X")], two[NameObject("/X")] = two_ref, one_ref
    writer.pages[0][NameObject("/X")] = one_ref
    assert clean_upload(SimpleUploadedFile("belge.pdf", bytes_of(writer))).size > 0


def test_what_takes_too_long_is_stopped_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "TIMEOUT_SECONDS", 0.01)
    assert refusal_of(bytes_of(blank())) == TOO_COMPLICATED


def program(folder: Path, body: str) -> str:
    """Something else where the interpreter should be."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_a_rewriter_that_is_killed_takes_the_file_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", program(tmp_path, "kill -9 $$"))
    assert refusal_of(bytes_of(blank())) == TOO_COMPLICATED


@pytest.mark.parametrize("body", ["exit 1", None], ids=["broken", "missing"])
def test_where_the_fault_is_ours_the_file_is_not_blamed(
    body: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", program(tmp_path, body) if body else "/nowhere")
    assert refusal_of(bytes_of(blank())) == pdfs.BUSY % {"name": "belge.pdf"}
    assert "pdf_rewriter_failed" in caplog.text


def test_the_rewriter_is_told_nothing_but_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "very-secret")
    told = tmp_path / "told"
    monkeypatch.setattr(sys, "executable", program(tmp_path, f"/usr/bin/env > '{told}'; exit 13"))
    refusal_of(bytes_of(blank()))
    assert "PYTHONDONTWRITEBYTECODE" in told.read_text()
    assert "very-secret" not in told.read_text()


def test_while_another_file_is_checked_one_waits_and_is_then_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "WAIT_SECONDS", 0.01)
    with pdfs._TURN:
        assert refusal_of(bytes_of(blank())) == pdfs.BUSY % {"name": "belge.pdf"}
    assert clean_upload(SimpleUploadedFile("belge.pdf", bytes_of(blank()))).size > 0


def test_two_files_at_once_are_both_taken() -> None:
    sizes: list[int] = []

    def check() -> None:
        sizes.append(clean_upload(SimpleUploadedFile("belge.pdf", bytes_of(blank()))).size)

    threads: list[Any] = [Thread(target=check) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(sizes) == 2
