"""A file of several tables: those of people are read each on its own, and nobody is passed over."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from flows.list_file import read_list_file
from flows.list_intake import ListReading, propose_contract, read_list, rejects_frame
from flows.list_tables import understood_tables
from flows.reading_summary import line_counts
from flows.refused_lists import RefusedList
from policies.errors import TactfulError
from policies.sources import parse_source_contract
from tests.policies.rulebooks import base

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS: dict[str, Any] = dict(base().settings)
FAIR = """Visitors of the first day

First Name,Last Name,E-mail,Company,Unsubscribed
Ada,Lovell,ada@acme.example,Acme,no
Ben,Okri,ben@acme.example,Acme,yes
"""
SECOND = """
Visitors of the second day

Name,Company,Phone,Country
Cy Young,Bacme,030 23125011,Germany
Dee Dahl,Bacme
"""
FIGURES = """
Exhibitors

Company,City,Employees
Acme,Leeds,50
Bacme,Hull,20
"""


def reading(folder: Path, content: str, contract: str = "") -> ListReading:
    """A list read, under a contract where one is given."""
    path = folder / "list.csv"
    path.write_text(content, encoding="utf-8")
    terms = parse_source_contract(contract, "rules/sources/fair.toml") if contract else None
    return read_list(path, terms, SETTINGS, lambda messages: [message.decode() for message in messages], "ab" * 32)


def columns(read: ListReading, *names: str) -> list[tuple[Any, ...]]:
    """Some columns of the records, by row number."""
    return read.records.sort("row_number").select("row_number", *names).rows()


def test_tables_of_people_are_read_each_under_its_own_header(tmp_path: Path) -> None:
    """Rows are numbered through; each table has its mapping, and every line is accounted for."""
    read = reading(tmp_path, FAIR + SECOND)
    assert columns(read, "full_name", "email", "phone", "email_opt_out", "reject_code") == [
        (1, "Ada Lovell", "ada@acme.example", None, "no", None),
        (2, "Ben Okri", "ben@acme.example", None, "yes", None),
        (3, "Cy Young", None, "+493023125011", "blank", None),
        (4, None, None, None, "blank", "cell_count"),
    ]
    summary: Any = read.summary()
    assert [(table["header_line"], table["rows"], table["people"]) for table in summary["tables"]] == [
        (3, 2, True),
        (9, 2, True),
    ]
    counts = [summary[name] for name in ("header_lines", "row_lines", "ignored_lines", "physical_lines")]
    assert counts == [2, 4, 5, 11]
    assert read.flagged.records.get_column("row_number").to_list() == [2]
    assert read.everybody.records.height == 4
    assert read.everybody.cells.rows() == [(4, ["Dee Dahl", "Bacme"])]


def test_a_table_without_people_is_passed_over(tmp_path: Path) -> None:
    """Figures below a list name nobody; their lines are ignored lines."""
    read = reading(tmp_path, FAIR + FIGURES)
    assert (read.rows, read.accepted) == (2, 2)
    summary: Any = read.summary()
    assert [table["people"] for table in summary["tables"]] == [True, False]
    assert summary["ignored_lines"] == read.ignored_lines == 2 + 3 + 3
    assert summary["header_line"] == 3


def test_a_table_that_names_somebody_is_never_passed_over(tmp_path: Path) -> None:
    """Where its columns are not clear, the whole file waits, and who says no in either table is heard."""
    second = "\nMore\n\nName,City,Notes\nCy (cy@bacme.example),Leeds,please do not contact\nDee,Hull,fine\n"
    with pytest.raises(RefusedList) as caught:
        reading(tmp_path, FAIR + second)
    assert caught.value.code == "mapping_unclear"
    assert caught.value.details["physical_lines"] == 11
    assert caught.value.flagged.records.get_column("row_number").to_list() == [2, 3]
    assert caught.value.flagged.cells.get_column("cells").to_list()[1][0] == "Cy (cy@bacme.example)"


def test_a_file_without_people_is_refused_with_what_it_is(tmp_path: Path) -> None:
    """Nobody can be recognised in it; dialect and counts say what was looked at."""
    with pytest.raises(RefusedList) as caught:
        reading(tmp_path, FIGURES.partition("\n\n")[2].replace(",", ";"))
    assert caught.value.code == "mapping_unclear"
    stated = {name: caught.value.details[name] for name in ("delimiter", "header_line", "rows", "physical_lines")}
    assert stated == {"delimiter": ";", "header_line": 1, "rows": 2, "physical_lines": 3}
    assert "[columns]" in str(caught.value.details["proposal"])


def test_columns_of_the_contract_may_stand_in_one_table_only(tmp_path: Path) -> None:
    """What a table lacks it lacks; what no table has is a fault of the contract."""
    read = reading(tmp_path, FAIR + SECOND, '[columns]\nphone = "Phone"\nfull_name = "Name"')
    assert [row[1] for row in columns(read, "phone")] == [None, None, "+493023125011", None]
    with pytest.raises(RefusedList) as caught:
        reading(tmp_path, FAIR + SECOND, '[columns]\nphone = "Hotline"')
    assert caught.value.code == "column_missing"


def test_rejects_of_all_tables_stand_in_one_file(tmp_path: Path) -> None:
    """Under the columns of all; what a table lacks is blank there, and damage is recognised when it comes back."""
    content = (FAIR + SECOND).replace("ben@acme.example", "ben at acme")
    found = rejects_frame(reading(tmp_path, content))
    names = ["First Name", "Last Name", "E-mail", "Company", "Unsubscribed", "Name", "Phone", "Country"]
    assert found.columns == [*names, "_row", "_code", "_why", "_fix"]
    assert found.select(*names, "_row", "_code").rows() == [
        ("Ben", "Okri", "ben at acme", "Acme", "yes", "", "", "", "2", "email_invalid"),
        ("", "", "", "Bacme", "", "Dee Dahl", "", "", "4", "cell_count"),
    ]


def test_ids_of_rows_do_not_depend_on_other_tables(tmp_path: Path) -> None:
    """The same row has the same id, whatever stands above it; two alike are numbered."""
    alone = dict(columns(reading(tmp_path, SECOND.replace("Dee Dahl,Bacme\n", "")), "record_id"))
    both = dict(columns(reading(tmp_path, FAIR + SECOND), "record_id"))
    assert alone[1] == both[3]
    twice = reading(tmp_path, FAIR + FAIR)
    assert twice.records.get_column("record_id").n_unique() == 4


def test_a_contract_is_proposed_for_the_table_with_most_people(tmp_path: Path) -> None:
    """Its columns are those of the list as far as they are recognised."""
    path = tmp_path / "list.csv"
    path.write_text(FAIR + "Eve,Ek,eve@acme.example,Acme,\n" + SECOND, encoding="utf-8")
    text = propose_contract(path, "fair", SETTINGS)
    assert 'email = "E-mail"' in text
    assert '"Phone"' not in text


def test_a_line_that_is_lost_is_a_loud_fault(tmp_path: Path) -> None:
    """Were the lines told apart not all lines of the file, nothing of it would be taken or printed."""
    path = tmp_path / "list.csv"
    path.write_text(FAIR, encoding="utf-8")
    file = read_list_file(path, SETTINGS)
    tables = understood_tables(file, None, SETTINGS["lists"])
    assert sum(line_counts(file, tables).values()) == 2 * file.physical_lines
    with pytest.raises(TactfulError) as caught:
        line_counts(dataclasses.replace(file, physical_lines=file.physical_lines + 1), tables)
    assert caught.value.code == "lines_unaccounted"


def test_sheets_of_several_products_keep_their_own_layouts(tmp_path: Path) -> None:
    """One sheet is ZoomInfo's, the other HubSpot's: each is read by what is known of it."""
    path = tmp_path / "list.xlsx"
    sheets = {
        "Bought": [
            ["ZoomInfo Contact ID", "First Name", "Last Name", "Email Address", "Company HQ Phone", "Company Name"],
            ["1", "Ada", "Lovell", "ada@acme.example", "+1 202-555-0100", "Acme"],
        ],
        "CRM": [
            ["Record ID", "First Name", "Last Name", "Email", "Marketing contact status"],
            ["1", "Ben", "Okri", "ben@acme.example", "Non-marketing contact"],
        ],
    }
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    read = read_list(path, None, SETTINGS, lambda messages: [str(n) for n, _ in enumerate(messages)], "")
    assert columns(read, "full_name", "phone", "excluded_by_file") == [
        (1, "Ada Lovell", None, None),
        (2, "Ben Okri", None, "not_for_marketing"),
    ]
