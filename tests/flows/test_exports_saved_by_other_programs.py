"""An export that went through a spreadsheet or another program is the same list: only its dress is another."""

from __future__ import annotations

import csv
import io
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from flows.list_intake import read_preview
from tests.effort import each
from tests.flows.exports_of_products import EXPORTS
from tests.policies.rulebooks import base

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

SETTINGS: dict[str, Any] = dict(base().settings)
READ = [name for name in EXPORTS if name != "meetup"]
Rows = list[list[str]]


def rows_of(name: str) -> Rows:
    """Every line of an export as cells."""
    content = EXPORTS[name].path.read_bytes()
    codec = "utf-16" if content.startswith(b"\xff\xfe") else "cp1252" if name == "salesforce_report" else "utf-8-sig"
    text = content.decode(codec)
    divider = "\t" if name.startswith("teams") and name != "teams.comma" else ","
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=divider))


@cache
def preview(name: str) -> tuple[pl.DataFrame, dict[str, Any]]:
    """An export as its product wrote it, read."""
    return read_preview(EXPORTS[name].path, None, SETTINGS)


def written(rows: Rows, **dialect: Any) -> str:  # noqa: ANN401  # whatever the csv module takes
    """The rows under another dialect."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n", **dialect).writerows(rows)
    return out.getvalue()


def padded(rows: Rows) -> Rows:
    """Every row as wide as the widest, as spreadsheets save them."""
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


DRESSES = {
    "semicolons": lambda rows: written(rows, delimiter=";").encode("utf-8-sig"),
    "padded": lambda rows: written(padded(rows)).encode(),
    "utf16": lambda rows: written(rows).encode("utf-16"),
    "quoted": lambda rows: written(rows, quoting=csv.QUOTE_ALL).encode(),
    "old_mac": lambda rows: written(rows, delimiter="\t").replace("\r\n", "\r").encode(),
}


def workbook(path: Path, rows: Rows) -> Path:
    """The rows as texts on the one sheet of a workbook."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Export")
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell)
    return path


# Every export in one dress, and in every dress several exports, those of many tables among them.
CASES = [(name, sorted([*DRESSES, "workbook"])[number % (len(DRESSES) + 1)]) for number, name in enumerate(READ)]
CASES += [(name, dress) for name in ("zoom_webinar", "salesforce_report") for dress in (*DRESSES, "workbook")]


@pytest.mark.parametrize(("name", "dress"), each(sorted(set(CASES)), 3))
def test_it_is_read_alike(tmp_path: Path, name: str, dress: str) -> None:
    """The same product, the same rows, cell by cell, and no line lost."""
    export = EXPORTS[name]
    if dress == "workbook":
        path = workbook(tmp_path / f"{export.path.stem}.xlsx", rows_of(name))
    else:
        path = tmp_path / export.name
        path.write_bytes(DRESSES[dress](rows_of(name)))
    lines, summary = read_preview(path, None, SETTINGS)
    expected, told = preview(name)
    assert summary["layout"] == export.layout
    assert lines.rows() == expected.rows()
    assert summary["rows"] == told["rows"]
