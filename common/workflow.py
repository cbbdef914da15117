"""A workflow is a table of transitions; this module only reads such tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Targets that are not a status of their own.
STAY = "="  # the verb leaves the status as it is
BACK = "<"  # the verb goes back to the status the record remembers


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a workflow table.

    ``target`` is the status after the verb, or STAY or BACK. ``roles`` are the parts that may be played
    for the verb.
    """

    verb: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]


class Table:
    """The transitions of one kind of object. A verb may have several rows with disjoint sources."""

    def __init__(self, rows: Iterable[Transition]) -> None:
        self._rows = tuple(rows)
        self._index: dict[tuple[str, str], Transition] = {}
        for row in self._rows:
            for source in row.sources:
                if (source, row.verb) in self._index:
                    raise ValueError(f"{row.verb} from {source} stands twice in the table")
                self._index[(source, row.verb)] = row

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._rows)

    def find(self, *, status: str, verb: str) -> Transition | None:
        """The row for ``verb`` in ``status``, or None where the verb does not exist there."""
        return self._index.get((status, verb))
