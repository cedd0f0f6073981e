"""Damage costs the row it is in, never the rows around it; no cell is shifted under another header."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.readers import limits
from tests.flows.readers.texts import cells, damage, delimited, read

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ["number", "name", "company", "note"]
ROWS = 12
WORD = st.text(st.characters(categories=["Lu", "Ll", "Nd"], codec="utf-8"), min_size=1, max_size=8)
# Ordinary cells: dividers, quotes and line ends inside are quoted as they should be.
CELL = st.builds("{}{}{}".format, WORD, st.sampled_from(["", ", ", ' "x" ', "\n", "; ", " - "]), WORD)


def damaged(line: str, kind: str) -> str:
    """One line, broken in an ordinary way."""
    end = len(line) - len(line.rstrip("\r\n"))
    body, tail = line[: len(line) - end], line[len(line) - end :]
    first, _, rest = body.partition(",")
    broken = {
        "cut": first,
        "too_many": body + ",extra,more",
        "open_quote": f'{first},"{rest.replace(chr(34), "")}',
        "zero_byte": body[:1] + "\x00" + body[1:],
        "lost_divider": body.replace(",", " ", 1),
    }
    return broken[kind] + tail


@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=ROWS, max_size=ROWS),
    place=st.integers(0, ROWS - 1),
    kind=st.sampled_from(["cut", "too_many", "open_quote", "zero_byte", "lost_divider"]),
    quote_all=st.booleans(),
)
def test_one_damaged_row(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    place: int,
    kind: str,
    quote_all: bool,  # noqa: FBT001  # a drawn value
) -> None:
    """Every other row is read as if nothing had happened, and the damaged one is named."""
    numbered = [(f"n{number}", *row) for number, row in enumerate(rows)]
    numbered[place] = (f"n{place}", "Jane", "Acme", "x")  # damage is done to a line, so the row is one line
    records = [delimited([row], ",", quote_all=quote_all) for row in numbered]
    header = delimited([HEADER], ",", quote_all=quote_all)
    records[place] = damaged(records[place], kind)
    table = read(tmp_path_factory.mktemp("hurt"), header + "".join(records))
    expected = {number + 1: row for number, row in enumerate(numbered) if number != place}
    assert cells(table) == expected
    assert list(damage(table)) == [place + 1]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("x", "cell_count"),
        ("1,2,3,4", "cell_count"),
        ('1,"open,3', "unbalanced_quote"),
        ('"1,2,3', "unbalanced_quote"),
        ("1,\x00,3", "nul_byte"),
    ],
)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_damage_by_kind(tmp_path: Path, line: str, code: str, place: str) -> None:
    """Each kind has its code, wherever in the file it stands."""
    good = ["a,b,c", 'd,"e\ne",f', '"g","h","i"']
    position = {"first": 0, "middle": 1, "last": 3}[place]
    body = [*good[:position], line, *good[position:]]
    table = read(tmp_path, "\n".join(["one,two,three", *body]))
    assert damage(table) == {position + 1: code}
    assert sorted(cells(table).values()) == [("a", "b", "c"), ("d", "e\ne", "f"), ("g", "h", "i")]


def test_many_open_quotes_cost_their_own_rows(tmp_path: Path) -> None:
    """A file full of damage is read to its end, in order, each row on its own."""
    lines = [f'{number},"open,x' if number % 3 == 0 else f"{number},fine,x" for number in range(3_000)]
    table = read(tmp_path, "\n".join(["n,b,c", *lines]))
    assert set(damage(table)) == set(range(1, 3_001, 3))
    assert [row[0] for row in cells(table).values()] == [str(number) for number in range(3_000) if number % 3]


def test_text_in_quotes_in_the_middle_of_a_cell(tmp_path: Path) -> None:
    """A stray quote that ends in its own cell is read as the csv module reads it; the row keeps its cells."""
    table = read(tmp_path, 'a,b,c\n1,"Acme" Ltd,DE\n2,5" pipe,FR\n3,x,IT\n')
    assert cells(table) == {1: ("1", "Acme Ltd", "DE"), 2: ("2", '5" pipe', "FR"), 3: ("3", "x", "IT")}


def test_a_cell_of_a_megabyte_survives(tmp_path: Path) -> None:
    """Long cells are cells; what is longer than any cell is refused with its row."""
    long, too_long = "x" * (1 << 20), "y" * (limits.MAX_CELL_CHARS + 1)
    table = read(tmp_path, f'a,b\n1,"{long}"\n2,{too_long}\n3,z\n')
    assert cells(table) == {1: ("1", long), 3: ("3", "z")}
    assert damage(table) == {2: "row_too_long"}


def test_the_line_of_a_damaged_row_is_the_physical_one(tmp_path: Path) -> None:
    """The line is where an editor would find it, cells over several lines and a sep= line counted."""
    table = read(tmp_path, 'sep=,\na,b\n1,"x\ny\nz"\n\nbad\n')
    assert table.damaged.select("row_number", "line").rows() == [(2, 7)]
