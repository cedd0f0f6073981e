"""Files that name their columns: Parquet and JSON, every value as the text a person would read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.readers import json_lines, read_file
from flows.readers.json_lines import read_json
from flows.readers.parquet import read_parquet
from policies.errors import RefusedFile
from policies.sources.records import REJECT_CODES
from tests.flows.readers.texts import cells, damage

if TYPE_CHECKING:
    from pathlib import Path

    from flows.readers import RawTable


def json_table(folder: Path, content: str | bytes, name: str = "list.jsonl") -> RawTable:
    """The table of a JSON file with this content; its lines add up."""
    path = folder / name
    path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    table = read_json(path)
    assert table.physical_lines == table.row_lines + table.ignored_lines
    return table


def parquet_table(folder: Path, frame: pl.DataFrame) -> RawTable:
    """The table of a Parquet file with this frame."""
    path = folder / "list.parquet"
    frame.write_parquet(path)
    return read_parquet(path)


NAMED = {"name": ["Zoë", "Joe"]}


@pytest.mark.parametrize(
    ("values", "dtype", "texts"),
    [
        (["a", None], pl.String, ["a", ""]),
        ([442079460101, None], pl.Int64, ["442079460101", ""]),
        ([1.0, 2.5], pl.Float64, ["1", "2.5"]),
        ([4.42079460101e11, 4.42079460101e15], pl.Float64, ["442079460101", "4.42079460101E+15"]),
        ([0.5, None], pl.Float32, ["0.5", ""]),
        ([True, False], pl.Boolean, ["TRUE", "FALSE"]),
        ([None, True], pl.Boolean, ["", "TRUE"]),
        ([date(2026, 9, 14), None], pl.Date, ["2026-09-14", ""]),
        ([datetime(2026, 9, 14), datetime(2026, 9, 14, 8, 30)], pl.Datetime, ["2026-09-14", "2026-09-14T08:30:00"]),  # noqa: DTZ001  # of no zone
        ([datetime(2026, 9, 14, tzinfo=UTC)] * 2, pl.Datetime("us", "UTC"), ["2026-09-14T00:00:00+00:00"] * 2),
        ([time(8, 30), None], pl.Time, ["08:30:00", ""]),
        ([Decimal("101.00"), Decimal("1.50")], pl.Decimal(9, 2), ["101", "1.50"]),
        ([["a", "b"], None], pl.List(pl.String), ["a ::: b", ""]),
        ([[1, None], []], pl.List(pl.Int64), ["1", ""]),
        ([{"x": 1, "y": "z"}, None], pl.Struct({"x": pl.Int64, "y": pl.String}), ['{"x":1,"y":"z"}', ""]),
        (["a", "b"], pl.Categorical, ["a", "b"]),
        ([b"abc", "Zoë".encode()], pl.Binary, ["abc", "Zoë"]),
        ([b"abc", b"\xff"], pl.Binary, ["616263", "ff"]),
        ([None, None], pl.Null, ["", ""]),
    ],
)
def test_parquet_values_are_text(tmp_path: Path, values: list[object], dtype: pl.DataType, texts: list[str]) -> None:
    """Each type has one spelling, the one a sheet would have."""
    table = parquet_table(tmp_path, pl.DataFrame({**NAMED, "value": pl.Series(values, dtype=dtype)}))
    assert table.rows.get_column("value").to_list() == texts


def test_parquet_columns_are_headers_and_rows_are_lines(tmp_path: Path) -> None:
    """There is no header line; rows that say nothing are ignored; a zero byte damages its own row only."""
    frame = pl.DataFrame({"row_number": ["Zoë", "", "J\0", "Joe"], "email": ["z@acme.example", " ", "j", "k"]})
    table = parquet_table(tmp_path, frame)
    assert (table.kind, table.headers, table.columns) == (
        "parquet",
        ("row_number", "email"),
        ("row_number (2)", "email"),
    )
    assert cells(table) == {1: ("Zoë", "z@acme.example"), 3: ("Joe", "k")}
    assert damage(table) == {2: "nul_byte"}
    assert (table.header_line, table.header_lines, table.physical_lines) == (0, 0, 4)
    assert (table.ignored_lines, table.row_lines) == (1, 3)


def test_a_parquet_file_is_found_by_its_bytes(tmp_path: Path) -> None:
    """Under any name, and read apart; a damaged one is refused."""
    path = tmp_path / "list.csv"
    pl.DataFrame({**NAMED, "email": ["z@acme.example", "j@acme.example"]}).write_parquet(path)
    file = read_file(path)
    assert (file.kind, file.tables[0].height, file.physical_lines) == ("parquet", 2, 2)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RefusedFile) as caught:
        read_file(path)
    assert caught.value.code == "unreadable_file"
    with pytest.raises(RefusedFile) as caught:
        parquet_table(tmp_path, pl.DataFrame({"name": [""], "email": [""]}))
    assert caught.value.code == "no_rows"
    with pytest.raises(RefusedFile) as caught:
        parquet_table(tmp_path, pl.DataFrame({f"c{number}": ["x"] for number in range(2_001)}))
    assert caught.value.code == "too_many_columns"


def test_json_lines_are_rows(tmp_path: Path) -> None:
    """Keys are headers in the order they are first seen; a missing one is blank; numbers keep their digits."""
    content = (
        '{"name": "Zoë", "phone": 442079460101, "optout": true}\n'
        "\n"
        '{"email": "j@acme.example", "name": "Joe", "phone": 442079460101.0, "tags": ["a", 1, null]}\r\n'
        '{"name": null, "phone": 44207946010112345678, "where": {"city": "Bonn", "at": [1.50]}}'
    )
    table = json_table(tmp_path, content)
    assert (table.kind, table.encoding, table.headers) == (
        "json",
        "utf-8",
        ("name", "phone", "optout", "email", "tags", "where"),
    )
    assert cells(table) == {
        1: ("Zoë", "442079460101", "TRUE", "", "", ""),
        2: ("Joe", "442079460101", "", "j@acme.example", "a ::: 1", ""),
        3: ("", "44207946010112345678", "", "", "", '{"city":"Bonn","at":[1.50]}'),
    }
    assert (table.physical_lines, table.ignored_lines, table.row_lines) == (4, 1, 3)


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        (b'{"name": "Joe", "email": "j@acme.example"', "bad_json", ["Joe", "j@acme.example"]),
        (b'{"name": "Joe", "email": "j@acme.exa', "bad_json", ["Joe", "j@acme.exa"]),
        (b"name: Joe, email: j@acme.example", "bad_json", ["Joe", "j@acme.example"]),
        (b'{"email": "j@acme.example", "email": "k@acme.example"}', "bad_json", ["j@acme.example", "k@acme.example"]),
        (b'["j@acme.example"]', "bad_json", ["j@acme.example"]),
        (b'"j@acme.example"', "bad_json", ["j@acme.example"]),
        (b"[" * 100_000, "bad_json", []),
        (b'{"name": "J\xff", "optout": "yes"}', "bad_encoding", ["J\ufffd", "yes"]),
        (b'{"name": "J\\ud800", "optout": "yes"}', "bad_encoding", ["J\ufffd", "yes"]),
        (b'{"name": "J\\u0000", "optout": "yes"}', "nul_byte", ["J\0", "yes"]),
    ],
)
def test_a_broken_line_is_a_damaged_row(tmp_path: Path, line: bytes, code: str, told: list[str]) -> None:
    """Its neighbours stay as they are, and what can be told apart in it is kept: it may hold an opt-out."""
    around = b'{"name": "Zo\xc3\xab"}\n'
    table = json_table(tmp_path, around + line + b"\n" + around)
    assert cells(table) == {1: ("Zoë",), 3: ("Zoë",)}
    assert table.damaged.rows() == [(2, code, 2, told)]
    assert code in REJECT_CODES


def test_an_array_of_objects_is_a_list(tmp_path: Path) -> None:
    """Objects over several lines, several on one: every line is one of a row or ignored."""
    content = '[\n {"a": 1,\n  "b": 2}, {"a": 3},\n\n 7,\n {"b": "x\\ny"}\n]\n'
    table = json_table(tmp_path, content, "list.json")
    assert cells(table) == {1: ("1", "2"), 2: ("3", ""), 4: ("", "x\ny")}
    assert table.damaged.rows() == [(3, "bad_json", 5, ["7"])]
    assert (table.physical_lines, table.row_lines, table.ignored_lines) == (7, 4, 3)
    same = json_table(tmp_path, json.dumps([{"a": 1}, {"a": 2}]), "list.json")
    assert (same.physical_lines, same.row_lines, same.ignored_lines) == (1, 1, 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("[]", "no_rows"),
        ('{\n "people": [\n  {"a": 1}\n ]\n}\n', "json_not_a_list"),
        ("[{}]", "no_rows"),
        ("{}\n{}\n", "no_rows"),
        ('[{"a": 1}', "json_not_a_list"),
        ('[{"a": 1}, ]', "json_not_a_list"),
        ('[{"a": 1}] more', "json_not_a_list"),
        ("[" * 100_000, "json_not_a_list"),
        (b'[{"a": "\xff"}]', "encoding_unclear"),
        (json.dumps({f"k{number}": 1 for number in range(2_001)}), "too_many_columns"),
    ],
)
def test_json_that_is_no_list(tmp_path: Path, content: str | bytes, code: str) -> None:
    """Refused whole where no telling row from row is possible."""
    with pytest.raises(RefusedFile) as caught:
        json_table(tmp_path, content, "list.json")
    assert caught.value.code == code


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("content", ['{"a": "Zoë"}\n\n{"a": "Joe"}\n', '[{"a": "Zoë"},\n\n{"a": "Joe"}]'])
def test_json_in_utf_16(tmp_path: Path, codec: str, content: str) -> None:
    """With its mark, as some tools of Windows write it."""
    table = json_table(tmp_path, ("\ufeff" + content).encode(codec))
    assert (table.encoding, list(cells(table).values())) == (f"{codec}-bom", [("Zoë",), ("Joe",)])
    assert (table.physical_lines, table.ignored_lines) == (3, 1)


def test_limits_of_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line longer than any record, an array too large to be read at once, too many rows, a cell too long."""
    monkeypatch.setattr(json_lines, "MAX_CELL_CHARS", 50)
    assert damage(json_table(tmp_path, '{"a": "' + "x" * 60 + '"}\n{"a": 1}\n')) == {1: "row_too_long"}
    monkeypatch.setattr(json_lines, "MAX_ROWS", 2)
    with pytest.raises(RefusedFile, match="larger"):
        json_table(tmp_path, '{"a": 1}\n' * 3)
    monkeypatch.setattr(json_lines, "MAX_JSON_BYTES", 5)
    with pytest.raises(RefusedFile, match="larger"):
        json_table(tmp_path, '[{"a": 1}]')
    monkeypatch.setattr(json_lines, "_LONGEST_LINE", 5)
    with pytest.raises(RefusedFile) as caught:
        json_table(tmp_path, '{"a": 1}')
    assert caught.value.code == "not_a_list"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jsonl", '{"name": "Zoë", "email": "z@acme.example"}\n', "json"),
        ("a.csv", '{"name": "Zoë", "email": "z@acme.example"}\n', "json"),
        ("a.txt", '\ufeff[{"name": "Zoë", "email": "z@acme.example"}]', "json"),
        ("a.json", "name,email\nZoë,z@acme.example\n", "delimited"),
        ("a.csv", "{name},email\nZoë,z@acme.example\n", "delimited"),
        ("a.csv", "[name],email\nZoë,z@acme.example\n", "delimited"),
    ],
)
def test_json_is_found_by_its_bytes(tmp_path: Path, name: str, content: str, kind: str) -> None:
    """Whatever the name says; a header in brackets is none."""
    path = tmp_path / name
    path.write_text(content)
    assert read_file(path).kind == kind
