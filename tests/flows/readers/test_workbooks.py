"""Workbooks of three kinds: all visible sheets, failed formulas, far corners, passwords, macros, false names."""

from __future__ import annotations

import contextlib
import io
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from flows.readers import read_file
from flows.readers.biff import xls_errors
from flows.readers.detect import file_kind
from flows.readers.extent import ods_errors, xlsx_errors
from flows.readers.spreadsheet import cell_text, read_workbook
from policies.errors import RefusedFile
from tests.flows.readers.workbooks import ods, ods_cell, ods_row, ole, xls

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = ods_row(ods_cell("string", "name"), ods_cell("string", "email")) + ods_row(
    ods_cell("string", "Zoë"), ods_cell("string", "z@acme.example")
)


def rows(path: Path) -> dict[str, list[list[str]]]:
    """The cells of every sheet that is read."""
    return {sheet.title: [record.cells for record in sheet.records] for sheet in read_workbook(path).sheets}


def refusal(path: Path) -> str:
    """The code under which a file is refused."""
    with pytest.raises(RefusedFile) as caught:
        read_file(path)
    assert caught.value.fix
    return caught.value.code


def xlsx(path: Path, cells: dict[tuple[int, int], object], *, sheet: str = "people") -> Path:
    """An XLSX workbook of some cells, by row and column from 0; what starts with "=" is a formula that failed."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for (row, column), value in cells.items():
            if isinstance(value, str) and value.startswith("=#"):
                page.write_formula(row, column, "=VLOOKUP(A1,B1:B2,1,FALSE)", None, value[1:])
            else:
                page.write(row, column, value)
    return path


def test_every_visible_sheet_is_a_table_of_its_own(tmp_path: Path) -> None:
    """In order and by name; blank ones are passed over, hidden ones are named and not read."""
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name, cell in (("speakers", "one"), ("blank", None), ("secret", "two"), ("guests", "three")):
            sheet = book.add_worksheet(name)
            if cell:
                sheet.write_row(0, 0, ["name", "email"])
                sheet.write_row(1, 0, [cell, f"{cell}@acme.example"])
            if name == "secret":
                sheet.hide()
        book.add_chartsheet("chart")
    found = read_workbook(tmp_path / "a.xlsx")
    assert ([sheet.title for sheet in found.sheets], found.hidden) == (["speakers", "guests"], ("secret",))
    file = read_file(tmp_path / "a.xlsx")
    assert [(table.title, table.height) for table in file.tables] == [("speakers", 1), ("guests", 1)]
    assert (file.physical_lines, file.hidden_sheets, file.hidden_contacts) == (4, ("secret",), 1)


def test_ods_cells_are_text(tmp_path: Path) -> None:
    """Numbers, shares, money, days and times in one spelling each, whatever the sheet shows of them."""
    values = ods_row(
        ods_cell("float", "4.42E+11", office__value="442079460101"),
        ods_cell("percentage", "50 %", office__value="0.5"),
        ods_cell("currency", "5,00 €", office__value="5", office__currency="EUR"),
        ods_cell("date", "14.09.26", office__date_value="2026-09-14"),
        ods_cell("boolean", "WAHR", office__boolean_value="true"),
        ods_cell("error", "#N/A"),
    )
    blank = ods_row(ods_cell("", table__number_columns_repeated="16384"), repeated=1_048_570)
    path = ods(tmp_path / "a.ods", {"a": ods_row(ods_cell(""), repeated=2) + values + blank, "b": PEOPLE}, hidden=["b"])
    found = read_workbook(path)
    assert found.hidden == ("b",)
    (sheet,) = found.sheets
    records = list(sheet.records)
    assert records[2].cells == ["442079460101", "0.5", "5", "2026-09-14", "TRUE", "#N/A"]
    assert (records[2].line, sheet.physical_lines, len(records)) == (3, 3, 3)


def test_xls_cells_are_text(tmp_path: Path) -> None:
    """The old kind, by its bytes."""
    people: list[list[object]] = [["name", "phone", "optout"], ["Zoë", 442079460101, True], ["Joe", 1.5, None]]
    path = xls(tmp_path / "a.xls", {"people": people, "hidden": [["x"]]}, hidden=["hidden"])
    assert rows(path) == {"people": [["name", "phone", "optout"], ["Zoë", "442079460101", "TRUE"], ["Joe", "1.5", ""]]}
    assert read_file(path).tables[0].height == 2


def test_failed_formulas_are_seen(tmp_path: Path) -> None:
    """An error in an opt-out column is no blank: a blank would say that nobody objected."""
    cells: dict[tuple[int, int], object] = {(1, 1): "name", (1, 2): "optout", (2, 1): "Zoë", (2, 2): "=#REF!"}
    cells |= {(3, 1): "Joe", (3, 2): "no", (4, 1): "=#N/A", (4, 2): "yes"}
    path = xlsx(tmp_path / "a.xlsx", cells, sheet="Müller & Söhne")
    expected = [["name", "optout"], ["Zoë", "#REF!"], ["Joe", "no"], ["#N/A", "yes"]]
    assert rows(path)["Müller & Söhne"] == [["", ""], *expected]


def test_failed_formulas_of_the_old_kind_are_seen(tmp_path: Path) -> None:
    """By sheet; a password is told as well, and a file that was cut off."""
    one: list[list[object]] = [["name", "optout"], ["Zoë", "#REF!"], ["#N/A", "no"]]
    path = xls(tmp_path / "a.xls", {"Gäste": [["x", "y"], ["a", "b"]], "people": one})
    assert rows(path)["people"] == one
    assert rows(path)["Gäste"] == [["x", "y"], ["a", "b"]]
    content = path.read_bytes()
    locked = content.replace(b"\x42\0\2\0\xb0\4", b"\x2f\0\2\0\0\0")
    path.write_bytes(locked)
    assert refusal(path) == "password_protected"
    path.write_bytes(content[:-600])
    assert refusal(path) == "unreadable_file"


def test_merged_cells_stand_in_their_first_cell(tmp_path: Path) -> None:
    """As they are shown; the others are blank."""
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("people")
        sheet.merge_range(0, 0, 0, 2, "Guests")
        sheet.write_row(1, 0, ["name", "email", "city"])
        sheet.write_row(2, 0, ["Zoë", "z@acme.example", "Bonn"])
    table = read_file(tmp_path / "a.xlsx").tables[0]
    assert (table.headers, table.header_line, table.height) == (("name", "email", "city"), 2, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999_999_999_999_999.0, "999999999999999"),
        (4420794601011234.0, "4.42079460101123E+15"),
        (10**16, "1.00000000000000E+16"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (1234567.125, "1234567.125"),
    ],
)
def test_numbers_show_the_digits_they_have(value: float, text: str) -> None:
    """Beyond fifteen digits a sheet has lost them: such a number must not pass for a telephone number."""
    assert cell_text(value) == text


FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'


def test_far_corners_are_refused_before_they_are_laid_out(tmp_path: Path) -> None:
    """Two cells far apart, written out or repeated, or a row far down whose cells do not say where they are."""
    path = xlsx(tmp_path / "a.xlsx", {(0, 0): "name"})
    assert refusal(changed(path, "</sheetData>", FAR)) == "file_too_large"
    unnamed = '<row r="1048576"><c><v>1</v></c></row><row r="1048577"><c r="xfd1048577"><v>1</v></c></row></sheetData>'
    assert refusal(changed(path, "</sheetData>", unnamed)) == "file_too_large"
    wide = ods_row(ods_cell("string", "x", table__number_columns_repeated="16384"), repeated=1_048_576)
    assert refusal(ods(tmp_path / "a.ods", {"a": wide})) == "file_too_large"


def test_a_workbook_may_not_declare_entities(tmp_path: Path) -> None:
    """Nobody's workbook has any but those that are meant to fill memory."""
    path = ods(tmp_path / "a.ods", {"a": PEOPLE})
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert refusal(changed(path, '<?xml version="1.0"?>', bomb, part="content.xml")) == "unreadable_file"


