"""PDFs from strangers: their pages are kept, what acts by itself is not."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from common import pdfs, uploads
from common.errors import InvalidInput
from common.uploads import CleanUpload, clean_upload

SECRET = "SecretThing"


def with_text(writer: PdfWriter, text: str = "Dilekce") -> None:
    """A page that says something."""
    page = writer.add_blank_page(200, 100)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
    )
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 24 Tf 20 40 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(content)


def written(*changes: Callable[[PdfWriter], None]) -> bytes:
    writer = PdfWriter()
    with_text(writer)
    for change in changes:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def cleaned(content: bytes, name: str = "belge.pdf") -> CleanUpload:
    return clean_upload(SimpleUploadedFile(name, content))


def refusal_of(content: bytes) -> object:
    with pytest.raises(InvalidInput) as refusal:
        clean_upload(SimpleUploadedFile("belge.pdf", content), field="documents")
    assert refusal.value.field == "documents"
    return refusal.value.message


def action(kind: str, **more: str) -> DictionaryObject:
    entries = {NameObject("/S"): NameObject(kind)}
    entries.update({NameObject(f"/{key}"): TextStringObject(value) for key, value in more.items()})
    return DictionaryObject(entries)


def annotation(kind: str, **more: DictionaryObject) -> Callable[[PdfWriter], None]:
    """Hang an annotation on the first page."""

    def change(writer: PdfWriter) -> None:
        entries = {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject(kind),
            NameObject("/Rect"): ArrayObject(NumberObject(n) for n in (0, 0, 50, 20)),
        }
        entries.update({NameObject(f"/{key}"): value for key, value in more.items()})
        page = writer.pages[0]
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(DictionaryObject(entries))])

    return change


def script(writer: PdfWriter) -> None:
    tree = DictionaryObject(
        {NameObject("/Names"): ArrayObject([TextStringObject("start"), action("/JavaScript", JS=SECRET)])}
    )
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): tree})


def start_action(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = action("/JavaScript", JS=SECRET)


def page_action(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action("/JavaScript", JS=SECRET)})


def embedded_file(writer: PdfWriter) -> None:
    writer.add_attachment(f"{SECRET}.exe", SECRET.encode())


def form_logic(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/XFA"): TextStringObject(SECRET), NameObject("/Fields"): ArrayObject()}
    )


def author(writer: PdfWriter) -> None:
    writer.add_metadata({"/Author": SECRET})
    writer.xmp_metadata = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>{SECRET}</a></x:xmpmeta>'.encode()  # type: ignore[assignment]


def test_a_pdf_is_taken_with_its_text() -> None:
    clean = cleaned(written(), "Dilekçe.PDF")
    assert (clean.content_type, clean.extension, clean.original_name) == ("application/pdf", "pdf", "Dilekçe.pdf")
    assert (clean.width, clean.height, clean.size) == (None, None, len(clean.content))
    assert "Dilekce" in PdfReader(io.BytesIO(clean.content)).pages[0].extract_text()


@pytest.mark.parametrize(
    "change",
    [
        script,
        start_action,
        page_action,
        embedded_file,
        form_logic,
        author,
        annotation("/FileAttachment", FS=DictionaryObject({NameObject("/F"): TextStringObject(SECRET)})),
        annotation("/RichMedia", RichMediaContent=DictionaryObject({NameObject("/X"): TextStringObject(SECRET)})),
        annotation("/Screen", A=action("/Rendition", JS=SECRET)),
        annotation("/Link", A=action("/Launch", F=SECRET)),
        annotation("/Link", A=action("/URI", URI=f"javascript:{SECRET}")),
        annotation("/Link", A=action("/URI", URI=f"file:///{SECRET}")),
        annotation("/Widget", A=action("/SubmitForm", F=SECRET)),
        annotation("/Widget", AA=DictionaryObject({NameObject("/K"): action("/JavaScript", JS=SECRET)})),
        annotation("/Widget", MK=DictionaryObject({NameObject("/JS"): TextStringObject(SECRET)})),
    ],
)
def test_what_acts_hides_or_tells_is_dropped(change: Callable[[PdfWriter], None]) -> None:
    content = written(change)
    rewritten = cleaned(content).content
    assert everything_in(content) & {SECRET}
    assert not everything_in(rewritten) & {
        SECRET,
        "/JavaScript",
        "/JS",
        "/AA",
        "/OpenAction",
        "/EmbeddedFile",
        "/Launch",
    }
    assert "Dilekce" in PdfReader(io.BytesIO(rewritten)).pages[0].extract_text()


def everything_in(content: bytes) -> set[str]:
    """Every name and text of a PDF, whatever its encoding, with the secret reduced to itself."""
    reader = PdfReader(io.BytesIO(content))
    found: set[str] = set()
    for number in range(1, int(reader.trailer["/Size"])):
        collect(reader.get_object(number), found)
    return found


def collect(value: object, found: set[str]) -> None:
    if isinstance(value, DecodedStreamObject):
        found.update(SECRET for _ in [0] if SECRET.encode() in value.get_data())
    if isinstance(value, dict):
        for key in value:
            found.add(str(key))
            collect(value.raw_get(key), found)  # type: ignore[attr-defined]
    elif isinstance(value, list):
        for item in value:
            collect(item, found)
    elif isinstance(value, (str, bytes)):
        text = value if isinstance(value, str) else value.decode("latin-1")
        found.add(SECRET if SECRET in text else text)


@pytest.mark.parametrize("address", ["https://www.example.org/", "mailto:ada@example.org"])
def test_plain_links_are_kept(address: str) -> None:
    rewritten = cleaned(written(annotation("/Link", A=action("/URI", URI=address)))).content
    assert address in everything_in(rewritten)


def test_what_was_filled_in_and_noted_stays_visible() -> None:
    def note(writer: PdfWriter) -> None:
        writer.add_annotation(0, FreeText(text="Not", rect=(10, 10, 60, 40)))

    page = PdfReader(io.BytesIO(cleaned(written(note)).content)).pages[0]
    assert [str(item.get_object()["/Contents"]) for item in page["/Annots"]] == ["Not"]


def test_a_chosen_answer_stays_visible_whatever_its_name() -> None:
    choice = DictionaryObject({NameObject("/N"): DictionaryObject({NameObject("/B"): TextStringObject("chosen")})})
    assert "chosen" in everything_in(cleaned(written(annotation("/Widget", AP=choice))).content)


def test_a_link_that_leads_on_to_an_action_is_dropped() -> None:
    link = action("/URI", URI="https://www.example.org/")
    link[NameObject("/Next")] = action("/JavaScript", JS=SECRET)
    assert SECRET not in everything_in(cleaned(written(annotation("/Link", A=link))).content)


def test_what_stands_behind_the_document_is_dropped() -> None:
    hidden = b"PK\x03\x04<script>alert(1)</script>"
    assert hidden not in cleaned(written() + hidden).content


@pytest.mark.parametrize("password", ["secret", ""])
def test_a_protected_pdf_is_refused(password: str) -> None:
    def protect(writer: PdfWriter) -> None:
        writer.encrypt(password, "owner", algorithm="AES-256")

    assert refusal_of(written(protect)) == pdfs.ENCRYPTED % {"name": "belge.pdf"}


def more_pages(count: int) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        for _ in range(count):
            writer.add_blank_page(10, 10)

    return change


def test_two_hundred_pages_are_taken() -> None:
    assert len(PdfReader(io.BytesIO(cleaned(written(more_pages(199))).content)).pages) == 200


def test_more_than_two_hundred_pages_are_refused() -> None:
    assert refusal_of(written(more_pages(200))) == pdfs.TOO_MANY_PAGES % {"name": "belge.pdf", "limit": 200}


def test_a_page_tree_that_bites_its_tail_is_refused() -> None:
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF"
    )
    assert refusal_of(body) == pdfs.UNREADABLE % {"name": "belge.pdf"}


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_truncated_pdf_is_refused(share: float) -> None:
    content = written(more_pages(5))
    assert refusal_of(content[: int(len(content) * share)]) == pdfs.UNREADABLE % {"name": "belge.pdf"}


def test_a_pdf_without_pages_is_refused() -> None:
    out = io.BytesIO()
    PdfWriter().write(out)
    assert refusal_of(out.getvalue()) == pdfs.UNREADABLE % {"name": "belge.pdf"}


def test_a_name_that_is_no_pdf_name_is_told() -> None:
    with pytest.raises(InvalidInput) as refusal:
        cleaned(written(), "photo.jpg")
    assert refusal.value.message == uploads.PDF_NAMED_OTHERWISE % {"name": "photo.jpg"}
