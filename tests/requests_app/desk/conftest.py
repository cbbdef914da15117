"""The desk through HTTP: one signed-in browser for each person."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from requests_app.models import ServiceRequest
from tests.factories import People

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Sign-in has its own tests."""
    settings.STAFF_MFA_REQUIRED = False
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def browser() -> Browser:
    """A browser in which the given person is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="accounts.backends.StaffBackend")
        return client

    return signed_in


@pytest.fixture
def head(browser: Browser, people: People) -> Client:
    """The browser of the head of roads."""
    return browser(people.head_a)


@pytest.fixture
def staff(browser: Browser, people: People) -> Client:
    """The browser of a staff member of roads."""
    return browser(people.staff_a)


def page_of(request: ServiceRequest) -> str:
    """The address of the request's page."""
    return reverse("desk:request", args=[request.number])


def action(request: ServiceRequest, verb: str) -> str:
    """The address of one action."""
    return reverse("desk:act", args=[request.number, verb])


def answer(request: ServiceRequest, **changes: Any) -> dict[str, Any]:
    """A complete answer as the form sends it."""
    return {"version": request.version, "outcome": "resolved", "text": "Çukur asfaltla kapatıldı.", **changes}


def photo(name: str = "cukur.jpg") -> SimpleUploadedFile:
    """A small real picture."""
    content = BytesIO()
    Image.new("RGB", (40, 30), "gray").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")
