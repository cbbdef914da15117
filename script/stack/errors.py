"""What can go wrong that a person can put right."""


class StackError(Exception):
    """The message says what happened and what to do; it is printed without a traceback."""
