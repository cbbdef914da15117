"""A log line holds no personal data and no secret."""

import logging
import traceback
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import RequestFactory

from config.logging import is_worth_a_line, report_without_personal_data, without_personal_data


@pytest.mark.parametrize(
    "text",
    [
        "GET /takip/3f9k2m7q/",
        "GET /en/track/3f9k2m7q/",
        "POST /a/3f9k2m7q/",
        "GET /en/a/3f9k2m7q/",
        "GET /dosya/3f9k2m7q:1abc:sig/",
        "GET /hesap/parola/yeni/1-3f9k2m7q/",
        "POST /webhooks/verimor/3f9k2m7q/",
        "POST /webhooks/netgsm/messages/3f9k2m7q/",
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


def test_a_row_that_the_database_refused_is_not_written(db: None) -> None:
    words = "Zeynep\nDeneme"
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE refusing (name text CHECK (name = ''))")
        cursor.execute("INSERT INTO refusing VALUES (%s)", [words])
    text = "".join(traceback.format_exception(refused.value))
    assert "Zeynep" in text

    written = without_personal_data(None, "error", {"exception": text})["exception"]

    assert "Zeynep" not in written
    assert "Deneme" not in written
    assert "IntegrityError" in written


def test_a_statement_that_the_database_did_not_understand_is_not_written(db: None) -> None:
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM (SELECT %s) AS words", ["Zeynep"])

    assert "Zeynep" not in without_personal_data(None, "error", {"event": str(refused.value)})["event"]


def test_an_error_report_holds_of_the_request_only_method_and_path() -> None:
    event = {
        "exception": {
            "values": [{"type": "IntegrityError", "value": "refused\nDETAIL:  Failing row contains (Zeynep)."}]
        },
        "request": {
            "method": "GET",
            "url": "https://basvuru.ornek.example/takip/3f9k2m7q/?q=Zeynep",
            "headers": {"Referer": "/takip/3f9k2m7q/"},
            "cookies": {"sessionid": "3f9k2m7q"},
        },
    }
    report = str(report_without_personal_data(event, {}))
    assert "Zeynep" not in report
    assert "3f9k2m7q" not in report
    assert "IntegrityError" in report


def record(**event: str) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, "", 0, event, None, None)  # type: ignore[arg-type]


def test_a_request_is_one_line_and_a_probe_is_none() -> None:
    assert is_worth_a_line(record(event="request_finished", request="GET /"))
    assert not is_worth_a_line(record(event="request_started", request="GET /"))
    assert not is_worth_a_line(record(event="request_finished", request="GET /livez"))
