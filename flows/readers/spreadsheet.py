"""Workbooks: the first visible sheet that holds anything, every cell as the text a person would read there.

Read in Rust: no macro is run, no formula evaluated. Sizes are checked before anything is unpacked into memory.
"""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, time, timedelta
from typing import IO, TYPE_CHECKING, Final

from flows.readers.detect import SPREADSHEET
from flows.readers.limits import MAX_SHEET_CELLS
from flows.readers.records import Record
from flows.readers.refusals import refuse
from flows.readers.table import build_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_calamine import CalamineSheet, CalamineWorkbook

    from flows.readers.model import RawTable

__all__ = ["cell_text", "read_spreadsheet"]

_CHUNK: Final = 1 << 20
_OVERLAP: Final = 32
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_REFERENCE: Final = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_LETTERS: Final = 26


def read_spreadsheet(path: Path, *, headerless: bool = False) -> RawTable:
    """Read an XLSX workbook; raises ``RefusedFile`` where it is damaged, protected, too large or empty."""
    from python_calamine import CalamineError, CalamineWorkbook

    _check_extent(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            rows = [[cell_text(cell) for cell in row] for row in _first_sheet(workbook).iter_rows()]
    except CalamineError as error:
        raise refuse("unreadable_file") from error
    return build_table(_records(rows), kind=SPREADSHEET, headerless=headerless)


def cell_text(value: object) -> str:
    """The text of one cell: integers without ``.0``, days and instants in ISO 8601, TRUE and FALSE."""
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return f"{value:.0f}"
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


def _first_sheet(workbook: CalamineWorkbook) -> CalamineSheet:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    for sheet in workbook.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            found = workbook.get_sheet_by_name(sheet.name)
            if found.height > 0:
                return found
    raise refuse("no_sheet")


def _records(rows: list[list[str]]) -> Iterator[Record]:
    """Rows as records. Columns at the right that are blank from top to bottom are formatting, not data."""
    width = max((position for row in rows for position, cell in enumerate(row, start=1) if cell.strip()), default=0)
    for number, row in enumerate(rows, start=1):
        yield Record(row[:width], number, 1)


def _check_extent(path: Path) -> None:
    """Refuse a sheet whose corners lie too far apart: a reader would lay out every cell between them."""
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if _SHEET.fullmatch(entry.filename):
                    with archive.open(entry) as stream:
                        _check_corners(stream)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        # RuntimeError: an encrypted entry; NotImplementedError: a compression nobody uses for workbooks.
        raise refuse("unreadable_file") from error


def _check_corners(stream: IO[bytes]) -> None:
    columns: set[bytes] = set()
    last_row = 0
    tail = b""
    while chunk := stream.read(_CHUNK):
        window = tail + chunk
        found = _REFERENCE.findall(window)
        columns.update(letters for letters, _ in found)
        last_row = max(last_row, max((int(digits) for _, digits in found), default=0))
        tail = window[-_OVERLAP:]
    cells = last_row * max((_column_number(letters) for letters in columns), default=0)
    if cells > MAX_SHEET_CELLS:
        raise refuse("file_too_large", cells=cells, limit=MAX_SHEET_CELLS)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number
