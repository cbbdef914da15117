"""Request numbers: made, read aloud, typed, mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidInput
from common.numbers import EMPTY, WRONG_CHECK, WRONG_LENGTH, make_number, parse_number, spoken_groups

serials = st.integers(min_value=1, max_value=9_999_999)
NUMBER = make_number(2026, 123)


def test_a_number_is_year_serial_and_check_digit() -> None:
    assert NUMBER.startswith("26-0000123-")
    assert len(NUMBER) == 12


@given(serials)
def test_a_number_is_read_back_as_itself(serial: int) -> None:
    number = make_number(2026, serial)
    assert parse_number(number) == number


@given(serials, st.integers(0, 9), st.integers(0, 9))
def test_every_single_wrong_digit_is_noticed(serial: int, position: int, digit: int) -> None:
    digits = make_number(2026, serial).replace("-", "")
    mistyped = digits[:position] + str(digit) + digits[position + 1 :]
    if mistyped != digits:
        with pytest.raises(InvalidInput):
            parse_number(mistyped)


@given(serials, st.integers(0, 8))
def test_every_swap_of_neighbours_is_noticed(serial: int, position: int) -> None:
    digits = make_number(2026, serial).replace("-", "")
    swapped = digits[:position] + digits[position + 1] + digits[position] + digits[position + 2 :]
    if swapped != digits:
        with pytest.raises(InvalidInput):
            parse_number(swapped)


@pytest.mark.parametrize(
    "written",
    [
        "{y}{s}{c}",
        "{y} {s} {c}",
        " {y}-{s}-{c} ",
        "{y}–{s}–{c}",
        "{y}.{s}/{c}",
        "{y}\u00a0{s}\u200b{c}",
    ],
)
def test_any_separator_between_the_digits_is_taken(written: str) -> None:
    year, serial, check = NUMBER.split("-")
    assert parse_number(written.format(y=year, s=serial, c=check)) == NUMBER


@pytest.mark.parametrize("zero", ["٠", "۰", "０"])
def test_digits_of_other_scripts_are_taken(zero: str) -> None:
    assert parse_number("".join(chr(ord(zero) + int(d)) if d.isdigit() else d for d in NUMBER)) == NUMBER


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", EMPTY),
        ("  ", EMPTY),
        ("26-123", WRONG_LENGTH),
        (NUMBER + "1", WRONG_LENGTH),
        ("başvuru", WRONG_LENGTH),
        (NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10), WRONG_CHECK),
        ("0000000000", WRONG_CHECK),
        ("9" * 5000, WRONG_LENGTH),
    ],
)
def test_what_is_no_number_is_refused_with_what_to_do(text: str, message: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_number(text, field="request_number")
    assert refusal.value.message == message
    assert refusal.value.field == "request_number"


@pytest.mark.parametrize("serial", [0, -1, 10_000_000])
def test_a_serial_that_does_not_fit_is_an_error_of_the_program(serial: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        make_number(2026, serial)


def test_a_number_is_read_aloud_in_groups() -> None:
    assert spoken_groups(NUMBER) == ("26", "000", "0123", NUMBER[-1])
