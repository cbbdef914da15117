"""What a PDF may cost and why one is refused; shared by the web process and the rewriter it starts."""

from enum import IntEnum
from typing import Final

CPU_SECONDS: Final = 5
MEMORY_BYTES: Final = 512 * 1024 * 1024
MAX_PAGES: Final = 200
# A document of ten megabytes with more objects than this was made to keep a computer busy.
MAX_OBJECTS: Final = 10_000


class Refusal(IntEnum):
    """Why a document is not taken; the rewriter's exit status."""

    ENCRYPTED = 10
    TOO_MANY_PAGES = 11
    TOO_COMPLICATED = 12
    UNREADABLE = 13
