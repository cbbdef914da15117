"""Turkish text: letter case, search form, order, identifiers.

Python's own ``lower`` and ``upper`` follow English: "ISPARTA".lower() is "isparta" instead of "ısparta"
and "İ".lower() leaves a stray combining dot. Nothing in this project may use them on Turkish text.
"""

import re
import unicodedata
from typing import Final

_DOT_ABOVE: Final = "\u0307"

_TO_LOWER: Final = str.maketrans({"I": "ı", "İ": "i"})
_TO_UPPER: Final = str.maketrans({"i": "İ", "ı": "I"})

# Search treats all four i's as one letter, because people type with and without Turkish keyboards.
# Control characters become spaces: PostgreSQL refuses NUL, and the others separate words.
# The other Turkish letters stand here because a text that is plain after this table is folded much quicker.
_TO_SEARCH: Final = str.maketrans(
    {
        **dict(zip("çğıöşüÇĞİÖŞÜ", "cgiosucgiosu", strict=True)),
        **{chr(code): " " for code in (*range(32), *range(127, 160))},
    }
)

# Dropped from search text: combining marks, invisible format characters, halves of broken pairs.
_IGNORED_CATEGORIES: Final = frozenset({"Mn", "Me", "Cf", "Cs", "Cc"})

_ALPHABET: Final = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
_PLACE: Final = {letter: place for place, letter in enumerate(_ALPHABET, start=1000)}

_NOT_IN_SLUG: Final = re.compile(r"[^a-z0-9]+")


def lower_tr(text: str) -> str:
    """Lower case by Turkish rules: I becomes ı, İ becomes i, without stray dots."""
    return _composed(text).translate(_TO_LOWER).lower().replace("i" + _DOT_ABOVE, "i")


def upper_tr(text: str) -> str:
    """Upper case by Turkish rules: i becomes İ, ı becomes I."""
    return _composed(text).translate(_TO_UPPER).upper()


def fold(text: str) -> str:
    """The form in which texts are searched and compared.

    Lower case without accents (ç c, ğ g, ı and İ and I i, ö o, ş s, ü u), one space between words, none
    at the ends, no invisible or control characters. Folding twice changes nothing.
    """
    plain = text.translate(_TO_SEARCH)
    folded = plain.lower() if plain.isascii() else _fold_unicode(text)
    return " ".join(folded.split())


def slug(text: str) -> str:
    """An identifier of a-z, 0-9 and single dashes; empty where the text has no such letter."""
    return _NOT_IN_SLUG.sub("-", fold(text)).strip("-")


def sort_key(text: str) -> tuple[tuple[int, ...], str]:
    """Key for ``sorted``: the Turkish alphabet, with q, w and x at their Latin places.

    Accents outside of that alphabet (â, î, û) decide only between texts that are otherwise the same.
    """
    lowered = lower_tr(" ".join(text.split()))
    return tuple(_place(letter) for letter in lowered), lowered


def _composed(text: str) -> str:
    """Letters as single characters, and the stray dot of an English lower-casing removed."""
    return unicodedata.normalize("NFC", text).replace("i" + _DOT_ABOVE, "i")


def _fold_unicode(text: str) -> str:
    """One pass is not enough for the few letters that only decompose once they are lower case."""
    while (folded := _without_marks(_without_marks(text).casefold()).translate(_TO_SEARCH)) != text:
        text = folded
    return text


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_TO_SEARCH))
    if decomposed.isascii():  # most texts by now, and asking each letter for its kind is slow
        return decomposed
    return "".join(char for char in decomposed if unicodedata.category(char) not in _IGNORED_CATEGORIES)


def _place(letter: str) -> int:
    if letter in _PLACE:
        return _PLACE[letter]
    base = unicodedata.normalize("NFD", letter)[0]
    # "î" is an accented i, not an ı: its base letter is looked up as it stands.
    return _PLACE.get(base, ord(base) if ord(base) < 1000 else ord(base) + 2000)
