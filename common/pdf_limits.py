"""What a PDF may cost and why one is refused; shared by the web process and the rewriter it starts."""

from enum import IntEnum
from typing import Final

CPU_SECONDS: Final = 5
MEMORY_BYTES: Final = 512 * 1024 * 1024
MAX_PAGES: Final = 200
# A tagged text of 200 pages has tens of thousands of objects, most of which no page leads to; reading that many
# costs about a second. What the pages lead to is visited and copied, which costs ten times as much.
MAX_OBJECTS: Final = 50_000
MAX_REACHED: Final = 20_000
# What pages share is written once for each of them, so a small file can become a large one.
MAX_RESULT_BYTES: Final = 20 * 1024 * 1024


class Refusal(IntEnum):
    """Why a document is not taken; the rewriter's exit status."""

    ENCRYPTED = 10
    TOO_MANY_PAGES = 11
    TOO_COMPLICATED = 12
    UNREADABLE = 13
