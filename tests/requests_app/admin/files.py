"""Lists that left as files, read again."""

import csv
from typing import Any


def csv_rows(answer: Any) -> list[list[str]]:
    """The lines of the file, the titles first."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(), delimiter=";"))
