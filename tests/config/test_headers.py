"""What every page carries."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, People, Town

PAGES = ["/", "/en/", "/basvuru/", "/takip/", "/hesap/giris/", "/no-such-page/", "/masa/", "/admin/"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_everything_foreign_and_inline(path: str, client: Client, town: Town) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_administration_has_the_same_policy(client: Client, people: People) -> None:
    client.force_login(people.clerk)
    answer = client.get("/admin/")
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("path", "language"), [("/", "tr"), ("/en/", "en")])
def test_the_address_decides_the_language_and_not_the_browser(
    path: str, language: str, client: Client, town: Town
) -> None:
    answer = client.get(path, headers={"accept-language": "en" if language == "tr" else "tr"})
    assert f'<html lang="{language}"' in answer.content.decode()


def test_an_unknown_page_says_so_in_plain_words(client: Client, town: Town) -> None:
    answer = client.get("/boyle-bir-sayfa-yok/")
    assert answer.status_code == 404
    assert 'lang="tr"' in answer.content.decode()


def test_the_password_never_stands_in_a_page(client: Client, people: People) -> None:
    answer = client.post(reverse("account_login"), {"login": people.clerk.email, "password": PASSWORD + "x"})
    assert PASSWORD not in answer.content.decode()
