"""Photos and documents of an application."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter

from requests_app.models import Attachment
from tests.requests_app.portal.citizen import Citizen, text_of
from tests.requests_app.portal.conftest import picture


def pdf(name: str = "dilekce.pdf") -> SimpleUploadedFile:
    out = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(out)
    return SimpleUploadedFile(name, out.getvalue(), content_type="application/pdf")


def huge_picture() -> SimpleUploadedFile:
    """Forty megapixels in a few kilobytes."""
    out = io.BytesIO()
    Image.new("1", (8000, 5000)).save(out, "PNG")
    return SimpleUploadedFile("dev.png", out.getvalue(), content_type="image/png")


def test_files_go_up_with_the_text(citizen: Citizen) -> None:
    assert citizen.take("what", files=[picture("a.jpg"), pdf()]).status_code == 302
    names = Attachment.objects.values_list("original_name", flat=True)
    assert sorted(names) == ["a.jpg", "dilekce.pdf"]


def test_adding_files_stays_on_the_page_and_asks_for_no_text_yet(citizen: Citizen) -> None:
    response = citizen.take("what", description="", files=picture(), attach="1")
    assert response["Location"] == "/basvuru/ne-oldu/#files"
    page = text_of(citizen.get("apply_step", "what"))
    assert "foto.jpg" in page
    assert 'name="remove"' in page


def test_adding_files_keeps_the_text(citizen: Citizen) -> None:
    citizen.take("what", description="yarım cümle", files=picture(), attach="1")
    assert "yarım cümle</textarea>" in text_of(citizen.get("apply_step", "what"))


def test_a_file_can_be_taken_off(citizen: Citizen) -> None:
    citizen.take("what", files=picture(), attach="1")
    pk = Attachment.objects.get().pk
    response = citizen.take("what", description="yeni metin", remove=str(pk))
    assert response["Location"] == "/basvuru/ne-oldu/#files"
    assert not Attachment.objects.exists()
    assert citizen.draft.data["what"]["description"] == "yeni metin"


@pytest.mark.parametrize("forged", ["", "x", "-1", "1e3", "٣", "9" * 30, "\x00"])
def test_a_forged_file_id_takes_nothing_off(citizen: Citizen, forged: str) -> None:
    citizen.take("what", files=picture(), attach="1")
    assert citizen.take("what", remove=forged).status_code == 302
    assert Attachment.objects.count() == 1


def test_nobody_takes_off_the_file_of_another_draft(citizen: Citizen) -> None:
    other = Citizen()
    other.take("what", files=picture(), attach="1")
    citizen.take("what", remove=str(Attachment.objects.get().pk))
    assert Attachment.objects.count() == 1


def test_files_belong_to_the_request_once_it_is_sent(citizen: Citizen) -> None:
    sent = citizen.apply(what={"files": picture()})
    attachment = Attachment.objects.get()
    assert (attachment.request, attachment.draft) == (sent, None)


def bad_files() -> list[Any]:
    pdf_bytes = pdf().read()
    return [
        (SimpleUploadedFile("foto.jpg", pdf_bytes), "bir PDF ama adı"),
        (SimpleUploadedFile("bos.jpg", b""), "bos.jpg"),
        (SimpleUploadedFile("sayfa.html", b"<script>alert(1)</script>"), "sayfa.html"),
        (SimpleUploadedFile("resim.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "resim.svg"),
        (SimpleUploadedFile("yarim.jpg", b"\xff\xd8\xff\xe0 not a picture"), "yarim.jpg"),
        (SimpleUploadedFile("buyuk.jpg", b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024 + 1)), "10 MB"),
        (huge_picture(), "40 megapiksel"),
    ]


@pytest.mark.parametrize(("file", "message"), bad_files(), ids=lambda value: getattr(value, "name", None))
def test_a_file_that_cannot_be_taken_says_why_and_keeps_the_text(citizen: Citizen, file: Any, message: str) -> None:
    file.seek(0)
    response = citizen.take("what", files=file)
    assert response.status_code == 422
    page = text_of(response)
    assert message in page
    assert "id_files_error" in page
    assert "Sokağın başında derin bir çukur var.</textarea>" in page
    assert not Attachment.objects.exists()


def test_one_bad_file_does_not_cost_the_good_ones(citizen: Citizen) -> None:
    response = citizen.take("what", files=[picture("iyi.jpg"), SimpleUploadedFile("kotu.exe", b"MZ")])
    assert response.status_code == 422
    page = text_of(response)
    assert "kotu.exe" in page
    assert Attachment.objects.get().original_name == "iyi.jpg"


def test_more_than_five_files_are_refused_and_five_kept(citizen: Citizen) -> None:
    response = citizen.take("what", files=[picture(f"{number}.jpg") for number in range(7)])
    assert response.status_code == 422
    assert "En fazla 5 dosya ekleyebilirsiniz." in text_of(response)
    assert Attachment.objects.count() == 5


def test_with_five_files_the_page_says_that_it_is_full(citizen: Citizen) -> None:
    citizen.take("what", files=[picture(f"{number}.jpg") for number in range(5)], attach="1")
    page = text_of(citizen.get("apply_step", "what"))
    assert "Bir başvuruya eklenebilecek en fazla dosyayı eklediniz." in page
    assert 'type="file"' not in page


def test_a_hostile_file_name_is_shown_as_text(citizen: Citizen) -> None:
    citizen.take("what", files=picture("<img src=x onerror=alert(1)>.jpg"), attach="1")
    assert "<img src=x" not in text_of(citizen.get("apply_step", "what"))
