"""Rows of an uploaded sheet, CSV or XLSX, one after the other: whatever its size, one row is in memory.

A file is a stranger's: its unpacked size is limited before anything is unpacked, formulas are never worked out
(their last result is read), XML entities are refused (defusedxml).
"""

import csv
import io
import itertools
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput

MOST_BYTES = 25_000_000
MOST_LINES = 300_001  # with the heading
MOST_COLUMNS = 40
LONGEST_CELL = 300
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# Unpacked sizes: what is read as a stream may be large, what is read into memory not.
_MOST_OF_SHEETS, _MOST_OF_WORDS, _MOST_OF_REST = 400_000_000, 60_000_000, 5_000_000
_DELIMITERS = ";,\t|"

TOO_LARGE = _("The file is too large: %(most)d MB at most. Split it into several announcements.")
OLD_EXCEL = _("This is an old Excel file (.xls). Save it as .xlsx or .csv and choose it again.")
UNREADABLE = _("This file could not be read. Save it as .xlsx or .csv (UTF-8) and choose it again.")
EMPTY = _("There is nothing in this file.")

Row = list[str]


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
    if content.startswith(_ZIP) and not _unpacks_small(content):
        raise InvalidInput("file", UNREADABLE)


def head(content: bytes, count: int) -> list[Row]:
    """The first rows. Raises InvalidInput on ``file`` where there are none to read."""
    check(content)
    try:
        found = list(itertools.islice(rows(content), count))
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
    for row in csv.reader(lines, delimiter=max(_DELIMITERS, key=first.count)):
        yield [_text(cell) for cell in row[:MOST_COLUMNS]]


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
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what the file says about its own size is not to be trusted
    for row in sheet.iter_rows(max_row=MOST_LINES + 1, max_col=MOST_COLUMNS, values_only=True):
        yield [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    """A cell as people see it: a phone that Excel took for a number comes without ``.0``."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).replace("\x00", "").strip()[:LONGEST_CELL]


def _unpacks_small(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = [
                (entry.filename, entry.file_size) for entry in archive.infolist() if "/media/" not in entry.filename
            ]
    except zipfile.BadZipFile:
        return False
    sheets = sum(size for name, size in sizes if name.startswith("xl/worksheets/"))
    words = sum(size for name, size in sizes if name == "xl/sharedStrings.xml")
    rest = sum(size for _name, size in sizes) - sheets - words
    return sheets <= _MOST_OF_SHEETS and words <= _MOST_OF_WORDS and rest <= _MOST_OF_REST
