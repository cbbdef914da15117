"""Whether the segment counter counts right, and how fast: ``script/bench segments``.

Random Turkish texts: words, with now and then a character that takes two units, one that only one of the tables has,
or one that none has, in every length and often where another part begins. Each is counted by the program and by the
second reckoning of the tests, which fills the published tables character by character. Prints one JSON line; ends with
an error where the two differ.
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

from notifications.segments import TURKISH_ENCODINGS, Profile, measure
from tests.notifications.segments_by_hand import BASIC, EXTRA, LOCKING, parts_by_hand

T = TypeVar("T")

LONGEST = 750
# The longest texts of one, two and three parts.
EDGES = (70, 155, 160, 298, 306, 459)
RESERVES = (0, 5)
VOWELS, CONSONANTS = "aeıioöuü", "bcçdfgğhjklmnprsştvyz"
CAPITAL = str.maketrans("iı" + CONSONANTS, "İI" + "BCÇDFGĞHJKLMNPRSŞTVYZ")
PLAIN = str.maketrans("çğıöşü", "cgiosu")
ENDS = (" ", " ", " ", ", ", ". ", " 14 ", ": ", "?\n")
# What a text may hold besides words, and how rarely.
SPICES = ("", "", "", "", EXTRA, BASIC + LOCKING, "âîû", "ж😀")


def main() -> None:
    """Count every text twice over and print the line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="texts (default 100,000)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    cases = [(_text(chance), chance.choice(RESERVES)) for _ in range(arguments.count)]
    profiles = {reserve: Profile(TURKISH_ENCODINGS, reserve) for reserve in RESERVES}
    ours, seconds = _counted(cases, lambda text, reserve: measure(text, profiles[reserve]))
    theirs, their_seconds = _counted(cases, parts_by_hand)
    differ = [case for case, mine, parts in zip(cases, ours, theirs, strict=True) if mine.segments != parts]
    report = {
        "benchmark": "segments",
        "texts": len(cases),
        "differ": len(differ),
        "by_parts": dict(sorted(Counter(theirs).items())),
        "by_encoding": dict(Counter(size.encoding.value for size in ours)),
        "per_second": round(len(cases) / seconds),
        "reference_per_second": round(len(cases) / their_seconds),
    }
    print(json.dumps(report))
    if differ:
        raise SystemExit(f"counted differently, for instance {differ[0]!r}")


def _counted(cases: list[tuple[str, int]], count: Callable[[str, int], T]) -> tuple[list[T], float]:
    began = time.perf_counter()
    return [count(text, reserve) for text, reserve in cases], time.perf_counter() - began


def _text(chance: random.Random) -> str:
    """Words up to a random length. The length is often one near which another part begins."""
    length = chance.choice((chance.randint(0, LONGEST), chance.choice(EDGES) + chance.randint(-6, 6)))
    spice = chance.choice(SPICES)
    words, text = _words(chance), ""
    while len(text) < length:
        text += next(words)
        if spice and chance.random() < 0.1:
            text += chance.choice(spice)
    return text[:length]


def _words(chance: random.Random) -> Iterator[str]:
    plain = chance.random() < 0.3  # as if typed without Turkish letters
    while True:
        word = "".join(chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(chance.randint(1, 5)))
        word = word.translate(PLAIN) if plain else word
        yield (word[:1].translate(CAPITAL) + word[1:] if chance.random() < 0.2 else word) + chance.choice(ENDS)


if __name__ == "__main__":
    main()
