"""Refusals that people are told about.

Services and parsers raise these; views turn them into a message beside the field.
"""

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


class InvalidInput(DomainError):
    """A value cannot be taken. ``message`` says what to do about it."""

    def __init__(self, field: str, message: Text) -> None:
        super().__init__(message, field=field)


_STATUS_OF: dict[type[DomainError], int] = {NotPermitted: 403, StaleVersion: 409, TransitionRefused: 409}


def http_status(error: DomainError) -> int:
    """The HTTP status that says what kind of refusal it is: 403, 409, or 422 for what can be mended."""
    return _STATUS_OF.get(type(error), 422)