def test_passwords_and_macros_are_refused_with_what_to_do(tmp_path: Path) -> None:
    """Of every kind of workbook."""
    protected = tmp_path / "a.xlsx"
    protected.write_bytes(ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}))
    assert refusal(protected) == "password_protected"
    assert refusal(ods(tmp_path / "a.ods", {"a": PEOPLE}, manifest="<m:encryption-data/>")) == "password_protected"
    macros = xlsx(tmp_path / "b.xlsm", {(0, 0): "name"})
    with zipfile.ZipFile(macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert refusal(macros) == "has_macros"
    old = tmp_path / "b.xls"
    old.write_bytes(ole({"Workbook": b"x", "_VBA_PROJECT": b"x"}))
    assert refusal(old) == "has_macros"
    old.write_bytes(ole({"WordDocument": b"x"}))
    assert refusal(old) == "format_unsupported"
    old.write_bytes(ole({"Workbook": b"\x09\x08"}))
    assert refusal(old) in ("unreadable_file", "reader_stopped", "no_sheet")


def test_files_under_false_names_are_told_by_their_bytes(tmp_path: Path) -> None:
    """A text named like a workbook is read; a page of HTML and a workbook named like a text are refused."""
    text = tmp_path / "a.xlsx"
    text.write_text("name,email\nZoë,z@acme.example\n")
    assert (file_kind(text), read_file(text).tables[0].height) == ("delimited", 1)
    workbook = xlsx(tmp_path / "b.xlsx", {(0, 0): "name"}).rename(tmp_path / "b.csv")
    assert refusal(workbook) == "zip_named_csv"
    page = tmp_path / "c.xls"
    for start in ("<html>", "\ufeff\n<!DOCTYPE html>", "<table border=1>", "<?xml version='1.0'?><Workbook>"):
        page.write_text(start + "<tr><td>name</td></tr>")
        assert refusal(page) == "web_page"
    old = xls(tmp_path / "d.xlsx", {"a": [["name", "email"], ["Zoë", "z@acme.example"]]})
    assert read_file(old).tables[0].height == 1


def test_what_a_workbook_unpacks_to_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For ODS as for XLSX, by what the archive says."""
    monkeypatch.setattr("flows.readers.detect.MAX_SHEET_BYTES", 100)
    assert refusal(ods(tmp_path / "a.ods", {"a": PEOPLE})) == "file_too_large"
    assert refusal(xlsx(tmp_path / "a.xlsx", {(0, 0): "name"})) == "file_too_large"


def test_a_part_that_shrinks_to_nothing_is_not_unpacked(tmp_path: Path) -> None:
    """A cell of many megabytes of the same letter was made to fill memory."""
    path = xlsx(tmp_path / "a.xlsx", {(0, 0): "name", (1, 0): "Ann"})
    assert refusal(changed(path, "</worksheet>", "<!--" + "x" * (11 << 20) + "--></worksheet>")) == "file_too_large"


def test_a_workbook_with_hidden_sheets_only_is_refused(tmp_path: Path) -> None:
    """What somebody hid is not theirs to be written to."""
    assert refusal(ods(tmp_path / "a.ods", {"a": PEOPLE}, hidden=["a"])) == "no_sheet"


def changed(path: Path, old: str, new: str, *, part: str = "xl/worksheets/sheet1.xml") -> Path:
    """A workbook with one part of it changed."""
    memory = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(
                entry.filename, content.replace(old.encode(), new.encode()) if entry.filename == part else content
            )
    other = path.with_name(f"changed {path.name}")
    other.write_bytes(memory.getvalue())
    return other


@given(data=st.data())
def test_damage_anywhere_is_refused_or_harmless(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """What is looked at in this process and before a reader of others' is: no damage gets further than a refusal."""
    folder = tmp_path_factory.mktemp("damaged")
    made = [
        (xlsx(folder / "a.xlsx", {(0, 0): "name", (1, 0): "=#REF!"}), xlsx_errors),
        (ods(folder / "a.ods", {"a": PEOPLE}), ods_errors),
        (xls(folder / "a.xls", {"a": [["name"], ["#REF!"]]}), xls_errors),
    ]
    path, errors = data.draw(st.sampled_from(made))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        # Not drawn up to the length: a workbook holds the time it was made, and is not always as long.
        place = data.draw(st.integers(0, (1 << 16) - 1)) % (len(content) or 1)
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    path.write_bytes(content or b"x")
    for look in (file_kind, errors):
        with contextlib.suppress(RefusedFile):
            look(path)
