"""Which keywords stand in a text, however they are inflected and whichever keyboard they were typed on.

Turkish adds endings, so a long keyword matches the words that begin with it. A short one would match far too
much that way ("kar" in "karanlık", "park" in "parke"), so it matches only itself and itself with endings that
its own vowels allow. A keyword of several words matches words that follow each other, each in the same way.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from common.turkish import fold, lower_tr

# Up to here a keyword is short. Among the keywords that the project comes with, every one that was met as the
# beginning of an unrelated word has three or four letters.
SHORT = 4

_WORD = re.compile(r"\w+")
_VOWELS = "aeıioöuü"
_BACK, _ROUND = frozenset("aıou"), frozenset("oöuü")
# What the last consonant becomes before a vowel, folded: köpek, köpeği.
_SOFT = {"k": "[kg]", "p": "[pb]", "t": "[td]"}


def readable(text: str) -> str:
    """The words of ``text`` in the form in which ``matching`` takes them."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def matching(keywords: Iterable[str], text: str) -> tuple[str, ...]:
    """Those of ``keywords`` that stand in ``text`` (from ``readable``), as they are written."""
    return tuple(keyword for keyword in keywords if (pattern := _compiled(keyword)) and pattern.search(text))


def weight(keywords: Iterable[str]) -> int:
    """How much matching keywords say: one of two words twice as much as one of a single word."""
    return sum(len(keyword.split()) for keyword in keywords)


@lru_cache(maxsize=4096)
def _compiled(keyword: str) -> re.Pattern[str] | None:
    words = [word for word in _WORD.findall(lower_tr(keyword)) if fold(word)]
    return re.compile(f" {' '.join(map(_pattern, words))} ") if words else None


def _pattern(word: str) -> str:
    folded = fold(word)
    stem = re.escape(folded[:-1]) + _SOFT.get(folded[-1], re.escape(folded[-1]))
    if len(folded) > SHORT:
        return stem + r"\w*"
    vowels = [letter for letter in word if letter in _VOWELS]
    if not vowels:
        return re.escape(folded)
    low = "a" if vowels[-1] in _BACK else "e"
    high = "[iu]" if vowels[-1] in _ROUND else "i"
    # After three letters the plain dative is most often a word of its own: kara, dala, buza.
    guard = f"(?!{low} )" if len(folded) <= 3 else ""
    return stem + guard + _endings(low, high, after_vowel=word[-1] in _VOWELS)


def _endings(low: str, high: str, *, after_vowel: bool) -> str:
    """A pattern of the endings of a noun, folded: plural, possessive, case, and the adjectives in -li and -siz.

    ``low`` and ``high`` are the vowels that harmony asks for: park takes -lar and -ta, never -ler or -te.
    """
    case = f"(?:{high}n?|{low}|[dt]{low}n?|[dt]{low}ki\\w*|y?l{low})"
    bare = f"{high}(?:m|n|m{high}z|n{high}z)?(?:n?{case})?|{case}"
    # No "my" and "your" after a vowel: kazan is not kaza.
    single = f"(?:s{high}|m{high}z)(?:n?{case})?|[yn]?{case}" if after_vowel else bare
    return f"(?:l{low}r(?:{bare})?|{single}|l{high}|s{high}z)?"
