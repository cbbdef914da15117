"""Phone numbers: every way people write them, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidInput
from common.phones import EMPTY, NOT_MOBILE, WRONG_MOBILE, WRONG_NUMBER, mask, national, parse_phone, phone_in

PHONE = "+905000000042"


@pytest.mark.parametrize(
    "raw",
    [
        "05000000042",
        "5000000042",
        "905000000042",
        "+905000000042",
        "00905000000042",
        "+90 0500 000 00 42",
        "0 500 000 00 42",
        "0500 000 00 42",
        "(0500) 000 00 42",
        "0500-000-00-42",
        "0500.000.00.42",
        "+90 (500) 000-00-42",
        "\u00a00500\u2009000\u202f00\u00a042 ",
        "0500–000–00–42",
        "\u202a0500 000 00 42\u202c",
        "٠٥٠٠٠٠٠٠٠٤٢",
        "۰۵۰۰ ۰۰۰ ۰۰ ۴۲",
        "０５００００００04２",
    ],
)
def test_every_way_of_writing_a_mobile_number_gives_one_form(raw: str) -> None:
    assert parse_phone(raw) == PHONE


@given(
    digits=st.from_regex(r"5[0-9]{9}", fullmatch=True), prefix=st.sampled_from(["", "0", "90", "+90", "0090", "+90 0"])
)
def test_any_mobile_number_with_any_prefix_is_taken(digits: str, prefix: str) -> None:
    assert parse_phone(prefix + digits) == f"+90{digits}"


@given(st.from_regex(r"5[0-9]{9}", fullmatch=True))
def test_what_is_shown_can_be_typed_in_again(digits: str) -> None:
    assert parse_phone(national(f"+90{digits}")) == f"+90{digits}"


@pytest.mark.parametrize("raw", ["", "   ", "\u00a0"])
def test_an_empty_number_is_asked_for(raw: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_phone(raw)
    assert refusal.value.message == EMPTY


@pytest.mark.parametrize(
    "raw",
    [
        "0500 000 00 4",
        "0500 000 00 421",
        "500000004a",
        "o500 000 00 42",
        "0500 000 00 42 dahili 3",
        "0500 000 00 42; 0500 000 00 43",
        "++905000000042",
        "05000000042+",
        "=05000000042",
        "0500\x00000 00 42",
        "123",
        "5" * 4000,
    ],
)
def test_what_is_no_mobile_number_is_refused_with_an_example(raw: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_phone(raw, field="applicant_phone")
    assert refusal.value.message == WRONG_MOBILE
    assert refusal.value.field == "applicant_phone"


@pytest.mark.parametrize("raw", ["0312 000 00 00", "0850 000 00 00", "444 0 123", "+49 30 123456"])
def test_a_number_that_cannot_receive_sms_is_refused_by_name(raw: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_phone(raw)
    assert refusal.value.message == NOT_MOBILE


@pytest.mark.parametrize(
    ("raw", "stored", "shown"),
    [
        ("0312 000 00 00", "+903120000000", "0312 000 00 00"),
        ("(0312) 0000000", "+903120000000", "0312 000 00 00"),
        ("444 0 123", "+904440123", "444 0 123"),
        ("+49 30 123456", "+4930123456", "+49 30 123456"),
        ("0049 30 123456", "+4930123456", "+49 30 123456"),
        ("0500 000 00 42", PHONE, "0500 000 00 42"),
    ],
)
def test_landlines_and_foreign_numbers_are_taken_where_no_sms_is_sent(raw: str, stored: str, shown: str) -> None:
    assert parse_phone(raw, mobile_only=False) == stored
    assert national(stored) == shown


@pytest.mark.parametrize("raw", ["0312 000 00", "12", "abc", "+999 1234567"])
def test_an_incomplete_number_is_refused_where_landlines_are_taken(raw: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_phone(raw, mobile_only=False)
    assert refusal.value.message == WRONG_NUMBER


def test_the_middle_of_a_masked_number_is_hidden() -> None:
    assert mask(PHONE) == "0500 *** ** 42"
    assert mask("+4930123456") == "+49 *** ** 56"
    assert mask("123") == "***"


def test_a_whole_number_in_a_search_box_is_found_in_any_writing() -> None:
    assert phone_in(" 0500 000 00 42 ") == PHONE
    assert phone_in("0312 000 00 00") == "+903120000000"


def test_words_in_a_search_box_are_no_number() -> None:
    assert [phone_in(term) for term in ("", "0500", "kaldırım")] == ["", "", ""]
