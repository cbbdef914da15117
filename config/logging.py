"""Structured logs without personal data.

A log line holds ids, never names, phones, texts or secrets. The tracking secret is part of one
address, so that address is written without it.
"""

import logging
import re
from typing import Any

import sentry_sdk
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from sentry_sdk.utils import BadDsn

PROBES = ("GET /livez", "GET /readyz", "GET /metrics")

# Tracking secrets, signed file links, invitations and password resets, links by which somebody leaves, and the path of
# gateways that sign nothing.
_SECRET_IN_PATH = re.compile(
    r"(/(?:takip|track|a|dosya|parola/yeni|verimor|iletimerkezi|netgsm/(?:receipts|messages))/)[^/\s?]+"
)
# What follows the question mark may be a name that somebody searched for.
_QUERY = re.compile(r"\?\S*")
# The gaps people leave between the groups, as they are typed and as they stand in an address.
_GAP = r"(?:[\s+().-]|%20|%2B){0,3}"
_PHONE = re.compile(rf"(?<!\d)(?:90|0)?{_GAP}5\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?!\d)")

# PostgreSQL repeats the refused row, or the statement with its values, below the first line of an error.
_ROW = re.compile(
    r"^(?:DETAIL|CONTEXT|QUERY|LINE \d+):.*?(?=^(?:The above exception|During handling of the above)|\Z)", re.M | re.S
)


def without_personal_data(logger: object, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Last guard before a line is written: cuts tracking secrets and phone numbers out of every text."""
    return {key: _clean(_PATH_ONLY.get(key, _as_it_is)(value)) for key, value in event.items()}


def _method_and_path(value: Any) -> Any:
    if isinstance(value, HttpRequest):
        return f"{value.method} {value.path}"
    return _QUERY.sub("", value) if isinstance(value, str) else value


def _as_it_is(value: Any) -> Any:
    return value


_PATH_ONLY = {"request": _method_and_path}


def _clean(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _PHONE.sub("[phone]", _SECRET_IN_PATH.sub(r"\1[secret]", _ROW.sub("[row]\n", value)))


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """One line for each request, when it is done, and none for the probes that come every few seconds."""
    if not isinstance(record.msg, dict):
        return True
    return record.msg.get("event") != "request_started" and record.msg.get("request") not in PROBES


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logging(log_format: str) -> dict[str, Any]:
    """The LOGGING setting. ``log_format`` is "json" for machines or "console" for people."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    without_personal_data,
                    last,
                ],
            }
        },
        "filters": {"one_line_a_request": {"()": "django.utils.log.CallbackFilter", "callback": is_worth_a_line}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "structured",
                "filters": ["one_line_a_request"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }


def report_without_personal_data(event: Any, hint: Any) -> Any:
    """What leaves for Sentry: the error and where it happened; of the request only its method and path."""
    for error in event.get("exception", {}).get("values", []):
        error["value"] = _clean(error.get("value"))
    request = event.pop("request", {})
    event["request"] = {"method": request.get("method"), "url": _clean(_QUERY.sub("", request.get("url", "")))}
    return event


def configure_errors(dsn: str) -> None:
    """Report errors to Sentry, only where a DSN is set, and never with personal data."""
    if not dsn:
        return
    try:
        sentry_sdk.init(
            dsn=dsn,
            send_default_pii=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            include_local_variables=False,
            before_send=report_without_personal_data,
        )
    except BadDsn:
        raise ImproperlyConfigured("SENTRY_DSN is not the address of a Sentry project.") from None
