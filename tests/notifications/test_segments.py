"""How many parts a text takes, against what a Turkish gateway publishes and against a plain second reckoning."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.segments import INTERNATIONAL_ROUTE, TURKISH_ROUTE, Encoding, Profile, measure
from tests.notifications.segments_by_hand import BASIC, EXTRA, LOCKING, parts_by_hand

ALL = (Encoding.GSM7, Encoding.TURKISH_LOCKING, Encoding.TURKISH_SINGLE, Encoding.UCS2)
NO_RESERVE = Profile(encodings=ALL)

# Verimor's table: the longest text of 1, 2, 3 and 4 parts in its three codings.
VERIMOR = {
    "a": (Encoding.GSM7, (160, 306, 459, 612)),
    "ş": (Encoding.TURKISH_LOCKING, (155, 298, 447, 596)),
    "ж": (Encoding.UCS2, (70, 134, 201)),
}


@pytest.mark.parametrize("letter", VERIMOR)
def test_agrees_with_the_published_table_at_every_boundary(letter: str) -> None:
    encoding, longest = VERIMOR[letter]
    for parts, length in enumerate(longest, start=1):
        fits, too_long = measure(letter * length, NO_RESERVE), measure(letter * (length + 1), NO_RESERVE)
        assert (fits.encoding, fits.segments, fits.left) == (encoding, parts, 0)
        assert too_long.segments == parts + 1


@pytest.mark.parametrize("letter", "çğıİşĞŞ")
def test_every_turkish_letter_counts_once(letter: str) -> None:
    assert measure(letter * 155, NO_RESERVE).segments == 1
    assert measure(letter * 156, NO_RESERVE).segments == 2


@pytest.mark.parametrize("letter", "öüÖÜÇ")
def test_the_turkish_letters_of_the_default_alphabet_cost_nothing_extra(letter: str) -> None:
    assert measure(letter * 160, NO_RESERVE).encoding == Encoding.GSM7


@pytest.mark.parametrize(
    ("letter", "lengths"), [("a", (155, 301, 454, 607)), ("ş", (150, 293, 442, 591)), ("ж", (65, 129, 196))]
)
def test_leaves_room_for_the_five_characters_operators_append(letter: str, lengths: tuple[int, ...]) -> None:
    for parts, length in enumerate(lengths, start=1):
        assert measure(letter * length, TURKISH_ROUTE).segments == parts
        assert measure(letter * (length + 1), TURKISH_ROUTE).segments == parts + 1


@pytest.mark.parametrize("character", "^{}\\[~]|")
def test_extension_characters_cost_two(character: str) -> None:
    assert measure(character * 80, NO_RESERVE).segments == 1
    assert measure(character * 81, NO_RESERVE).segments == 2


def test_the_euro_sign_costs_one_beside_turkish_letters() -> None:
    size = measure("ş" + "€" * 154, NO_RESERVE)
    assert (size.encoding, size.units, size.segments) == (Encoding.TURKISH_LOCKING, 155, 1)


@pytest.mark.parametrize("letter", "èìØøÆæ¡¿")
def test_letters_the_locking_table_lost_take_the_single_shift_table(letter: str) -> None:
    size = measure(f"{letter}ş", NO_RESERVE)
    assert (size.encoding, size.units) == (Encoding.TURKISH_SINGLE, 3)


def test_a_character_of_two_units_is_not_cut_in_two() -> None:
    # 153 units fit: an extension character as the 153rd and 154th moves to the next part.
    assert measure("a" * 152 + "€" + "a" * 151, NO_RESERVE).segments == 2
    assert measure("a" * 152 + "€" + "a" * 152, NO_RESERVE).segments == 3


def test_an_emoji_takes_two_units_and_makes_the_text_ucs2() -> None:
    size = measure("😀" * 35, NO_RESERVE)
    assert (size.encoding, size.units, size.segments, size.characters) == (Encoding.UCS2, 70, 1, 35)
    assert measure("😀" * 34 + "ab", NO_RESERVE).segments == 1
    assert measure("😀" * 67, NO_RESERVE).segments == 3


def test_an_international_route_sends_turkish_letters_as_ucs2() -> None:
    text = "ş" + "a" * 139
    assert measure(text, INTERNATIONAL_ROUTE).segments == 3
    assert measure(text, TURKISH_ROUTE).segments == 1


def test_an_empty_text_is_one_part_of_nothing() -> None:
    assert (measure("").segments, measure("").units) == (1, 0)


TURKISH_TEXT = st.text(alphabet=BASIC + LOCKING + EXTRA + "âîûж😀", max_size=700) | st.text(
    alphabet="abcçdefgğhıijklmnoöprsştuüvyzİ .,€{}0123456789", max_size=700
)


@given(TURKISH_TEXT, st.sampled_from([0, 5]))
def test_equals_a_second_reckoning_by_hand(text: str, reserve: int) -> None:
    assert measure(text, Profile(ALL, reserve)).segments == parts_by_hand(text, reserve)


def test_both_tables_of_the_second_reckoning_are_complete() -> None:
    assert len(set(BASIC)) == len(set(LOCKING)) == 127  # 128 places less the escape


@given(TURKISH_TEXT)
def test_never_takes_more_parts_than_ucs2(text: str) -> None:
    units = len(text.encode("utf-16-le")) // 2
    assert measure(text, NO_RESERVE).segments <= max(1, math.ceil(units / 66))
