"""No cell of a file we write runs as a formula, and no other cell is changed (design D13)."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.exports.csv import csv_bytes, write_csv
from flows.files import FILE_MODE
from tests.flows.workspaces import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

DANGEROUS = re.compile(r"[=@\t\r]|[+-](?!(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z)")
CELLS = st.text(alphabet=st.sampled_from("=@\t\r\n+-'\",;.0123456789 aé|"), max_size=8) | st.text(max_size=8)


def written(cells: list[str | None]) -> list[str]:
    """What a CSV reader finds in a column of these cells."""
    frame = pl.DataFrame({"a": cells, "b": ["."] * len(cells)}, schema={"a": pl.String, "b": pl.String})
    rows = csv.reader(io.StringIO(csv_bytes(frame).decode(), newline=""))
    return [row[0] for row in rows][1:]


@given(st.lists(CELLS, min_size=1, max_size=6))
@example(["=1+1", "@x", "\tx", "\rx", "+x", "-x", "-", "+", "+1+1", "-1", "+4930231250", "-.5", "+1.", "'", "a\rb", ""])
@example(["+\uff11", "-1\n"])
def test_no_written_cell_is_dangerous_and_others_are_unchanged(cells: list[str]) -> None:
    """Every cell comes back as it was, but dangerous ones with an apostrophe in front."""
    for before, after in zip(cells, written(list(cells)), strict=True):
        assert not DANGEROUS.match(after)
        assert after == (f"'{before}" if DANGEROUS.match(before) else before)


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_writing_what_was_written_changes_nothing(cells: list[str]) -> None:
    """A cell read back from our own file is safe already and stays as it is."""
    once = written(list(cells))
    assert written(list(once)) == once


def test_a_header_of_a_foreign_file_is_neutralised_too() -> None:
    """Column names come from outside as well."""
    assert csv_bytes(pl.DataFrame({"=1+1": ["x"]})) == b"'=1+1\nx\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        (date(2026, 10, 14), "2026-10-14"),
        (datetime(2026, 10, 14, 6, 30, tzinfo=UTC), "2026-10-14T06:30:00Z"),
        (datetime(2026, 10, 14, 6, 30, 0, 500, tzinfo=UTC), "2026-10-14T06:30:00.000500Z"),
    ],
)
def test_values_have_one_spelling(value: object, text: str) -> None:
    """Nulls are empty, booleans words, dates and instants ISO 8601."""
    assert csv_bytes(pl.DataFrame({"a": [value], "b": ["."]})).decode() == f"a,b\n{text},.\n"


def test_the_file_is_private_and_replaced_whole(tmp_path: Path) -> None:
    """A CSV is closed to other users and leaves nothing unfinished beside it."""
    ws = make_workspace(tmp_path)
    path = ws.queue / "x.csv"
    write_csv(pl.DataFrame({"a": ["1"]}), path)
    write_csv(pl.DataFrame({"a": ["2"]}), path)
    assert path.read_bytes() == b"a\n2\n"
    assert path.stat().st_mode & 0o777 == FILE_MODE
    assert [entry.name for entry in ws.queue.iterdir()] == ["x.csv"]
