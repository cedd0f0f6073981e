"""Workbooks of several sheets: the name of a sheet says of its rows what the name of a file says of a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.readers import read_file
from flows.readers.reading import as_one

if TYPE_CHECKING:
    from pathlib import Path

    from flows.readers import RawFile, RawTable

__all__ = ["SHEET", "read_sheets"]

SHEET: Final = "sheet status"  # the column in which the name of each row's sheet stands
_ROW: Final = "row_number"


def read_sheets(path: Path) -> RawTable:
    """The table of a file that may lack a header; of a workbook with several sheets all rows, with their sheet's name.

    Raises ``RefusedFile`` as the readers do.
    """
    file = read_file(path, headerless=True)
    titles = [table.title for table in file.tables]
    named = file.kind == "spreadsheet" and len(file.tables) > 1 and all(titles) and len({*titles}) == len(titles)
    headed = all(any(header.strip() for header in table.headers) for table in file.tables)
    return _joined(file) if named and headed else as_one(file)


def _joined(file: RawFile) -> RawTable:
    """All tables below each other under all their columns."""
    rows, damaged, offset = [], [], 0
    for table in file.tables:
        number = (pl.col(_ROW) + offset).cast(pl.UInt32)
        rows.append(table.rows.with_columns(number, pl.lit(table.title or "").alias(SHEET)))
        damaged.append(table.damaged.with_columns(number))
        offset += table.height
    every = pl.concat(rows, how="diagonal")
    columns = tuple(name for name in every.columns if name not in (_ROW, SHEET))
    laid = every.select(_ROW, *(pl.col(name).fill_null("") for name in (*columns, SHEET)))
    largest = max(file.tables, key=lambda table: table.height)
    return replace(
        largest, headers=(*columns, SHEET), columns=(*columns, SHEET), rows=laid, damaged=pl.concat(damaged).sort(_ROW)
    )
