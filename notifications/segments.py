"""How many SMS parts a text takes, exactly.

The tables are those of 3GPP TS 23.038: the default alphabet and its extension (6.2.1), the Turkish single
shift table (A.2.1) and the Turkish locking shift table (A.3.1). Capacities follow from the 140 octets of
a part less the user data header: nothing 160/153 septets, one Turkish table 155/149, UCS-2 70/67 units.
Both Turkish tables at once (152/146) are never shorter than the locking table alone, so they are not tried.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("^{}\\[~]|€")
_TURKISH_SINGLE = frozenset("ĞİŞçğış")
_TURKISH_LOCKING = (_GSM_BASIC - frozenset("èìØøÆæ¡¿")) | frozenset("€ıĞğŞşİç")


class Encoding(StrEnum):
    GSM7 = "gsm7"
    TURKISH_SINGLE = "turkish_single"
    TURKISH_LOCKING = "turkish_locking"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class _Alphabet:
    """``cost`` is the units a character takes, or 0 where the alphabet does not have it."""

    encoding: Encoding
    alone: int
    joined: int
    cost: Callable[[str], int]


def _from_tables(basic: frozenset[str], extension: frozenset[str]) -> Callable[[str], int]:
    costs = dict.fromkeys(extension, 2) | dict.fromkeys(basic, 1)
    return lambda character: costs.get(character, 0)


_ALPHABETS = {
    alphabet.encoding: alphabet
    for alphabet in (
        _Alphabet(Encoding.GSM7, 160, 153, _from_tables(_GSM_BASIC, _GSM_EXTENSION)),
        _Alphabet(Encoding.TURKISH_SINGLE, 155, 149, _from_tables(_GSM_BASIC, _GSM_EXTENSION | _TURKISH_SINGLE)),
        _Alphabet(Encoding.TURKISH_LOCKING, 155, 149, _from_tables(_TURKISH_LOCKING, _GSM_EXTENSION)),
        _Alphabet(Encoding.UCS2, 70, 67, lambda character: 2 if ord(character) > 0xFFFF else 1),
    )
}


@dataclass(frozen=True, slots=True)
class Profile:
    """What a route can encode and how many units it must leave for what the operator appends.

    Turkish operators append " B0xx", five characters (BTK decision 2016/DK-YED/211).
    """

    encodings: tuple[Encoding, ...]
    reserve: int = 0


TURKISH_ENCODINGS = (Encoding.GSM7, Encoding.TURKISH_LOCKING, Encoding.TURKISH_SINGLE, Encoding.UCS2)
FOREIGN_ENCODINGS = (Encoding.GSM7, Encoding.UCS2)
TURKISH_ROUTE = Profile(encodings=TURKISH_ENCODINGS, reserve=5)
INTERNATIONAL_ROUTE = Profile(encodings=FOREIGN_ENCODINGS)

# What every phone has instead. Not the letters of an identifier: ö, ü, Ö, Ü and Ç are in the default alphabet.
_PLAIN = str.maketrans(
    dict(zip("çğıİşĞŞâîûÂÎÛ", "cgiIsGSaiuAIU", strict=True))
    | dict.fromkeys("‘’‚‹›´`", "'")
    | dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("–—•", "-")
    | {"…": "...", "\u00a0": " "}
)


@dataclass(frozen=True, slots=True)
class Length:
    """The size of a text: ``units`` are septets or UTF-16 units without the reserve, ``left`` still fit."""

    encoding: Encoding
    characters: int
    units: int
    segments: int
    left: int


def plain(text: str) -> str:
    """``text`` without the letters and signs that make it longer: ğ becomes g, a curved apostrophe a straight one."""
    return text.translate(_PLAIN)


def measure(text: str, profile: Profile = TURKISH_ROUTE) -> Length:
    """The size of ``text`` in the encoding of ``profile`` that takes the fewest parts; septets before UCS-2."""
    sizes = [size for encoding in profile.encodings if (size := _size(text, _ALPHABETS[encoding], profile.reserve))]
    if not sizes:
        raise ValueError("the profile has no encoding for this text; UCS-2 takes every text")
    return min(sizes, key=lambda size: (size.segments, size.encoding is Encoding.UCS2, size.units))


def _size(text: str, alphabet: _Alphabet, reserve: int) -> Length | None:
    costs = [alphabet.cost(character) for character in text]
    if 0 in costs:
        return None
    units = sum(costs)
    segments, left = 1, alphabet.alone - units - reserve
    if left < 0:
        segments, left = _join(costs, alphabet.joined, reserve)
    return Length(alphabet.encoding, len(text), units, segments, left)


def _join(costs: list[int], capacity: int, reserve: int) -> tuple[int, int]:
    """Parts needed and units left in the last one. A character of two units is never cut in two."""
    segments, left = 1, capacity
    for cost in _with_reserve(costs, reserve):
        if cost > left:
            segments, left = segments + 1, capacity
        left -= cost
    return segments, left


def _with_reserve(costs: list[int], reserve: int) -> Iterator[int]:
    yield from costs
    yield from (1 for _ in range(reserve))
