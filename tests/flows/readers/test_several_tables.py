"""A file falls into the tables that stand in it; whatever is not told with certainty stays a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.readers import read_table
from tests.flows.readers.texts import cells, damage, lines_of, read_all, told

if TYPE_CHECKING:
    from pathlib import Path

    from flows.readers import RawFile

WORDS = ("name", "full name", "first name", "last name", "email", "e-mail", "phone", "company", "country", "Straße")
ANN, BO, CY = ("Ann", "ann@acme.example", "Rome"), ("Bo", "bo@acme.example", "Bonn"), ("Cy", "cy@acme.example", "Oslo")
HEADER = ("name", "email", "city")
BASE = ("name,email,city", "Ann,ann@acme.example,Rome", "Bo,bo@acme.example,Bonn")
ONE = (1, HEADER, [ANN, BO])


def accounted(file: RawFile, content: str) -> None:
    """Rows, headers and ignored lines of all tables add up to the lines of the file."""
    assert file.physical_lines == lines_of(content)
    parts = sum(table.row_lines + table.header_lines for table in file.tables)
    assert file.physical_lines == parts + file.ignored_lines


@pytest.mark.parametrize(
    ("lines", "tables"),
    [
        # the same header again, wherever, is no row and no table
        ((*BASE, *BASE), [(1, HEADER, [ANN, BO, ANN, BO])]),
        ((BASE[0], *BASE), [ONE]),
        ((BASE[0], BASE[0], *BASE), [ONE]),
        ((*BASE, "", *BASE), [(1, HEADER, [ANN, BO, ANN, BO])]),
        (("\ufeff" + BASE[0], BASE[1], "\ufeff" + BASE[0], BASE[2]), [ONE]),
        ((*BASE, "Page 1 of 2", BASE[0], "Cy,cy@acme.example,Oslo", "Page 2 of 2"), [(1, HEADER, [ANN, BO, CY])]),
        # the same columns in another order, fewer, more
        (
            (*BASE, "email,name,city", "cy@acme.example,Cy,Oslo"),
            [ONE, (4, ("email", "name", "city"), [(CY[1], *CY[::2])])],
        ),
        ((*BASE, "name,email", "Cy,cy@acme.example"), [ONE, (4, ("name", "email"), [CY[:2]])]),
        ((*BASE, "", "name,email", "Cy,cy@acme.example"), [ONE, (5, ("name", "email"), [CY[:2]])]),
        ((*BASE, "name,email,city,x", "Cy,cy@acme.example,Oslo,1"), [ONE, (4, (*HEADER, "x"), [(*CY, "1")])]),
        # other columns: known names, or a width of their own below a blank line or a title
        (
            (*BASE, "Full Name,E-Mail,Country", "Cy,cy@acme.example,NO"),
            [ONE, (4, ("Full Name", "E-Mail", "Country"), [("Cy", CY[1], "NO")])],
        ),
        (
            (*BASE, "", "Firma,Ansprechpartner", "Acme,cy@acme.example"),
            [ONE, (5, ("Firma", "Ansprechpartner"), [("Acme", CY[1])])],
        ),
        (
            (*BASE, "Partners", "Firma,Ansprechpartner", "Acme,cy@acme.example"),
            [ONE, (5, ("Firma", "Ansprechpartner"), [("Acme", CY[1])])],
        ),
        ((*BASE, "", "Unsubscribed", "email", "cy@acme.example"), [ONE, (6, ("email",), [(CY[1],)])]),
        # a table of one section each
        (("Rome", *BASE[:2], "Bonn", BASE[0], BASE[2]), [(2, HEADER, [ANN]), (5, HEADER, [BO])]),
        # a block that may be about people, then the table
        (
            ("Company,Full name,Host,Start,End", "8,Expo,jo@acme.example,x,y", "", *BASE),
            [
                (1, ("Company", "Full name", "Host", "Start", "End"), [("8", "Expo", "jo@acme.example", "x", "y")]),
                (4, HEADER, [ANN, BO]),
            ],
        ),
        # a narrow table before a wide one is no preamble
        (
            (
                "email,why",
                "cy@acme.example,x",
                "di@acme.example,y",
                "",
                *(",".join((line, *"abcdefg")) for line in BASE),
            ),
            [
                (1, ("email", "why"), [("cy@acme.example", "x"), ("di@acme.example", "y")]),
                (5, (*HEADER, *"abcdefg"), [(*ANN, *"abcdefg"), (*BO, *"abcdefg")]),
            ],
        ),
        (
            ("email,why", "cy@acme.example,x", "", *(",".join((line, *"abcdefg")) for line in BASE)),
            [
                (1, ("email", "why"), [("cy@acme.example", "x")]),
                (4, (*HEADER, *"abcdefg"), [(*ANN, *"abcdefg"), (*BO, *"abcdefg")]),
            ],
        ),
        # a header without rows is no table
        ((*BASE, "", "Nobody else", "Firma,Telefon,E-Mail,Ort", ""), [ONE]),
    ],
)
def test_tables_of_a_file(
    tmp_path: Path, lines: tuple[str, ...], tables: list[tuple[int, tuple[str, ...], list[tuple[str, ...]]]]
) -> None:
    """Every table has its own header and its own rows, and no line is lost between them."""
    content = "\n".join(lines) + "\n"
    file = read_all(tmp_path, content, header_words=WORDS)
    if lines[-1] == "":
        tables = tables[:1]
    assert [(line, headers, rows) for line, headers, rows in told(file) if rows] == tables
    accounted(file, content)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Germany", "cell_count"),
        ("Cy,cy@acme.example", "cell_count"),
        ("Cy,Acme,Oslo,Sales", "cell_count"),
        ("Cy,Acme,Oslo", None),
        ("Cy,,", None),
        ("name,Acme,Oslo", None),
        ("Phone,Company,Country Manager", None),
        ("name,Cy,city", None),
        ("# a remark", "cell_count"),
    ],
)
@pytest.mark.parametrize("before", ["", "\n"])
def test_an_odd_line_inside_a_table_is_a_row(tmp_path: Path, line: str, code: str | None, before: str) -> None:
    """It may be somebody: it fits, or it is refused by name, but it never disappears and begins no table."""
    content = "\n".join([*BASE[:2], before + line, BASE[2]]) + "\n"
    file = read_all(tmp_path, content)
    assert len(file.tables) == 1
    table = file.tables[0]
    assert damage(table) == ({2: code} if code else {})
    assert [row for number, row in cells(table).items() if number != 2] == [ANN, BO]
    assert table.height == 3
    accounted(file, content)


def test_answers_named_like_their_questions_are_no_header(tmp_path: Path) -> None:
    """Many forms write the name of a choice into its column: such a row is a person."""
    content = "name,email,Phone,Company\nAnn,,Phone,Company\nBo,bo@acme.example,,Company\n"
    file = read_all(tmp_path, content, header_words=WORDS)
    assert [list(cells(table)) for table in file.tables] == [[1, 2]]


@pytest.mark.parametrize(
    ("lines", "header_line", "headers"),
    [
        (
            ("Person,,,Company,", "First name,Last name,Email,Name,Country", "Ann,Ash,ann@acme.example,Acme,DE"),
            1,
            ("First name", "Last name", "Email", "Company Name", "Company Country"),
        ),
        (
            (
                "List of guests",
                "Person,,,Company,",
                "First name,Last name,Email,Name,Country",
                "Ann,Ash,ann@acme.example,Acme,DE",
            ),
            2,
            ("First name", "Last name", "Email", "Company Name", "Company Country"),
        ),
        (
            ("Buyer,,Guest,", "Name,E-Mail,Name,E-Mail", "Ann,ann@acme.example,Bo,bo@acme.example"),
            1,
            ("Buyer Name", "Buyer E-Mail", "Guest Name", "Guest E-Mail"),
        ),
        (
            ("Given,Family,Mail", "First,Last,E-", "name,name,mail", "Ann,Ash,ann@acme.example"),
            1,
            ("Given", "Family", "Mail"),
        ),
        (("First,Last,E-", "name,name,mail", "Ann,Ash,ann@acme.example"), 1, ("First name", "Last name", "E- mail")),
        (("name,,city", "Ann,ann@acme.example,Rome"), 1, ("name", "", "city")),
        (("name,,city", "Ann,Acme,Rome", "Bo,bo@acme.example,Bonn"), 1, ("name", "", "city")),
    ],
)
def test_headers_over_several_lines(
    tmp_path: Path, lines: tuple[str, ...], header_line: int, headers: tuple[str, ...]
) -> None:
    """Joined per column only where that is certain; otherwise the first line is the header and the next one a row."""
    content = "\n".join(lines) + "\n"
    file = read_all(tmp_path, content, header_words=WORDS)
    assert (file.tables[0].header_line, file.tables[0].headers) == (header_line, headers)
    accounted(file, content)


@pytest.mark.parametrize(
    ("content", "header_line"),
    [
        ("Attendees of the fair,by jo@acme.example\n" + "\n".join(BASE), 2),
        ("Report,Expo 2026,generated,2026-09-14\nfull name;x,E-MAIL,phone,other\nAnn,a@acme.example,1,2\n", 2),
        ("Event,Fair\nBy,jo@acme.example\nPeople,42\n\nE-Mail,Company,Size,Full Name\na@acme.example,A,1,B\n", 5),
        ("NAME,EMAIL,CITY\nAnn,a@acme.example,Rome\n", 1),
        ('"full\nname",email,city\nAnn,a@acme.example,Rome\n', 1),
        ("PREAMBLE,,\n,,\n" + "\n".join(BASE), 3),
        ("Strasse,E-Mail,x\nA 1,a@acme.example,y\n", 1),
    ],
)
def test_headers_that_are_known(tmp_path: Path, content: str, header_line: int) -> None:
    """Names of columns that stand in many lists show the header below a preamble of any width."""
    file = read_all(tmp_path, content, header_words=WORDS)
    assert [table.header_line for table in file.tables] == [header_line]
    accounted(file, content)


@pytest.mark.parametrize(
    ("content", "headers", "rows"),
    [
        ("a,b,\nk,l\nm,n\n", ("a", "b"), {1: ("k", "l"), 2: ("m", "n")}),
        ("a,b,\nk,l\nm,n,\n", ("a", "b", ""), {2: ("m", "n", "")}),
        ("a,b,\nk,l,\nm,n,5\n", ("a", "b", ""), {1: ("k", "l", ""), 2: ("m", "n", "5")}),
        ("a,b\nk,l,\nm,n,5\n", ("a", "b"), {}),
        ("a,b,c\nk,l\nm,n\n", ("a", "b", "c"), {}),
        ('a,b\nk,l,\nm,"n,\n', ("a", "b"), {}),
    ],
)
def test_only_a_delimiter_at_every_end_is_repaired(
    tmp_path: Path, content: str, headers: tuple[str, ...], rows: dict[int, tuple[str, ...]]
) -> None:
    """Where one row disagrees no row is changed: those that do not fit are damaged."""
    table = read_all(tmp_path, content).tables[0]
    assert (table.headers, cells(table)) == (headers, rows)
    assert sorted([*rows, *damage(table)]) == [1, 2]


def test_a_repair_is_taken_back_when_a_late_row_disagrees(tmp_path: Path) -> None:
    """However many rows agreed before it: all of them are damaged, with every cell and their own line."""
    rows = [f"{number},x," for number in range(41_000)]
    file = read_all(tmp_path, "\n".join(["a,b", *rows, "1,2"]))
    table = file.tables[0]
    assert cells(table) == {41_001: ("1", "2")}
    assert table.damaged.row(20_500) == (20_501, "cell_count", 20_502, ["20500", "x", ""])
    kept = read_all(tmp_path, "\n".join(["a,b", *rows])).tables[0]
    assert (kept.rows.height, kept.rows.row(40_999)) == (41_000, (41_000, "40999", "x"))


def test_a_file_that_should_hold_one_table_loses_nobody(tmp_path: Path) -> None:
    """The largest table counts; whoever stands in another one is a damaged row of it, and the lines add up."""
    content = "\n".join([*BASE, "", "Also:", "Firma,Mail", "Acme,cy@acme.example", "Bolt,none", "", *BASE[:2]]) + "\n"
    path = tmp_path / "x.csv"
    path.write_text(content)
    table = read_table(path)
    assert (table.headers, damage(table)) == (HEADER, {3: "cell_count"})
    assert table.damaged.get_column("cells").to_list() == [["Acme", "cy@acme.example"]]
    assert table.physical_lines == lines_of(content) == table.row_lines + table.header_lines + table.ignored_lines
