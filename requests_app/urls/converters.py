"""What may stand in the portal's addresses. Anything else is no address of ours."""


class StepConverter:
    """A step of an application, or the last look at it."""

    regex = "what|details|where|you|check"

    def to_python(self, value: str) -> str:
        """The step's name."""
        return value

    def to_url(self, value: str) -> str:
        """The step's name."""
        return value


class NumberConverter(StepConverter):
    """A request number in its canonical form."""

    regex = "[0-9]{2}-[0-9]{7}-[0-9]"
