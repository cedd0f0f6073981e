"""Delimiter, header, preamble and line counts: every physical line of a file is accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.readers.dialect import DELIMITERS
from policies.errors import RefusedFile
from tests.flows.readers.texts import cells, damage, delimited, lines_of, read

if TYPE_CHECKING:
    from pathlib import Path

    from flows.readers import RawTable

# Any text but controls, of which a whole file may not be made; a mark in the first cell would be one of the file.
CONTROLS = "".join(chr(code) for code in range(32) if chr(code) not in "\t\n\r")
CELL = st.text(st.characters(codec="utf-8", exclude_characters=CONTROLS + "\ufeff"), max_size=12)


def accounted(table: RawTable, content: str, row_lines: int) -> None:
    """Rows, headers and ignored lines add up to the lines of the file."""
    assert table.physical_lines == lines_of(content)
    assert table.physical_lines == row_lines + table.header_lines + table.ignored_lines


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quote_all", [False, True])
def test_dialects(tmp_path: Path, delimiter: str, end: str, quote_all: bool) -> None:  # noqa: FBT001  # parametrised
    """Every usual divider, line end and way to quote."""
    rows = [["name", "note", "size"], ["Jane, Joe; Jim", 'say "hi"|x', "1,5"], ["Ann", "a\tb", "2;3"], ["Bo", "", "4"]]
    content = delimited(rows, delimiter, quote_all=quote_all, end=end)
    table = read(tmp_path, content)
    assert (table.delimiter, table.headers) == (delimiter, tuple(rows[0]))
    assert list(cells(table).values()) == [tuple(row) for row in rows[1:]]
    accounted(table, content, 3)


@given(
    delimiter=st.sampled_from(DELIMITERS),
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]),
    quote_all=st.booleans(),
)
def test_any_text_in_any_cell_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    delimiter: str,
    rows: list[tuple[str, str, str]],
    encoding: str,
    quote_all: bool,  # noqa: FBT001  # a drawn value
) -> None:
    """Whatever a cell holds, it is read as it was written, in every divider and encoding."""
    # A number in front and plain rows behind say which divider it is; arbitrary rows alone may allow several.
    known = [("k", str(number), *row) for number, row in enumerate(rows)]
    plain = [("k", str(number), "x", "y", "z") for number in range(20)]
    content = delimited([("kind", "number", "one", "two", "three"), *known, *plain], delimiter, quote_all=quote_all)
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    table = read(tmp_path_factory.mktemp("any"), (mark + content).encode(encoding))
    assert list(cells(table).values()) == [*known, *plain]


@pytest.mark.parametrize(
    ("content", "header_line", "ignored"),
    [
        ("name,email\nJane,j\n", 1, 0),
        ("\n\nname,email\nJane,j\n", 3, 2),
        ("sep=,\nname,email\nJane,j\n", 2, 1),
        ('"sep=;"\nname;email\nJane;j\n', 2, 1),
        ("Attendees of Expo 2026\nname,email,phone\nJane,j,1\nJoe,k,2\n", 2, 1),
        ("Attendees,,\nname,email,phone\nJane,j,1\nJoe,k,2\n", 2, 1),
        ('Notes:\n"When exporting,\nsome things are missing"\n\nname,email,phone\nJane,j,1\nJoe,k,2\n', 5, 4),
        ("name,email\nJane,j\n\n,\n", 1, 2),
        # no clear header follows: the first line is the header, and nobody is taken for one
        ("name,email,phone\nJane Doe,Acme,Berlin,Sales\nJoe Roe,Bacme,Bonn,IT\n", 1, 0),
        ("first,second\nJane,Doe,Acme\nJoe,Roe,Bacme\n", 1, 0),
        (",name,email\n0,Jane,j\n1,Joe,k\n", 1, 0),
        ("name,email,2024-2025,2026-09-14\nJane,j,x,y\n", 1, 0),
    ],
)
def test_headers_and_what_stands_before_them(tmp_path: Path, content: str, header_line: int, ignored: int) -> None:
    """Blank lines, a sep= line and a narrow preamble are passed over and counted."""
    table = read(tmp_path, content)
    assert (table.header_line, table.ignored_lines) == (header_line, ignored)
    accounted(table, content, table.height)


def test_a_forced_divider_counts(tmp_path: Path) -> None:
    """A sep= line says what divides, even where another divider looks likelier."""
    table = read(tmp_path, "sep=;\na,b;c,d\n1,2;3,4\n")
    assert table.headers == ("a,b", "c,d")


def test_a_list_of_one_column(tmp_path: Path) -> None:
    """Without any divider there is one column."""
    assert cells(read(tmp_path, "email\njane@acme.example\njoe@acme.example\n")) == {
        1: ("jane@acme.example",),
        2: ("joe@acme.example",),
    }


def test_a_list_without_header_only_where_it_may_be(tmp_path: Path) -> None:
    """Bare lists of opt-outs have no header; lists of people must."""
    content = "jane@acme.example;Jane\njoe@acme.example;Joe\n"
    table = read(tmp_path, content, headerless=True)
    assert (table.header_line, table.columns) == (0, ("column 1", "column 2"))
    assert cells(table)[1] == ("jane@acme.example", "Jane")
    accounted(table, content, 2)
    with pytest.raises(RefusedFile):
        read(tmp_path, content)


def test_blank_and_repeated_headers_get_names(tmp_path: Path) -> None:
    """Columns can be told apart; the headers are kept as they came."""
    table = read(tmp_path, "name,,name,row_number\n1,2,3,4\n")
    assert table.headers == ("name", "", "name", "row_number")
    assert table.columns == ("name", "column 2", "name (2)", "row_number (2)")
    assert cells(table)[1] == ("1", "2", "3", "4")


def test_quotes_after_a_blank(tmp_path: Path) -> None:
    """Where quotes only make sense after a blank, the blank belongs to the divider."""
    table = read(tmp_path, 'name, note, city\n"Doe, Jane", "a, b", Rome\n"Roe, Joe", "c", Bonn\n')
    assert cells(table)[1] == ("Doe, Jane", "a, b", "Rome")


def test_a_blank_in_front_of_a_name_stays(tmp_path: Path) -> None:
    """Without such quotes a blank is part of the cell."""
    assert cells(read(tmp_path, "name, city\nJane, Rome\n"))[1] == ("Jane", " Rome")


def test_lines_that_end_in_a_divider_the_header_lacks(tmp_path: Path) -> None:
    """One blank cell too many in every row is a trailing divider; in some rows only it is damage."""
    table = read(tmp_path, "a,b\n1,2,\n3,4,\n")
    assert (cells(table), damage(table)) == ({1: ("1", "2"), 2: ("3", "4")}, {})
    table = read(tmp_path, "a,b\n1,2,\n3,4\n")
    assert (cells(table), damage(table)) == ({2: ("3", "4")}, {1: "cell_count"})


def test_a_tab_between_decimal_numbers_divides(tmp_path: Path) -> None:
    """A comma within a number divides nothing, whatever the name of the file."""
    content = "a,b\tc\n1,2\t3\n"
    assert read(tmp_path, content, "x.tsv").delimiter == "\t"
    assert read(tmp_path, content, "x.csv").delimiter == "\t"
