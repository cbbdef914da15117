"""A log line holds no personal data and no secret."""

import logging
from typing import Any

import pytest
from django.test import RequestFactory

from config.logging import is_worth_a_line, without_personal_data


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


def record(**event: str) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, "", 0, event, None, None)  # type: ignore[arg-type]


def test_a_request_is_one_line_and_a_probe_is_none() -> None:
    assert is_worth_a_line(record(event="request_finished", request="GET /"))
    assert not is_worth_a_line(record(event="request_started", request="GET /"))
    assert not is_worth_a_line(record(event="request_finished", request="GET /livez"))
