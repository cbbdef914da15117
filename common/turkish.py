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


def sort_key(text: str) -> tuple[str, str]:
    """Key for ``sorted``: the Turkish alphabet, with q, w and x at their Latin places.

    Accents outside of that alphabet (â, î, û) decide only between texts that are otherwise the same.
    ``common.ordering.alphabetical`` is the same order in the database.
    """
    composed = _composed(" ".join(text.split()))
    return composed.translate(_TO_PLACE), composed.translate(_TO_LOWER).lower()


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


def _places() -> dict[str, str]:
    """Each letter of European languages, and a character that sorts where the Turkish alphabet has the letter."""
    order = {letter: chr(1000 + place) for place, letter in enumerate(_ALPHABET)}
    order |= {upper_tr(letter): place for letter, place in order.items()}
    accented = map(chr, range(0xC0, 0x180))
    bases = {letter: unicodedata.normalize("NFD", letter)[0] for letter in accented if letter not in order}
    return order | {letter: order[lower_tr(base)] for letter, base in bases.items() if lower_tr(base) in order}


_PLACE: Final = _places()
LETTERS: Final = "".join(_PLACE)
PLACES: Final = "".join(_PLACE.values())
_TO_PLACE: Final = str.maketrans(LETTERS, PLACES)
