"""Rows of an uploaded sheet, CSV or XLSX, one after the other: whatever its size, one row is in memory.

A file is a stranger's: what is unpacked of it is counted and limited, formulas are never worked out (their last
result is read), XML entities are refused (defusedxml). A line of a table stands for itself: a quotation mark that is
not closed spoils its own line and swallows no other.
"""

import csv
import io
import itertools
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl.reader.excel import ExcelReader

from common.errors import InvalidInput

MOST_BYTES = 25_000_000
MOST_LINES = 300_001  # with the heading
MOST_COLUMNS = 40
LONGEST_CELL = 300
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# Unpacked bytes: a sheet, which is read as a stream, may be large; what is in memory at once may not.
_MOST_OF_SHEET, _MOST_OF_ROW, _MOST_OF_REST = 400_000_000, 5_000_000, 65_000_000
_DELIMITERS = ";,\t|"

TOO_LARGE = _("The file is too large: %(most)d MB at most. Split it into several announcements.")
OLD_EXCEL = _("This is an old Excel file (.xls). Save it as .xlsx or .csv and choose it again.")
UNREADABLE = _("This file could not be read. Save it as .xlsx or .csv (UTF-8) and choose it again.")
EMPTY = _("There is nothing in this file.")

# None is a line that cannot be taken apart into cells.
Row = list[str] | None


class Unreadable(Exception):
    """The file broke off while its rows were read."""


def check(content: bytes) -> None:
    """Refuse what no sheet can be read from. Raises InvalidInput on ``file``."""
    if len(content) > MOST_BYTES:
        raise InvalidInput("file", TOO_LARGE % {"most": MOST_BYTES // 1_000_000})
    if not content.strip():
        raise InvalidInput("file", EMPTY)
    if content.startswith(_OLD_EXCEL):
        raise InvalidInput("file", OLD_EXCEL)


def head(content: bytes, count: int) -> list[list[str]]:
    """The first rows, those that cannot be read as empty ones.

    Raises InvalidInput on ``file`` where there are none to read.
    """
    check(content)
    try:
        found = [row or [] for row in itertools.islice(rows(content), count)]
    except Unreadable as error:
        raise InvalidInput("file", UNREADABLE) from error
    if not any(map(any, found)):
        raise InvalidInput("file", EMPTY)
    return found


def rows(content: bytes) -> Iterator[Row]:
    """Every row as texts; one more than ``MOST_LINES`` where there are more. Raises Unreadable on the way."""
    read = _workbook if content.startswith(_ZIP) else _table
    try:
        yield from itertools.islice(read(content), MOST_LINES + 1)
    except Exception as error:  # whatever the readers stumble over: the file is a stranger's
        raise Unreadable from error


def _table(content: bytes) -> Iterator[Row]:
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=_encoding(content), newline="")
    first = lines.readline().replace("\x00", "")
    lines.seek(0)
    delimiter = max(_DELIMITERS, key=first.count)
    for line in lines:
        yield _cells(line.rstrip("\r\n"), delimiter)


def _cells(line: str, delimiter: str) -> Row:
    try:
        row = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    return [_text(cell) for cell in row[:MOST_COLUMNS]]


def _encoding(content: bytes) -> str:
    """UTF-16 where it says so, UTF-8 where it can be, else what Turkish Excel writes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1254"
    return "utf-8-sig"


def _workbook(content: bytes) -> Iterator[Row]:
    reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.archive = archive = _Archive(io.BytesIO(content))
    reader.read()
    sheet = reader.wb.worksheets[0]
    sheet.reset_dimensions()  # what the file says about its own size is not to be trusted
    archive.left, archive.at_once = _MOST_OF_SHEET, _MOST_OF_ROW
    for row in sheet.iter_rows(max_row=MOST_LINES + 1, max_col=MOST_COLUMNS, values_only=True):
        archive.at_once = _MOST_OF_ROW
        yield [_text(cell) for cell in row]


class _Archive(zipfile.ZipFile):
    """The parts of a workbook. Every byte that is read of one counts: what a part is, its name does not tell.

    ``left`` bytes may still be read, and ``at_once`` before the next row.
    """

    left = at_once = _MOST_OF_REST

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """A part that refuses to be read beyond what is left."""
        part: Any = super().open(*args, **kwargs)
        unmetered = part.read

        def read(size: int | None = -1) -> bytes:
            most = min(self.left, self.at_once) + 1
            data: bytes = unmetered(most if size is None or size < 0 else min(size, most))
            self.left, self.at_once = self.left - len(data), self.at_once - len(data)
            if min(self.left, self.at_once) < 0:
                raise zipfile.LargeZipFile("more is packed in it than a list of phones needs")
            return data

        part.read = read
        return part


def _text(cell: Any) -> str:
    """A cell as people see it: a phone that Excel took for a number comes without ``.0``."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).replace("\x00", "").strip()[:LONGEST_CELL]
