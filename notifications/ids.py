"""Message ids: time-ordered, so that the primary key grows at one end and a month is a range of it."""

import secrets
import time
from datetime import datetime
from uuid import UUID


def new_id(at: datetime | None = None) -> UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, those of ``at`` or of now, then 74 random bits."""
    milliseconds = int(at.timestamp() * 1000) if at else time.time_ns() // 1_000_000
    value = (milliseconds << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)
    return UUID(int=value)


def first_id(at: datetime) -> UUID:
    """The smallest id that ``new_id`` can make at ``at``: what lies below it in the primary key is older."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
