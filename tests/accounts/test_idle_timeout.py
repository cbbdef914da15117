"""A person who does nothing for a while is signed out, and told why."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests.accounts.conftest import is_signed_in, sign_in

START = "2026-11-20 10:00:00+03:00"
BY_SCRIPT = {"Sec-Fetch-Mode": "cors"}

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture(autouse=True)
def thirty_minutes(settings) -> None:
    settings.STAFF_IDLE_MINUTES = 30


def test_after_half_an_hour_of_nothing_the_sign_in_page_says_why(client: Client, clerk: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, clerk.email)
        client.get("/admin/")
        clock.shift(30 * 60 + 1)
        response = client.get("/admin/accounts/?q=1")
        assert response.url == "/hesap/giris/?next=%2Fadmin%2Faccounts%2F%3Fq%3D1"
        page = client.get(response.url).content.decode()
    assert "30 dakika" in page
    assert not is_signed_in(client)


def test_every_click_starts_the_time_anew(client: Client, clerk: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, clerk.email)
        for _ in range(4):
            clock.shift(29 * 60)
            assert client.get("/admin/").status_code == 200


def test_what_a_page_asks_for_by_itself_does_not_keep_anybody_signed_in(client: Client, clerk: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, clerk.email)
        client.get("/admin/")
        for _ in range(2):
            clock.shift(15 * 60)
            assert client.get("/admin/", headers=BY_SCRIPT).status_code == 200
        clock.shift(1)
        assert client.get("/admin/", headers=BY_SCRIPT).status_code == 401
        client.get("/admin/")
    assert not is_signed_in(client)


def test_typing_that_a_page_asks_about_counts(client: Client, clerk: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, clerk.email)
        for _ in range(3):
            clock.shift(29 * 60)
            client.post("/hesap/parola/", headers=BY_SCRIPT)
        assert is_signed_in(client)


def test_clicks_within_a_minute_do_not_write_the_session_again(client: Client, clerk: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, clerk.email)
        client.get("/admin/")
        assert session_writes(client) == 0
        clock.shift(59)
        assert session_writes(client) == 0
        clock.shift(1)
        assert session_writes(client) == 1


def session_writes(client: Client) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/hesap/parola/")
    return sum("UPDATE" in query["sql"] and "django_session" in query["sql"] for query in queries)


def test_a_form_sent_too_late_leads_back_to_the_page_it_stood_on(client: Client, clerk: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, clerk.email)
        client.get("/admin/")
        clock.shift(31 * 60)
        response = client.post("/hesap/parola/", {}, headers={"Referer": "http://testserver/hesap/parola/?a=1"})
    assert response.url == "/hesap/giris/?next=%2Fhesap%2Fparola%2F%3Fa%3D1"


def test_a_form_sent_too_late_from_elsewhere_leads_nowhere_else(client: Client, clerk: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, clerk.email)
        client.get("/admin/")
        clock.shift(31 * 60)
        response = client.post("/hesap/parola/", {}, headers={"Referer": "https://evil.example/x"})
    assert response.url == reverse("account_login")


def test_visitors_have_no_session(client: Client, db: None) -> None:
    assert not client.get("/hesap/giris/").cookies.get("sessionid")
