"""Large clean texts are read in bulk; whatever comes back is what the usual readers make of the file, to the byte."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.readers import fast, read_file
from flows.readers.fast import Quick, read_fast
from flows.readers.reading import read_here, read_quickly
from flows.readers.sections import Hints
from policies.sources.layouts import Layout, Section
from tests.flows.readers.texts import delimited

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.readers import RawFile, RawTable

HEADER = ("name", "email", "note")
ROWS = [(f"Jane {number}", f"j{number}@acme.example", f"note {number}") for number in range(260)]
MIDDLE = 120  # a row that is neither in the first nor in the last lines


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Beginning, end and chunks so small that short files have a middle; else as ever."""
    if "large" in request.node.name:
        return
    for name, value in {
        "_SMALLEST": 1,
        "_HEAD_LINES": 60,
        "_TAIL_LINES": 60,
        "_CHUNK": 1500,
        "_LONGEST_LINE": 1000,
    }.items():
        monkeypatch.setattr(fast, name, value)


def quick(path: Path, content: bytes, words: Sequence[str] = (), *, headerless: bool = False) -> Quick | None:
    """The quick reading of a file, which must be the usual one."""
    path.write_bytes(content)
    found = read_fast(path, Hints(file_name=path.name, headerless=headerless, header_words=words))
    if found is not None:
        same(found, read_here(path, headerless=headerless, header_words=words))
    return found


def same(found: Quick, usual: RawFile) -> None:
    """Every cell, number and count of both readings."""
    assert (found.split.ignored_lines, found.physical_lines) == (usual.ignored_lines, usual.physical_lines)
    assert (found.origin.encoding, found.origin.delimiter) == (usual.encoding, usual.delimiter)
    assert [told(table) for table in found.split.tables] == [told(table) for table in usual.tables]


def told(table: RawTable) -> dict[str, object]:
    """Everything a table says but its lines of the file, which are the file's."""
    left = {"ignored_lines": 0, "physical_lines": 0}
    return {**vars(table), "rows": table.rows.to_dict(as_series=False), "damaged": table.damaged.rows(), **left}


def text(rows: Sequence[Sequence[str]], delimiter: str = ",", *, quote_all: bool = False, end: str = "\n") -> str:
    """The header and some rows."""
    return delimited([HEADER, *rows], delimiter, quote_all=quote_all, end=end)


def with_line(line: str) -> str:
    """Clean rows, and one line among them."""
    lines = text(ROWS).splitlines(keepends=True)
    return "".join([*lines[:MIDDLE], line, *lines[MIDDLE:]])


