"""Whatever quotes a text has, each of its characters is parsed a few times at most, and every line is accounted for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.readers import limits, records
from flows.readers.delimited import open_records
from flows.readers.records import Dialect, Record, read_records
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

TIMES: Final = 5  # a line is parsed alone, within a record, and when it is looked at again after that record broke
LINES: Final = 3_000


class Counted:
    """Lines that count the characters taken from them."""

    work = 0

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        Counted.work += len(line)
        return line


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> type[Counted]:
    """Counts what every parser is given."""
    original = records._reader

    def counting(lines: Iterable[str], dialect: Dialect, *, strict: bool) -> Iterator[list[str]]:
        return original(Counted(lines), dialect, strict=strict)

    monkeypatch.setattr(records, "_reader", counting)
    monkeypatch.setattr(Counted, "work", 0)
    return Counted


def parsed(text: str, dialect: Dialect | None = None) -> list[Record]:
    """All records of a text; their lines add up to its lines."""
    found = list(read_records(io.StringIO(text, newline=""), dialect or Dialect(",")))
    assert sum(record.lines for record in found) == sum(1 for _ in io.StringIO(text, newline=""))
    return found


LONG: Final = "x" * 100
ADVERSARIES: Final = {
    "a quote opened in every line": f'1,"{LONG},3\n' * LINES,
    "a quote opened before every line end": f'1,{LONG},"\n' * LINES,
    "one quote, and no other": f'1,"{LONG},3\n' + f"1,{LONG},3\n" * LINES,
    "opened and closed in turn": f'a",{LONG},"c\n' * LINES,
    "opened and closed in turn, wrong in the end": f'a",{LONG},"c\n' * LINES + '"x"y,"z\n',
    "opened in every third line": (f'1,"{LONG},3\n' + f"1,{LONG},3\n" * 2) * (LINES // 3),
    "doubled quotes only": f'1,"{LONG}"",3\n' * LINES,
    "quotes alone": '"\n' * LINES * 20,
    "two quotes and an opened one": f'1,"","{LONG}\n' * LINES,
    "swallowed at the usual width": (f'1,"{LONG},3\n' + f"1,{LONG},3\n" * 50 + f'1,{LONG}",3\n') * (LINES // 52),
    "cells over many lines": ('1,"' + f"{LONG}\n" * 1_900 + '",3\n') * 3,
    "cells over too many lines": ('1,"' + f"{LONG}\n" * 2_100 + '",3\n') * 3,
    "stray carriage returns": f"1\r,{LONG}\r,3\n" * LINES,
    "one long line": "x," * 200_000,
}


@pytest.mark.parametrize("name", ADVERSARIES)
@pytest.mark.parametrize("dialect", [Dialect(","), Dialect(",", escaped=True)])
def test_work_is_linear(name: str, dialect: Dialect, work: type[Counted]) -> None:
    """No arrangement of quotes makes a text be parsed over and over."""
    text = ADVERSARIES[name]
    parsed(text, dialect)
    assert work.work <= TIMES * len(text)


def test_a_lonely_quote_costs_its_row_only() -> None:
    """One quote that nothing closes, far from the end."""
    text = "a,b,c\n" + '1,"open,3\n' + "1,2,3\n" * 5_000
    found = parsed(text)
    assert [record.broken for record in found] == [False, True, *[False] * 5_000]


def test_cells_of_many_lines_and_of_a_megabyte_are_cells() -> None:
    """Up to the limits a cell is a cell."""
    many, long = "line\n" * (limits.MAX_CELL_LINES - 1), "y" * (1 << 20)
    assert [record.cells for record in parsed(f'1,"{many}"\n2,"{long}"\n')] == [["1", many], ["2", long]]


def test_a_swallowed_row_comes_back() -> None:
    """Two stray quotes some rows apart cost their own rows, not those between them."""
    good = [f"{number},x,y,z\n" for number in range(6)]
    text = "".join(["a,b,c,d\n", *good[:3], '9,"open,y,z\n', *good[3:], '8,closed",y,z\n', "7,x,y,z\n"])
    found = parsed(text)
    assert [record.cells[0] for record in found] == ["a", "0", "1", "2", "9", "3", "4", "5", "8", "7"]
    assert [record.cells[0] for record in found if record.broken] == ["9"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b,c\n1,2,3\n1,x\ry,3\n4,5,6\n", [["1", "2", "3"], ["1", "x\ry", "3"], ["4", "5", "6"]]),
        ("a,b,c\n1,2,3\n\rx,2,3\n4,5,6\n", [["1", "2", "3"], [], ["x", "2", "3"], ["4", "5", "6"]]),
        ("a,b,c\n1,2,3\r4,5,6\n7,8,9\n", [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]]),
        ("a,b,c\n1,2,3\r\r\n4,5,6\r\r\n", [["1", "2", "3"], [], ["4", "5", "6"], []]),
        ("a,b,c\n1,2\r\n3,4,5\n", [["1", "2"], ["3", "4", "5"]]),
        ("a,b,c\n1\r2\r3\n4,5,6\n", [["1"], ["2"], ["3"], ["4", "5", "6"]]),
        ('a,b,c\n1,"x\ry",3\n', [["1", "x\ry", "3"]]),
        (
            "a,b,c\n1,x\u2028y,3\n1,\x0c,\x0b\n1,\x85,3\n",
            [["1", "x\u2028y", "3"], ["1", "\x0c", "\x0b"], ["1", "\x85", "3"]],
        ),
        ("a,b,c\n1,\x00,3\n", [["1", "\x00", "3"]]),
    ],
)
def test_signs_that_only_look_like_line_ends(text: str, expected: list[list[str]]) -> None:
    """A stray carriage return within a record stays in its cell; other separators of Unicode end no line at all."""
    assert [record.cells for record in parsed(text)][1:] == expected


@pytest.mark.parametrize("end", ["\x1a", "\n\x1a", "\n\x1a\x1a\x1a", "\r\n\x1a"])
def test_ctrl_z_ends_a_text(tmp_path: Path, end: str) -> None:
    """What old systems put at the end of a file is no row."""
    (tmp_path / "a.csv").write_bytes(f"a,b\n1,2{end}".encode())
    with open_records(tmp_path / "a.csv") as source:
        found = [record.cells for record in source.records if record.cells]
    assert found == [["a", "b"], ["1", "2"]]


def test_a_line_that_never_ends_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line longer than any list has is refused as soon as that is known."""
    monkeypatch.setattr("flows.readers.delimited._LONGEST_LINE", 1_000)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 3_000 + "x" * 5_000)
    with open_records(path) as source, pytest.raises(RefusedFile) as caught:
        list(source.records)
    assert (caught.value.code, source.physical_lines) == ("not_a_list", 3_001)


