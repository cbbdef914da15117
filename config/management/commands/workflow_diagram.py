"""Writes docs/workflow.md from the workflow table."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from common.workflow import BACK, STAY, Transition
from requests_app.workflow import NEW, TRANSITIONS, Role, Status, Verb

PATH = settings.BASE_DIR / "docs" / "workflow.md"
HEAD = """# The life of a service request

Generated from `requests_app/workflow.py` by `script/manage workflow_diagram`; a test fails when it is out of
date. Who plays which part is decided in `requests_app/policies.py`.

```mermaid
stateDiagram-v2
"""
TABLE = "| from | verb | who | to |\n|---|---|---|---|\n"


class Command(BaseCommand):
    """Writes the diagram and the table; with --check only compares."""

    help = "Write docs/workflow.md from the workflow table."

    def add_arguments(self, parser: CommandParser) -> None:
        """--check for the test."""
        parser.add_argument("--check", action="store_true", help="Fail if the file is out of date.")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write or compare."""
        text = document()
        if check and (not PATH.exists() or PATH.read_text(encoding="utf-8") != text):
            raise SystemExit(f"{PATH.name} is out of date: run script/manage workflow_diagram")
        if not check:
            PATH.write_text(text, encoding="utf-8")


def document() -> str:
    """The whole file: a diagram of the moves and a table of everything."""
    with translation.override("en"):
        arrows = [arrow for row in TRANSITIONS for arrow in _arrows(row)]
        rows = [_table_row(row) for row in TRANSITIONS]
    return HEAD + "\n".join(arrows) + "\n```\n\n" + TABLE + "\n".join(rows) + "\n"


def _arrows(row: Transition) -> list[str]:
    if row.target in (STAY, BACK):
        return []
    return [f"    {source or '[*]'} --> {row.target}: {row.verb}" for source in _in_order(row.sources)]


def _table_row(row: Transition) -> str:
    sources = ", ".join(source or "–" for source in _in_order(row.sources))
    target = {STAY: "(stays)", BACK: "(back where it was)"}.get(row.target, row.target)
    who = ", ".join(str(role.label).lower() for role in Role if role in row.roles)
    return f"| {sources} | {Verb(row.verb).value} | {who} | {target} |"


def _in_order(sources: frozenset[str]) -> list[str]:
    return [status for status in (NEW, *Status.values) if status in sources]
