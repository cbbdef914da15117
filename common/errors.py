"""Refusals that people are told about.

Services and parsers raise these; views turn them into a message beside the field.
"""

from collections.abc import Iterable
from http import HTTPStatus

from django.db import OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """A rule said no. ``message`` is translated and meant for people; ``field`` names the form field, if any."""

    def __init__(self, message: Text, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


NOT_ALLOWED = _("You are not allowed to do this.")


class NotPermitted(DomainError):
    """The actor may not do this to this object."""

    def __init__(self, message: Text = NOT_ALLOWED) -> None:
        super().__init__(message)


class TransitionRefused(DomainError):
    """The verb does not exist in the object's present status."""

    def __init__(self, *, status: str, verb: str, message: Text) -> None:
        super().__init__(message)
        self.status = status
        self.verb = verb


class StaleVersion(DomainError):
    """Somebody else changed the object since the actor read it."""


BUSY = _("Somebody else is changing this at this moment. Nothing was saved; please try again.")


class Busy(DomainError):
    """What is to be changed is held by somebody else's change for too long. Trying again is all it takes."""

    def __init__(self) -> None:
        super().__init__(BUSY)


# PostgreSQL's lock_not_available, deadlock_detected and serialization_failure.
_BUSY_CODES = frozenset({"55P03", "40P01", "40001"})


def busy(error: OperationalError) -> Busy | None:
    """The refusal that a failure of the database stands for; None where it is a real failure."""
    return Busy() if getattr(error.__cause__, "pgcode", "") in _BUSY_CODES else None


class InvalidInput(DomainError):
    """A value cannot be taken. ``message`` says what to do about it."""

    def __init__(self, field: str, message: Text) -> None:
        super().__init__(message, field=field)
        self.beside: list[InvalidInput] = []

    @classmethod
    def raise_all(cls, refusals: Iterable["InvalidInput"]) -> None:
        """Raise the first of ``refusals``, if any, with the others ``beside`` it: all can be mended in one go."""
        found = list(refusals)
        if found:
            found[0].beside = found[1:]
            raise found[0]


_STATUS_OF: dict[type[DomainError], int] = {
    NotPermitted: HTTPStatus.FORBIDDEN,
    StaleVersion: HTTPStatus.CONFLICT,
    TransitionRefused: HTTPStatus.CONFLICT,
    Busy: HTTPStatus.CONFLICT,
}


def http_status(error: DomainError) -> int:
    """The HTTP status that says what kind of refusal it is: 403, 409, or 422 for what can be mended."""
    return _STATUS_OF.get(type(error), HTTPStatus.UNPROCESSABLE_ENTITY)
