"""Workbooks: every visible sheet that holds anything, every cell as the text a person would read there.

XLSX, XLS and ODS, read in Rust: no macro is run, no formula evaluated. How far a sheet reaches is checked before
anything is laid out in memory; what it costs is bounded by the process this runs in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from flows.readers.biff import xls_errors
from flows.readers.contacts import has_contact
from flows.readers.detect import ODS, XLSX, workbook_kind
from flows.readers.extent import ods_errors, xlsx_errors
from flows.readers.records import Record
from flows.readers.refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from python_calamine import CalamineSheet, CalamineWorkbook


__all__ = ["Sheet", "Workbook", "cell_text", "read_workbook"]

# Beyond these digits a spreadsheet keeps none: what it shows of them is a rounded number.
_EXACT: Final = 10**15
_HOUR: Final = 3600
_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, its records (one for each row from the first on, blank ones included), their number."""

    title: str
    records: Iterator[Record]
    physical_lines: int


@dataclass(frozen=True, slots=True)
class Workbook:
    """The visible sheets with anything in them, in order, and the names of hidden ones, which are not read.

    ``hidden_contacts`` says how many rows of those hold a contact point, so that nobody overlooks them.
    """

    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...]
    hidden_contacts: int = 0


def read_workbook(path: Path) -> Workbook:
    """Read a workbook; raises ``RefusedFile`` where it is damaged, protected, too large or empty."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    kind = workbook_kind(path)
    errors = {XLSX: xlsx_errors, ODS: ods_errors}.get(kind, xls_errors)(path)
    try:
        with path.open("rb") as stream:  # by its bytes: under a path the name would decide
            workbook = CalamineWorkbook.from_filelike(stream)
        known = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        visible = [sheet.name for sheet in known if sheet.visible == SheetVisibleEnum.Visible]
        sheets = [sheet for name in visible if (sheet := _sheet(workbook, name, errors.get(name, {})))]
        hidden = tuple(sheet.name for sheet in known if sheet.name not in visible)
        contacts = sum(_contacts(workbook, name) for name in hidden)
    except PasswordError as error:
        raise refuse("password_protected") from error
    except CalamineError as error:
        raise refuse("unreadable_file") from error
    if not sheets:
        raise refuse("no_sheet", hidden_sheets=len(hidden))
    return Workbook(tuple(sheets), hidden, contacts)


def cell_text(value: object) -> str:
    """The text of one cell: integers without ``.0``, days and instants in ISO 8601, TRUE and FALSE.

    A number of which digits are lost is shown as such: 4.42079460101123E+15.
    """
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return _hours(value)
        case _:
            return str(value)


def _number(value: float) -> str:
    if abs(value) >= _EXACT:
        return f"{float(value):.14E}"
    return str(int(value)) if float(value).is_integer() else f"{value:.15G}"


def _hours(value: timedelta) -> str:
    """A length of time as sheets show it: hours, minutes, seconds."""
    seconds = round(abs(value).total_seconds())
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}{seconds // _HOUR}:{seconds // _MINUTE % 60:02}:{seconds % _MINUTE:02}"


def _sheet(workbook: CalamineWorkbook, name: str, errors: Mapping[tuple[int, int], str]) -> Sheet | None:
    """The sheet of a name; None where it is blank."""
    sheet = workbook.get_sheet_by_name(name)
    if sheet.start is None or sheet.end is None:
        return None
    edges = _edges(sheet, errors)
    return Sheet(name, _records(sheet, edges, errors), sheet.end[0] + 1) if edges else None


def _contacts(workbook: CalamineWorkbook, name: str) -> int:
    """How many rows of a sheet hold a contact point."""
    rows = workbook.get_sheet_by_name(name).iter_rows()
    return sum(has_contact([cell_text(value) for value in values]) for values in rows)


def _rows(sheet: CalamineSheet, errors: Mapping[tuple[int, int], str]) -> Iterator[list[str]]:
    """Rows from the first of the sheet on, cells from the first column that is used."""
    left = sheet.start[1] if sheet.start else 0
    failed: dict[int, list[tuple[int, str]]] = {}
    for (row, column), shown in errors.items():
        failed.setdefault(row, []).append((column - 1 - left, shown))
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [cell_text(value) for value in values]
        for position, shown in failed.get(number, ()):
            if 0 <= position < len(cells) and not cells[position]:
                cells[position] = shown
        yield cells


def _edges(sheet: CalamineSheet, errors: Mapping[tuple[int, int], str]) -> tuple[int, int] | None:
    """First and last column that say anything. Columns at the edges that are blank throughout are formatting."""
    left, right = sheet.width, 0
    for cells in _rows(sheet, errors):
        filled = [position for position, cell in enumerate(cells) if cell.strip()]
        if filled:
            left, right = min(left, filled[0]), max(right, filled[-1] + 1)
        if left == 0 and right == sheet.width:
            break
    return (left, right) if left < right else None


def _records(sheet: CalamineSheet, edges: tuple[int, int], errors: Mapping[tuple[int, int], str]) -> Iterator[Record]:
    left, right = edges
    for number, cells in enumerate(_rows(sheet, errors), start=1):
        yield Record(cells[left:right], number, 1)
