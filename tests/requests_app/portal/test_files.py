"""Private files behind short-lived signed links."""

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone
from PIL import Image

from requests_app.actors import Actor
from requests_app.files import link_for, small_link_for
from requests_app.models import Attachment
from requests_app.services import attachments, conversation
from tests import factories
from tests.requests_app.portal.conftest import picture
from tests.requests_app.portal.test_apply_files import pdf


@pytest.fixture
def photo(town: factories.Town) -> Attachment:
    return attached(town, picture("çukur.jpg"))


@pytest.fixture
def document(town: factories.Town) -> Attachment:
    return attached(town, pdf("belge.pdf"))


def attached(town: factories.Town, file: Any) -> Attachment:
    request = factories.submit(town)
    conversation.add_information(request_id=request.pk, text="ek", files=[file], actor=Actor.applicant(request.pk))
    return Attachment.objects.get()


def test_a_picture_is_shown_in_place(photo: Attachment, client: Client) -> None:
    response = client.get(link_for(photo))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("inline")
    assert b"".join(response.streaming_content) == photo.file.read()  # type: ignore[attr-defined]


def test_a_pdf_is_downloaded_not_shown(document: Attachment, client: Client) -> None:
    response = client.get(link_for(document))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="belge.pdf"'


def test_a_file_can_do_nothing_in_the_browser(photo: Attachment, client: Client) -> None:
    response = client.get(link_for(photo))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_in_small_it_is_a_light_picture(town: factories.Town, client: Client) -> None:
    photo = attached(town, picture("meydan.jpg", size=(1600, 1200)))
    response = client.get(small_link_for(photo))
    assert response["Content-Type"] == "image/webp"
    small = Image.open(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    assert (small.format, small.size) == ("WEBP", (320, 240))


def test_a_document_has_nothing_in_small(document: Attachment) -> None:
    assert not document.thumbnail
    assert small_link_for(document) == link_for(document)


@time_machine.travel("2026-11-24 10:01 +0300", tick=False)
def test_a_link_stays_the_same_for_minutes_so_that_browsers_can_keep_the_picture(photo: Attachment) -> None:
    first = link_for(photo)
    with time_machine.travel("2026-11-24 10:04 +0300", tick=False):
        assert link_for(photo) == first
    with time_machine.travel("2026-11-24 10:06 +0300", tick=False):
        assert link_for(photo) != first


def test_shared_caches_keep_nothing(photo: Attachment, client: Client) -> None:
    assert client.get(link_for(photo))["Cache-Control"] == "private, max-age=600"


def test_a_link_ends_after_a_quarter_of_an_hour(photo: Attachment, client: Client) -> None:
    link = link_for(photo)
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        response = client.get(link)
    assert response.status_code == 410
    assert "süresi doldu" in response.content.decode()


@pytest.mark.parametrize("token", ["1", "1:x:y", "..%2F..%2Fetc%2Fpasswd", "a" * 300])
def test_a_forged_link_finds_nothing(photo: Attachment, client: Client, token: str) -> None:
    assert client.get(f"/dosya/{token}/").status_code == 404


def test_a_link_signed_for_something_else_finds_nothing(photo: Attachment, client: Client) -> None:
    assert client.get(f"/dosya/{TimestampSigner().sign(str(photo.pk))}/").status_code == 404


def test_a_removed_file_is_gone(photo: Attachment, client: Client) -> None:
    link = link_for(photo)
    attachments.remove(photo)
    assert client.get(link).status_code == 404


def test_a_file_that_is_missing_on_the_disk_is_a_plain_404(photo: Attachment, client: Client) -> None:
    photo.file.storage.delete(photo.file.name)
    assert client.get(link_for(photo)).status_code == 404


def test_behind_a_proxy_the_proxy_sends_the_file(photo: Attachment, client: Client, settings: Any) -> None:
    settings.PRIVATE_FILES_INTERNAL_PREFIX = "/private/"
    response = client.get(link_for(photo))
    assert response["X-Accel-Redirect"] == f"/private/{photo.file.name}"
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.content


def test_files_are_only_read(photo: Attachment, client: Client) -> None:
    assert client.post(link_for(photo)).status_code == 405
