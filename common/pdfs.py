"""PDFs from strangers, rewritten without anything that acts by itself.

The parsing is done by ``common.pdf_rewriter`` in a process of its own with little time and memory; here it is
started and what became of it is told.
"""

import logging
import subprocess
import sys
from collections.abc import Mapping
from threading import BoundedSemaphore
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.pdf_limits import MAX_OBJECTS, MAX_PAGES, Refusal
from common.turns import turn

log = logging.getLogger(__name__)

# The rewriter may use five seconds of a processor; on a busy machine these take longer.
TIMEOUT_SECONDS: Final = 15
# One document at a time for each web process: the other threads keep answering. Others wait this long.
WAIT_SECONDS: Final = 5
_TURN = BoundedSemaphore(1)
# What an interpreter that could not do its work exits with.
_FAILED: Final = 1

ENCRYPTED: Final = _("The PDF “%(name)s” is protected. Save a copy without a password and choose that.")
TOO_MANY_PAGES: Final = _("The PDF “%(name)s” has more than %(limit)s pages. Choose a shorter one.")
TOO_COMPLICATED: Final = _(
    "The PDF “%(name)s” is too complicated to be checked. Print it into a new PDF or take photos of its pages, "
    "and choose those."
)
UNREADABLE: Final = _("The PDF “%(name)s” is damaged or incomplete. Save it again and choose the new file.")
BUSY: Final = _("The PDF “%(name)s” could not be checked just now. Wait a minute and choose it again.")

_MESSAGES: Final[Mapping[int, Promise]] = {
    Refusal.ENCRYPTED: ENCRYPTED,
    Refusal.TOO_MANY_PAGES: TOO_MANY_PAGES,
    Refusal.TOO_COMPLICATED: TOO_COMPLICATED,
    Refusal.UNREADABLE: UNREADABLE,
}


def rewrite(data: bytes, *, name: str, field: str) -> bytes:
    """The pages of a PDF as a new file.

    ``name`` is used in messages. Raises InvalidInput on ``field`` for protected, damaged and overlong files and
    for those that take too much time or memory to check (5 s of a processor, 512 MB). Must not be called
    inside a transaction: it may take several seconds.
    """
    _refuse_at_a_glance(data, name, field)
    with turn(_TURN, within=WAIT_SECONDS, refusal=InvalidInput(field, BUSY % {"name": name})):
        status, content = _run(data)
    if status != 0:
        raise InvalidInput(field, _message(status) % {"name": name, "limit": MAX_PAGES})
    return content


def _message(status: int) -> Promise:
    """What to tell about the rewriter's exit status; a negative one names the signal that ended it."""
    if status < 0:  # by the limits
        return TOO_COMPLICATED
    return _MESSAGES.get(status, BUSY)


def _refuse_at_a_glance(data: bytes, name: str, field: str) -> None:
    """What a search of the bytes shows, before a process is spent on it."""
    if b"%%EOF" not in data:
        raise InvalidInput(field, UNREADABLE % {"name": name})
    if data.count(b" obj") > MAX_OBJECTS:
        raise InvalidInput(field, TOO_COMPLICATED % {"name": name})


def _run(data: bytes) -> tuple[int, bytes]:
    """Exit status and output of the rewriter. It gets the file and nothing else: no secrets, no settings."""
    command = [sys.executable, "-m", "common.pdf_rewriter"]
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603  (our own module, no argument from outside)
            command, input=data, capture_output=True, timeout=TIMEOUT_SECONDS, cwd=settings.BASE_DIR, env=environment
        )
    except subprocess.TimeoutExpired:
        log.info("upload.refused_pdf", extra={"status": "timeout"})
        return Refusal.TOO_COMPLICATED, b""
    except OSError as error:  # no process can be started just now
        log.error("upload.pdf_rewriter_failed", extra={"error": type(error).__name__})
        return _FAILED, b""
    if done.returncode:
        _log_refusal(done)
    return done.returncode, done.stdout


def _log_refusal(done: subprocess.CompletedProcess[bytes]) -> None:
    """A status that is neither a refusal nor a signal is a fault of ours, not of the file's."""
    known = done.returncode < 0 or done.returncode in _MESSAGES
    facts = {"status": done.returncode, "error": done.stderr[-200:].decode("utf-8", "replace")}
    log.log(
        logging.INFO if known else logging.ERROR,
        "upload.refused_pdf" if known else "upload.pdf_rewriter_failed",
        extra=facts,
    )
