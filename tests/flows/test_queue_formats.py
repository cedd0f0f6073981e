"""The queue in every format: the same lines, nothing run, nothing rendered as markup."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from flows.exports.queue_formats import FORMATS
from policies.schema import OUTCOME_COLUMNS, QUEUE
from tests.flows.handouts import handout

if TYPE_CHECKING:
    from flows.exports.handout import Handout


def _made(name: str, of: Handout | None = None) -> bytes:
    return FORMATS[name].render(of or handout())


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_made(name).decode(), newline="")))


def test_formats_are_those_of_the_contract() -> None:
    """Each can be asked for by name."""
    assert list(FORMATS) == ["csv", "json", "hubspot", "salesforce", "ics", "html"]


def test_csv_has_the_columns_reps_fill_in() -> None:
    """The contract's columns, until when it holds, then the blank ones for what came of it."""
    rows = _rows("csv")
    assert list(rows[0]) == [*QUEUE.names(), "valid_until", *OUTCOME_COLUMNS]
    assert {row[name] for row in rows for name in OUTCOME_COLUMNS} == {""}


@pytest.mark.parametrize("name", ["csv", "hubspot", "salesforce"])
def test_no_cell_of_a_table_is_a_formula(name: str) -> None:
    """Whatever the cells of a list begin with."""
    cells = [cell for row in _rows(name) for cell in row.values() if cell]
    assert len(cells) > 12
    assert [cell for cell in cells if cell[0] in "=@\t\r" or (cell[0] in "+-" and not cell[1:].isdigit())] == []


def test_json_is_what_it_was() -> None:
    """No neutralised cells, null for what is not known, and no sign a terminal would obey."""
    rows = json.loads(_made("json"))
    assert list(rows[0]) == QUEUE.names()
    assert rows[1]["full_name"].startswith("=cmd")
    assert rows[1]["brief_id"] is None
    assert b"\x1b" not in _made("json")


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_lines_give_the_same_bytes(name: str) -> None:
    """So that two exports of one queue can be compared."""
    assert _made(name) == _made(name)
    assert _made(name)


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_queue_is_a_whole_file(name: str) -> None:
    """With its header or frame alone."""
    nobody = handout()
    data = _made(name, type(nobody)(nobody.lines.clear(), nobody.facts))
    assert data.endswith(b"\n")
    assert b"Marlene" not in data
