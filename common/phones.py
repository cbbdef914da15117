"""Phone numbers: one stored form, one way to show them, one way to hide them."""

import re
import unicodedata
from typing import Final

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput

EMPTY: Final = _("Enter a phone number.")
WRONG_MOBILE: Final = _("The phone number must start with 05 and have 11 digits. Example: 0500 000 00 00.")
NOT_MOBILE: Final = _("This number cannot receive SMS. Enter a mobile number that starts with 05.")
WRONG_NUMBER: Final = _("This phone number is not complete. Write it with its area code. Example: 0312 000 00 00.")

_COUNTRY: Final = "90"
_SEPARATORS: Final = frozenset("-().,/ ")
_MOBILE: Final = re.compile(r"5\d{9}")
# Longest first: 00905…, +90 0 5…, 905…, 05….
_TURKISH_PREFIXES: Final = ("00900", "0090", "900", "90", "0")


def parse_phone(raw: str, *, mobile_only: bool = True, field: str = "phone") -> str:
    """The number as ``+905XXXXXXXXX`` whatever way it was written: 05…, 5…, 905…, +90…, 00905…,
    with spaces, dashes, brackets or Arabic digits.

    ``mobile_only=False`` takes landlines, special (444, 850) and foreign numbers as well.
    Raises InvalidInput on ``field`` with what to do about it.
    """
    digits, international = _digits(raw, field, WRONG_MOBILE if mobile_only else WRONG_NUMBER)
    turkish = _turkish_mobile(digits)
    if turkish:
        return turkish
    other = _other_number(digits, international)
    if other and not mobile_only:
        return other
    if mobile_only:
        raise InvalidInput(field, NOT_MOBILE if other else WRONG_MOBILE)
    raise InvalidInput(field, WRONG_NUMBER)


def phone_in(term: str) -> str:
    """The stored form of a whole number of any kind typed into a search box; nothing where it is none."""
    try:
        return parse_phone(term, mobile_only=False)
    except InvalidInput:
        return ""


def national(phone: str) -> str:
    """A stored number as people write it: ``0500 000 00 00``; foreign numbers in international form."""
    if phone.startswith("+90") and len(phone) == 13:
        rest = phone[3:]
        return f"0{rest[:3]} {rest[3:6]} {rest[6:8]} {rest[8:]}"
    try:
        parsed = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return phone
    home = parsed.country_code == int(_COUNTRY)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def mask(phone: str) -> str:
    """A stored number with its middle hidden, ``0500 *** ** 00``: enough to recognise one's own."""
    if phone.startswith("+90") and len(phone) == 13:
        return f"0{phone[3:6]} *** ** {phone[-2:]}"
    return f"{phone[:3]} *** ** {phone[-2:]}" if len(phone) > 7 else "***"


def _digits(raw: str, field: str, message: str | Promise) -> tuple[str, bool]:
    """The digits of ``raw`` and whether a plus stood before them. Anything but separators is refused."""
    text = unicodedata.normalize("NFKC", raw).strip()
    if not text:
        raise InvalidInput(field, EMPTY)
    digits: list[str] = []
    international = False
    for char in text:
        digit = unicodedata.digit(char, None)
        if digit is not None:
            digits.append(str(digit))
        elif char == "+" and not digits and not international:
            international = True
        elif char not in _SEPARATORS and unicodedata.category(char) not in (
            "Zs",
            "Pd",
            "Cf",
        ):
            raise InvalidInput(field, message)
    return "".join(digits), international


def _turkish_mobile(digits: str) -> str:
    for prefix in (*_TURKISH_PREFIXES, ""):
        rest = digits.removeprefix(prefix) if digits.startswith(prefix) else ""
        if _MOBILE.fullmatch(rest):
            return f"+{_COUNTRY}{rest}"
    return ""


def _other_number(digits: str, international: bool) -> str:
    """A landline, special or foreign number in E.164 form, or nothing."""
    text = f"+{digits}" if international else digits
    try:
        parsed = phonenumbers.parse(text, "TR")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
