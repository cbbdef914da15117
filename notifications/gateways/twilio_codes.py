"""Twilio's error codes by what to do about them (https://www.twilio.com/docs/api/errors)."""

from datetime import timedelta

from notifications.gateways.base import Outcome, Retry

# The recipient or the content is refused: opted out, landline, no such number, filtered.
_NEVER = {
    21211, 21214, 21217, 21408, 21610, 21612, 21614, 21617,
    30004, 30006, 30007,
    63003, 63013, 63016, 63024, 63032, 63033,
}  # fmt: skip
# The phone is off, out of reach or gone for now.
_ONCE = {30003, 30005, 30008}
# Twilio is busy or our queue there is full.
_LATER = {14107, 20429, 21611, 30001, 30017, 30036, 30410, 63017, 63018}
# Our account, sender or service is at fault, so every message would be refused alike.
_ROUTE = {20003, 20404, 21606, 21703, 21704, 30002, 63001, 63002, 63007, 63038}

_BY_CODE = (
    dict.fromkeys(_NEVER, Retry.NEVER)
    | dict.fromkeys(_ONCE, Retry.ONCE)
    | dict.fromkeys(_LATER, Retry.LATER)
    | dict.fromkeys(_ROUTE, Retry.ROUTE)
)
_BY_STATUS = {401: Retry.ROUTE, 403: Retry.ROUTE, 404: Retry.ROUTE, 408: Retry.LATER, 429: Retry.LATER}


def of_error(*, status: int, code: int | None, detail: str, retry_after: timedelta | None = None) -> Outcome:
    """The outcome of an error answer: HTTP ``status`` and Twilio's own ``code``, if it gave one."""
    if status >= 500:
        return Outcome.unknown(f"http_{status}", detail=detail)
    fallback = _BY_STATUS.get(status, Retry.NEVER)
    retry = _BY_CODE.get(code, fallback) if code else fallback
    return Outcome.rejected(str(code or f"http_{status}"), retry, detail=detail, retry_after=retry_after)


def of_failed_message(*, code: int | None, provider_id: str, status: str) -> Outcome:
    """The outcome of a message Twilio took and then could not deliver."""
    retry = _BY_CODE.get(code, Retry.NEVER) if code else Retry.NEVER
    return Outcome.rejected(str(code or status), retry, provider_id=provider_id)
