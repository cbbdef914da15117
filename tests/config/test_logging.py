"""A log line holds no personal data and no secret."""

import logging
from typing import Any

import pytest
from django.test import Client, RequestFactory

from config.logging import without_personal_data
from tests.factories import People, Town


@pytest.mark.parametrize(
    "text",
    [
        "GET /takip/3f9k2m7q/",
        "GET /en/takip/3f9k2m7q/",
        "GET /dosya/3f9k2m7q:1abc:sig/",
        "GET /hesap/parola/yeni/1-3f9k2m7q/",
    ],
)
def test_secrets_in_addresses_are_cut_out(text: str) -> None:
    assert "3f9k2m7q" not in without_personal_data(None, "info", {"request": text})["request"]


def test_a_request_object_is_written_without_its_secret(rf: RequestFactory) -> None:
    event = {"event": "Internal Server Error", "request": rf.get("/takip/3f9k2m7q/")}
    assert without_personal_data(None, "error", event)["request"] == "GET /takip/[secret]/"


@pytest.mark.parametrize("phone", ["+905000000001", "0500 000 00 01", "05000000001", "500-000-00-01", "0500+000+00+01"])
def test_phone_numbers_are_cut_out(phone: str) -> None:
    assert "00" not in without_personal_data(None, "info", {"event": f"to {phone}."})["event"]


def test_ordinary_numbers_stay() -> None:
    event: dict[str, Any] = {"event": "26-0000123-4 took 51234567890 ns", "code": 200}
    assert without_personal_data(None, "info", event) == event


def test_what_somebody_searched_for_is_not_written() -> None:
    event = {"request": "GET /admin/requests_app/servicerequest/?q=Zeynep+Deneme"}
    assert without_personal_data(None, "info", event)["request"] == "GET /admin/requests_app/servicerequest/"


def lines(caplog: pytest.LogCaptureFixture) -> list[Any]:
    """What was written of requests."""
    return [record.msg for record in caplog.records if record.name == "config.middleware"]


def test_a_request_is_one_line_with_its_answer_and_without_its_query(
    client: Client, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/takip/?q=Zeynep")
        client.get("/boyle-bir-sayfa-yok/")
    written = [(line["level"], line["request"], line["code"]) for line in lines(caplog)]
    assert written == [("info", "GET /takip/", 200), ("warning", "GET /boyle-bir-sayfa-yok/", 404)]
    assert len({line["request_id"] for line in lines(caplog)}) == 2


def test_a_request_of_staff_names_them_by_id(client: Client, people: People, caplog: pytest.LogCaptureFixture) -> None:
    client.force_login(people.clerk)
    with caplog.at_level(logging.INFO):
        client.get("/admin/")
    assert [line["user_id"] for line in lines(caplog)] == [people.clerk.pk]


@pytest.mark.django_db
def test_a_probe_is_no_line(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/livez")
    assert lines(caplog) == []