@pytest.mark.parametrize(
    ("line", "cells", "broken"),
    [
        ('a,"Acme" Ltd,DE', ["a", "Acme Ltd", "DE"], False),
        ('1,"a" ,b', ["1", "a ", "b"], False),
        ('5" pipe,"x"y,z', ['5" pipe', "xy", "z"], True),
        ('"a",""Jane","b"', ["a", 'Jane"', "b"], True),
        ('SE,"Doe,"says ""hi"", maybe",x', ["SE", 'Doe,says ""hi""', ' maybe"', "x"], True),
        ('2,"5" pipe, 6" tube",x', ["2", "5 pipe", ' 6" tube"', "x"], True),
        ('5" pipe,x,y', ['5" pipe', "x", "y"], False),
    ],
)
def test_a_stray_quote_breaks_its_row_unless_the_cells_are_beyond_doubt(
    line: str, cells: list[str], *, broken: bool
) -> None:
    """A row is not read with cells whose ends, or whose quotes, could be others."""
    assert [(record.cells, record.broken) for record in parsed(line + "\n")] == [(cells, broken)]


@given(
    st.lists(
        st.sampled_from(['"', '""', "a", ",", ";", "\n", "\r", "\r\n", "\\", "'", " ", "\0", "\x1a", "é"]), max_size=60
    ),
    st.sampled_from(
        [
            Dialect(","),
            Dialect(";", spaced=True),
            Dialect(",", quote="'"),
            Dialect(",", quote=""),
            Dialect(",", escaped=True),
        ]
    ),
)
def test_any_text_is_accounted_for(pieces: list[str], dialect: Dialect) -> None:
    """No line is lost or counted twice, and nothing but quotes, delimiters and line ends leaves the cells."""
    text = "".join(pieces)
    found = parsed(text, dialect)
    assert [record.line for record in found] == [
        1 + sum(record.lines for record in found[:place]) for place in range(len(found))
    ]
    assert text.count("a") == sum(cell.count("a") for record in found for cell in record.cells)
