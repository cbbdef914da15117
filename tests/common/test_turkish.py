"""Turkish letter case, search form, order and identifiers."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.turkish import fold, lower_tr, slug, sort_key, upper_tr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ISPARTA", "ısparta"),
        ("İZMİR", "izmir"),
        ("IĞDIR ÇÖŞÜ", "ığdır çöşü"),
        ("I\u0307ZMI\u0307R", "izmir"),
        ("İSTANBUL".lower(), "istanbul"),
    ],
)
def test_lower_case_follows_turkish_rules(text: str, expected: str) -> None:
    assert lower_tr(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ısparta", "ISPARTA"), ("izmir", "İZMİR"), ("ığdır çöşü", "IĞDIR ÇÖŞÜ"), ("i\u0307zmir", "İZMİR")],
)
def test_upper_case_follows_turkish_rules(text: str, expected: str) -> None:
    assert upper_tr(text) == expected


@pytest.mark.parametrize("text", ["ılık", "IŞIK", "İlik", "ilik", "Kaldırım lambası"])
def test_upper_and_lower_case_undo_each_other(text: str) -> None:
    assert lower_tr(upper_tr(lower_tr(text))) == lower_tr(text)


@pytest.mark.parametrize("letter", ["I", "ı", "İ", "i", "I\u0307", "i\u0307", "î", "Î"])
def test_every_i_is_the_same_letter_in_search(letter: str) -> None:
    assert fold(letter) == "i"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ÇĞÖŞÜ çğöşü", "cgosu cgosu"),
        ("Kâğıthane", "kagithane"),
        ("  iki \t satır\nbir  ", "iki satir bir"),
        ("son\u00adbahar", "sonbahar"),
        ("bir\u200biki", "biriki"),
        ("bir\x00iki", "bir iki"),
        ("Ｆｕｌｌ", "full"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_search_form_drops_what_people_leave_out(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aâbcçğıIİiîöÖşŞüÜ \u0307\u0301\u0327", max_size=30))
def test_search_form_of_turkish_text_has_no_marks_and_no_turkish_letters(text: str) -> None:
    assert fold(text).isascii()


@given(st.text(alphabet="abcçdefgğhıijklmnoöprsştuüvyzâîûIİÇĞÖŞÜ "))
def test_letter_case_does_not_matter_in_search(text: str) -> None:
    assert fold(lower_tr(text)) == fold(upper_tr(text)) == fold(text)


@given(st.text())
def test_composed_and_decomposed_letters_are_the_same_in_search(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(st.text())
def test_search_form_can_always_be_stored(text: str) -> None:
    folded = fold(text)
    folded.encode("utf-8")
    assert "\x00" not in folded
    assert folded == folded.strip()
    assert "  " not in folded


@given(st.text())
def test_lower_case_is_final(text: str) -> None:
    assert lower_tr(lower_tr(text)) == lower_tr(text)


def test_sorting_follows_the_turkish_alphabet() -> None:
    names = ["Zeytin", "Şişli", "Sincan", "İzmir", "Iğdır", "Ödemiş", "Of", "Çankaya", "Cebeci", "Üsküdar", "Uşak"]
    assert sorted(names, key=sort_key) == [
        "Cebeci",
        "Çankaya",
        "Iğdır",
        "İzmir",
        "Of",
        "Ödemiş",
        "Sincan",
        "Şişli",
        "Uşak",
        "Üsküdar",
        "Zeytin",
    ]


def test_a_circumflex_only_decides_between_equal_texts() -> None:
    assert sorted(["Kâmil", "Kamuran", "Kamil"], key=sort_key) == ["Kamil", "Kâmil", "Kamuran"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kaldırım Bozukluğu", "kaldirim-bozuklugu"),
        ("  Çöp / Moloz — 2. kat!  ", "cop-moloz-2-kat"),
        ("İmar", "imar"),
        ("…", ""),
    ],
)
def test_identifiers_keep_every_turkish_letter_readable(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text())
def test_identifiers_hold_only_letters_digits_and_single_dashes(text: str) -> None:
    identifier = slug(text)
    assert set(identifier) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not identifier.startswith("-")
    assert not identifier.endswith("-")
    assert "--" not in identifier
