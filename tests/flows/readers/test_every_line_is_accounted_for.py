"""Whatever stands in a file: each of its lines is in a row, in a header or ignored, and no row's cells change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from policies.errors import RefusedFile
from tests.flows.readers.texts import cells, delimited, lines_of, read_all

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from flows.readers import RawFile

WORD = st.text(st.characters(categories=["Lu", "Ll"], codec="utf-8"), min_size=1, max_size=8)
CELL = st.builds("{}{}".format, WORD, st.sampled_from(["", " & Co", ", Ltd", ' "x"', "\nline"]))
HEADS = ("name", "email", "firm", "town", "note", "size")
TITLES = st.sampled_from(["Germany", "List of guests", "Summary 2026", "Waiting list:"])
FOOTERS = st.sampled_from(["", "Total,3", "Page 1 of 1", "Confidential - do not pass on", "(3 rows)"])


@dataclass(frozen=True)
class Table:
    """A table as it is written: what stands above and below it, its header and rows."""

    gap: int
    title: str | None
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    footer: str

    def text(self) -> str:
        """All of its lines."""
        lines = [""] * self.gap + ([self.title] if self.title else [])
        above = "".join(f"{line}\r\n" for line in lines)
        return above + delimited([self.header, *self.rows], ",") + (f"{self.footer}\r\n" if self.footer else "")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """One table with people in every row: an address in the second column."""
    width = draw(st.integers(3, len(HEADS)))
    others = draw(st.lists(st.tuples(*[CELL] * (width - 1)), min_size=1, max_size=4))
    rows = tuple((row[0], f"p{number}@acme.example", *row[1:]) for number, row in enumerate(others))
    header = draw(st.permutations(HEADS[:2]).map(tuple)) if draw(st.booleans()) else HEADS[:2]
    rows = rows if header == HEADS[:2] else tuple((row[1], row[0], *row[2:]) for row in rows)
    title = draw(st.none() | TITLES)
    return Table(draw(st.integers(0, 2)), title, (*header, *HEADS[2:width]), rows, draw(FOOTERS))


@given(pile=st.lists(tables(), min_size=1, max_size=4), end=st.integers(0, 2))
def test_any_pile_of_tables(tmp_path_factory: pytest.TempPathFactory, pile: list[Table], end: int) -> None:
    """Tables one after the other, with or without blank lines, titles and footers: every person, no shifted cell."""
    content = "".join(table.text() for table in pile) + "\r\n" * end
    file = read_all(tmp_path_factory.mktemp("pile"), content, header_words=HEADS)
    accounted = sum(table.row_lines + table.header_lines for table in file.tables) + file.ignored_lines
    assert accounted == file.physical_lines == lines_of(content)
    found = [dict(zip(table.headers, row, strict=True)) for table in file.tables for row in cells(table).values()]
    assert [row for row in found if row["email"]] == [
        dict(zip(table.header, row, strict=True)) for table in pile for row in table.rows
    ]


LINES = (
    "",
    ",,",
    "name,email,town",
    "email,name,town",
    "name,email",
    "Ann,ann@acme.example,Rome",
    "Bo,bo@acme.example",
    "Cy,Acme,Oslo",
    '"Di,di@acme.example,Bonn',
    '"Ed\nx",ed@acme.example,Bern',
    "Fi,fi@acme.example,Graz,",
    "Total: 2",
    "Germany",
    "email",
    "Person,,Firm",
    "Page 1 of 2",
    "a,b,c,d,e",
    "1,2,3",
    "\ufeffname,email,town",
)
ADDRESSES = tuple(f"{name}@acme.example" for name in ("ann", "bo", "di", "ed", "fi"))


def read_or_refused(folder: Path, content: str) -> RawFile | str:
    """The file as it is read, or the code of its refusal."""
    try:
        return read_all(folder, content, header_words=HEADS)
    except RefusedFile as why:
        return why.code


@given(lines=st.lists(st.sampled_from(LINES), max_size=14), end=st.sampled_from(["", "\n", "\r\n"]))
def test_any_heap_of_lines(tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str) -> None:
    """Nothing crashes, every line is accounted for, and whoever has an address is in a row, whole or damaged."""
    content = "\n".join(lines) + end
    file = read_or_refused(tmp_path_factory.mktemp("heap"), content)
    if isinstance(file, str):
        assert file in {"empty_file", "no_header", "no_rows"}
        return
    assert file.physical_lines == lines_of(content)
    told = sum(table.row_lines + table.header_lines for table in file.tables) + file.ignored_lines
    assert told == file.physical_lines
    kept = [cell for table in file.tables for row in cells(table).values() for cell in row]
    kept += [cell for table in file.tables for row in table.damaged.get_column("cells") for cell in row]
    for address in ADDRESSES:
        assert sum(address in cell for cell in kept) == content.count(address)