@pytest.mark.parametrize("header", ["md5\n", "", '"Hash of e-mail"\r\n'])
@pytest.mark.parametrize("entry", ["{:032x}", "{:064X}", '"{:040x}"', "+4420794{:05}", "20255{:05}"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lists_of_one_column_are_read_quickly(tmp_path: Path, header: str, entry: str, end: str) -> None:
    """Digests and numbers alone, with a header or without."""
    entries = [entry.format(number * 7919 % 100_000) for number in range(260)]
    content = header + "".join(line + end for line in entries)
    assert quick(tmp_path / "a.csv", content.encode(), headerless=True) is not None


@pytest.mark.parametrize("line", ["", " ", '""', "acme.example", "md5", "MD5", "0" * 31, "ab" * 16, "17", "Total: 3"])
def test_what_is_no_entry_in_a_list_of_one_column(tmp_path: Path, line: str) -> None:
    """Blank lines, headers once more and anything else are left to the usual readers, or read as they do."""
    entries = [f"{number:032x}" for number in range(260)]
    for header in ("md5", "ab" * 16):
        quick(
            tmp_path / "a.csv", "\n".join([header, *entries[:130], line, *entries[130:], ""]).encode(), headerless=True
        )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quote_all", [False, True])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_clean_files_are_read_quickly(
    tmp_path: Path,
    delimiter: str,
    end: str,
    quote_all: bool,  # noqa: FBT001  # parametrised
    mark: bytes,
) -> None:
    """Every usual divider, line end and way to quote; with a mark of the encoding, a sep= line, a title above."""
    content = text(ROWS, delimiter, quote_all=quote_all, end=end)
    assert quick(tmp_path / "a.csv", mark + content.encode()) is not None
    assert quick(tmp_path / "b.csv", mark + f"sep={delimiter}{end}{content}".encode()) is not None
    assert quick(tmp_path / "c.csv", mark + f"Attendees of Expo{end}{end}{content}".encode()) is not None


@pytest.mark.parametrize(
    "line",
    [
        'Zoë Müßig,z@acme.example,"said ""no"", twice"\n',
        '"",z@acme.example,""\n',
        ",z@acme.example,\n",
        ",,z@acme.example\n",
        "Zoë,,only a name\n",
        "Zoë,z@acme.example,#comment\n",
        "#Zoë,z@acme.example,x\n",
        "Zoë,z@acme.example,\ttab\n",
        " Zoë , z@acme.example ,  \n",
        "Zoë,z@acme.example,null\n",
        "NA,z@acme.example,NaN\n",
        "007,z@acme.example,1e5\n",
        "Zoë,z@acme.example,line\u2028separator\u0085\n",
        '""",",z@acme.example,"""x"""\n',
        "'Zoë',z@acme.example,it's\n",
        "Zoë,z@acme.example,back\\slash\n",
    ],
)
def test_rows_that_are_read_quickly(tmp_path: Path, line: str) -> None:
    """Awkward and well formed: no cell is another one for it."""
    assert quick(tmp_path / "a.csv", with_line(line).encode()) is not None


@pytest.mark.parametrize(
    "line",
    [
        "\n",
        ",,\n",
        "Zoë,z@acme.example\n",
        "Zoë,z@acme.example,x,y\n",
        "Zoë,z@acme.example,x,\n",
        'Zoë,z@acme.example,"two\nlines"\n',
        'Zoë,z@acme.example,6" pipe\n',
        'Zoë,z@acme.example,"open\n',
        'Zoë,z@acme.example,"closed"x\n',
        'Zoë,z@acme.example, "late"\n',
        "Zoë,z@acme.example,x\rJoe,j@acme.example,y\n",
        "Zoë,z@acme.example,\0\n",
        "Zoë,z@acme.example,\x1f\n",
        "name,email,note\n",
        "Zoë,,\n",
        "Speakers\n",
        "Total: 17,,\n",
        "email,name,other\n",
        "Zoë,z@acme.example," + "x" * 2000 + "\n",
    ],
)
def test_any_doubt_is_read_as_ever(tmp_path: Path, line: str) -> None:
    """Blank, ragged, quoted over lines or badly, with a control character, or perhaps no row at all."""
    assert quick(tmp_path / "a.csv", with_line(line).encode()) is None


def test_bytes_that_are_no_text_are_read_as_ever(tmp_path: Path) -> None:
    """A damaged byte, another encoding, a small file, a file without an end."""
    lines = with_line("Zo\udce9,z@acme.example,x\n").encode("utf-8", "surrogateescape")
    assert quick(tmp_path / "a.csv", lines) is None
    assert quick(tmp_path / "b.csv", with_line("Zoé,z@acme.example,x\n").encode("cp1252")) is None
    assert quick(tmp_path / "c.csv", with_line("").encode("utf-16")) is None
    assert quick(tmp_path / "d.csv", text(ROWS[:50]).encode()) is None
    assert quick(tmp_path / "e.csv", ("x" * 5000).encode()) is None


def test_the_last_line_may_lack_its_end(tmp_path: Path) -> None:
    """As many tools write it; and a footer below is one."""
    assert quick(tmp_path / "a.csv", text(ROWS).removesuffix("\n").encode()) is not None
    assert quick(tmp_path / "b.csv", (text(ROWS) + "\n\nTotal: 260\n").encode()) is not None


def test_lists_without_addresses(tmp_path: Path) -> None:
    """Rows without an address are rows where more than one cell is filled and none is the name of a column."""
    rows = [(f"Jane {number}", f"+44 20 7946 0{number:03}", "") for number in range(260)]
    assert quick(tmp_path / "a.csv", text(rows).encode()) is not None
    rows[MIDDLE] = ("Company", "City", "Country")
    assert quick(tmp_path / "b.csv", text(rows).encode(), words=("company", "city")) is None


def test_an_export_that_is_known(tmp_path: Path) -> None:
    """Its layout, its section and its footer are those of the usual reading; so is a section that is passed over."""
    people = Section("people", ("name", "email", "note"))
    hosts = Section("topic", ("topic", "id"), people=False)
    layouts = (Layout("some", "Some", (people, hosts), footers=("end of list",)),)
    path = tmp_path / "a.csv"
    path.write_text("Topic,ID\nWebinar,7\n\n" + text(ROWS) + "End of list\n")
    found, usual = read_fast(path, Hints(layouts, path.name)), read_here(path, layouts)
    assert found is not None
    assert found.split.layout is usual.layout is layouts[0]
    same(found, usual)


def test_a_large_file_is_read_quickly(tmp_path: Path) -> None:
    """At its true size, through the door that everybody uses."""
    path = tmp_path / "large.csv"
    path.write_text(text([(f"Jane {number}", f"j{number}@acme.example", "x" * 40) for number in range(70_000)]))
    found, usual = read_file(path), read_here(path)
    assert read_quickly(path) is not None
    assert told(found.tables[0]) == told(usual.tables[0])
    assert replace(found, tables=()) == replace(usual, tables=())


CELL = st.text(st.sampled_from("ab@\",;\t\r\n |'#\\.é\u2028\ufeff\x00\x0b0"), max_size=6)
PLAIN = st.text(st.sampled_from("ab@;.é'#0 "), max_size=6)
ROW = st.one_of(st.tuples(PLAIN, PLAIN, PLAIN), st.tuples(CELL, CELL, CELL))


@given(
    rows=st.lists(ROW, min_size=1, max_size=6),
    raw=st.one_of(st.just(""), st.text(st.sampled_from('a@",\n\r;'), max_size=12)),
    quote_all=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_any_rows_are_read_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    raw: str,
    quote_all: bool,  # noqa: FBT001  # a drawn value
    end: str,
) -> None:
    """Arbitrary rows and arbitrary text in the middle of clean ones: the same, or left to the usual readers."""
    lines = text(ROWS, end=end).splitlines(keepends=True)
    odd = delimited(rows, ",", quote_all=quote_all, end=end)
    content = "".join([*lines[:MIDDLE], odd, raw, *lines[MIDDLE:]])
    quick(tmp_path_factory.mktemp("any") / "a.csv", content.encode())
