"""What every page carries."""

from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from config import urls
from tests.factories import PASSWORD, People, Town

PAGES = ["/", "/en/", "/basvuru/", "/takip/", "/hesap/giris/", "/no-such-page/", "/masa/", "/admin/"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_forbids_everything_foreign_and_inline(page: str, client: Client, town: Town) -> None:
    policy = client.get(page).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


class Failing:
    """Addresses whose pages end in an error."""

    handler400, handler500 = urls.handler400, urls.handler500
    handler403, handler404 = urls.handler403, urls.handler404

    @staticmethod
    def fail(request: HttpRequest, error: str) -> HttpResponse:
        raise {"400": BadRequest, "403": PermissionDenied, "413": RequestDataTooBig, "500": ZeroDivisionError}[error]

    urlpatterns = (path("fail/<str:error>/", fail), *urls.urlpatterns)


@pytest.mark.parametrize("status", [400, 403, 413, 500])
def test_pages_about_errors_have_the_same_policy(status: int, client: Client, town: Town, settings: Any) -> None:
    settings.ROOT_URLCONF = Failing
    client.raise_request_exception = False
    answer = client.get(f"/fail/{status}/")
    assert answer.status_code == status
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_administration_has_the_same_policy(client: Client, people: People) -> None:
    client.force_login(people.clerk)
    answer = client.get("/admin/")
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("page", "language"), [("/", "tr"), ("/en/", "en")])
def test_the_address_decides_the_language_and_not_the_browser(
    page: str, language: str, client: Client, town: Town
) -> None:
    answer = client.get(page, headers={"accept-language": "en" if language == "tr" else "tr"})
    assert f'<html lang="{language}"' in answer.content.decode()


def test_an_unknown_page_says_so_in_plain_words(client: Client, town: Town) -> None:
    answer = client.get("/boyle-bir-sayfa-yok/")
    assert answer.status_code == 404
    assert 'lang="tr"' in answer.content.decode()


def test_the_password_never_stands_in_a_page(client: Client, people: People) -> None:
    answer = client.post(reverse("account_login"), {"login": people.clerk.email, "password": PASSWORD + "x"})
    assert PASSWORD not in answer.content.decode()
