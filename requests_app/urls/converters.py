"""What may stand in the portal's addresses. Anything else is no address of ours."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

# The steps of an application and the last look at it, with their word in an address.
_STEPS: dict[str, Promise] = {
    "what": pgettext_lazy("address", "what"),
    "details": pgettext_lazy("address", "details"),
    "where": pgettext_lazy("address", "where"),
    "you": pgettext_lazy("address", "you"),
    "check": pgettext_lazy("address", "check"),
}


class StepConverter:
    """A step of an application, or the last look at it, in the words of the page's language."""

    regex = "[a-z-]+"

    def to_python(self, value: str) -> str:
        """The step's name. Raises ValueError for a word that names no step."""
        for step, word in _STEPS.items():
            if str(word) == value:
                return step
        raise ValueError(value)

    def to_url(self, value: str) -> str:
        """The step's word. Raises ValueError for a step that does not exist."""
        if value not in _STEPS:
            raise ValueError(value)
        return str(_STEPS[value])


class NumberConverter:
    """A request number in its canonical form."""

    regex = "[0-9]{2}-[0-9]{7}-[0-9]"

    def to_python(self, value: str) -> str:
        """The number."""
        return value

    def to_url(self, value: str) -> str:
        """The number."""
        return value
