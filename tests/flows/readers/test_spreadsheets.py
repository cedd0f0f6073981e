"""Workbooks: every cell as the text a person reads there, from the first sheet that holds anything."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from flows.readers import read_table
from flows.readers.spreadsheet import cell_text
from tests.flows.readers.texts import cells

if TYPE_CHECKING:
    from pathlib import Path


def workbook(path: Path, rows: list[list[object]], *, row: int = 0, column: int = 0) -> Path:
    """A workbook with an empty sheet, a hidden one, and one with ``rows`` from a corner on."""
    with xlsxwriter.Workbook(path, {"remove_timezone": True}) as book:
        book.add_worksheet("empty")
        hidden = book.add_worksheet("hidden")
        hidden.write(0, 0, "secret")
        hidden.hide()
        sheet = book.add_worksheet("people")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for down, values in enumerate(rows):
            for across, value in enumerate(values):
                place = (row + down, column + across)
                if isinstance(value, date):
                    sheet.write_datetime(*place, value, day)
                elif value is not None:
                    sheet.write(*place, value)
        book.add_worksheet("more").write(0, 0, "later")
    return path


def test_cells_are_text(tmp_path: Path) -> None:
    """Numbers without .0, days in ISO, booleans as the sheet shows them; a formula is its stored result."""
    rows: list[list[object]] = [
        ["name", "phone", "day", "optout", "size"],
        ["Zoë Müßig", 442079460101, date(2026, 9, 14), True, 1.5],
        ["Joe", "+44 20 7946 0102", date(2026, 9, 15), False, None],
        ["=1+1", 0, None, None, 12345678901234],
    ]
    table = read_table(workbook(tmp_path / "a.xlsx", rows))
    assert (table.kind, table.encoding, table.delimiter) == ("spreadsheet", None, None)
    assert list(cells(table).values()) == [
        ("Zoë Müßig", "442079460101", "2026-09-14", "TRUE", "1.5"),
        ("Joe", "+44 20 7946 0102", "2026-09-15", "FALSE", ""),
        ("0", "0", "", "", "12345678901234"),
    ]


def test_a_table_that_does_not_start_in_the_corner(tmp_path: Path) -> None:
    """Blank rows above and a title are passed over; a blank column at the left is a column without a header."""
    rows: list[list[object]] = [
        ["Attendees"],
        ["name", "email", "city"],
        ["Jane", "j", "Rome"],
        [None],
        ["Joe", "k", "Bonn"],
    ]
    table = read_table(workbook(tmp_path / "a.xlsx", rows, row=2))
    assert table.headers == ("name", "email", "city")
    assert [row[0] for row in cells(table).values()] == ["Jane", "Joe"]
    assert (table.header_line, table.physical_lines) == (4, 8)  # one line is on the next sheet
    assert table.physical_lines == table.height + table.header_lines + table.ignored_lines


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (True, "TRUE"),
        (False, "FALSE"),
        (1.0, "1"),
        (-3.0, "-3"),
        (4.42079460101e11, "442079460101"),
        (0.1, "0.1"),
        (7, "7"),
        (date(2026, 9, 14), "2026-09-14"),
        (datetime(2026, 9, 14, 8, 30), "2026-09-14T08:30:00"),  # noqa: DTZ001  # sheets know no zones
        (time(8, 30), "08:30:00"),
        (timedelta(hours=1), "1:00:00"),
    ],
)
def test_single_values(value: object, text: str) -> None:
    """Each type has one spelling."""
    assert cell_text(value) == text
