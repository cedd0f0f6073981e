"""A workbook is read sheet by sheet: every person of every sheet, and no sheet spoils another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from flows.readers import read_file, read_table
from policies.errors import RefusedFile
from tests.flows.readers.texts import cells, damage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PEOPLE = (("name", "email", "city"), ("Ann", "ann@acme.example", "Rome"), ("Bo", "bo@acme.example", "Bonn"))
LOOSE = (("Cy", "cy@acme.example"), ("Di", "di@acme.example"))
TWO_TABLES = (*PEOPLE, ("", "", ""), ("mail", "firm", ""), ("cy@acme.example", "Acme", ""))


def workbook(folder: Path, sheets: Mapping[str, Sequence[Sequence[str]]]) -> Path:
    """A workbook with these sheets."""
    path = folder / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


@pytest.mark.parametrize(
    ("sheets", "tables", "ignored"),
    [
        ({"Mon": PEOPLE, "Tue": PEOPLE[::2]}, [("Mon", 1, 2), ("Tue", 1, 1)], 0),
        ({"About": [("Fair 2026",), ("by jo",)], "Mon": PEOPLE}, [("About", 1, 1), ("Mon", 1, 2)], 0),
        ({"About": [("Fair 2026",)], "Mon": PEOPLE}, [("Mon", 1, 2)], 1),
        ({"Mon": PEOPLE, "More": LOOSE}, [("Mon", 1, 2), ("More", 0, 2)], 0),
        ({"Mon": [("Guests", "", ""), ("", "", ""), *PEOPLE]}, [("Guests", 3, 2)], 2),
        ({"Mon": TWO_TABLES}, [("Mon", 1, 2), ("Mon", 5, 1)], 1),
    ],
)
def test_sheets(
    tmp_path: Path,
    sheets: Mapping[str, Sequence[Sequence[str]]],
    tables: list[tuple[str, int, int]],
    ignored: int,
) -> None:
    """Each has its own tables, under its name or the title in it, and all lines are accounted for."""
    file = read_file(workbook(tmp_path, sheets))
    assert [(table.title, table.header_line, table.height) for table in file.tables] == tables
    assert file.ignored_lines == ignored
    assert file.physical_lines == sum(map(len, sheets.values()))


def test_a_workbook_without_any_header_is_refused(tmp_path: Path) -> None:
    """As a text without one would be; where it may lack one, every sheet is read."""
    path = workbook(tmp_path, {"one": LOOSE, "two": LOOSE})
    with pytest.raises(RefusedFile) as caught:
        read_file(path)
    assert caught.value.code == "no_header"
    assert [table.height for table in read_file(path, headerless=True).tables] == [2, 2]


def test_a_workbook_that_should_hold_one_table_loses_nobody(tmp_path: Path) -> None:
    """Sheets under the same header are one table; whoever stands on another sheet is a damaged row."""
    table = read_table(workbook(tmp_path, {"Mon": PEOPLE, "Tue": PEOPLE[:2], "More": LOOSE[:1]}))
    assert list(cells(table).values()) == [*PEOPLE[1:], PEOPLE[1]]
    assert damage(table) == {4: "cell_count"}
