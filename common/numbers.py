"""Numbers that people read aloud over the phone.

``26-0000123-4`` is year, serial and check digit. The check digit is Damm's: it catches every wrong digit
and every swap of two neighbours, which are the mistakes people make when they read or type a number.
"""

import unicodedata
from typing import Final

from django.utils.translation import gettext_lazy as _
from stdnum import damm

from common.errors import InvalidInput

SERIAL_DIGITS: Final = 7
_LENGTH: Final = 2 + SERIAL_DIGITS + 1

EMPTY: Final = _("Enter the application number.")
WRONG_LENGTH: Final = _("The application number has 10 digits. Example: 26-0000123-4.")
WRONG_CHECK: Final = _("There is no such application number. Check its digits against your receipt.")


def make_number(year: int, serial: int) -> str:
    """The number for the ``serial``-th (1 to 9,999,999) application of ``year`` (for instance 2026)."""
    if not 1 <= serial < 10**SERIAL_DIGITS:
        raise ValueError(f"serial {serial} does not fit {SERIAL_DIGITS} digits")
    digits = f"{year % 100:02d}{serial:0{SERIAL_DIGITS}d}"
    return _with_dashes(digits + damm.calc_check_digit(digits))


def parse_number(text: str, *, field: str = "number") -> str:
    """The canonical form of a number typed by a person.

    Takes spaces, dots, any dash or none, and full-width or Arabic digits. Raises InvalidInput on
    ``field`` where something else was typed or the check digit is wrong.
    """
    digits = _digits(text)
    if not digits:
        raise InvalidInput(field, EMPTY if not text.strip() else WRONG_LENGTH)
    if len(digits) != _LENGTH:
        raise InvalidInput(field, WRONG_LENGTH)
    if not damm.is_valid(digits) or digits[2:-1] == "0" * SERIAL_DIGITS:
        raise InvalidInput(field, WRONG_CHECK)
    return _with_dashes(digits)


def spoken_groups(number: str) -> tuple[str, ...]:
    """A canonical number in the groups in which it is read aloud: ("26", "000", "0123", "4")."""
    year, serial, check = number.split("-")
    return year, serial[:3], serial[3:], check


def _with_dashes(digits: str) -> str:
    return f"{digits[:2]}-{digits[2:-1]}-{digits[-1]}"


def _digits(text: str) -> str:
    """The digits of ``text`` as ASCII, or nothing where it holds more than digits and separators."""
    digits: list[str] = []
    for char in unicodedata.normalize("NFKC", text):
        digit = unicodedata.digit(char, None)
        if digit is not None:
            digits.append(str(digit))
        elif char not in "./_\t" and unicodedata.category(char) not in (
            "Zs",
            "Pd",
            "Cf",
        ):
            return ""
    return "".join(digits)
