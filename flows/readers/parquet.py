"""Parquet: columns as they stand, every value as text. Runs in a process of its own, as its reader is none of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from flows.readers.detect import PARQUET
from flows.readers.limits import MAX_COLUMNS, MAX_ROWS
from flows.readers.refusals import refuse
from flows.readers.typed import as_text, table_of_columns

if TYPE_CHECKING:
    from pathlib import Path

    from flows.readers.model import RawTable

__all__ = ["read_parquet"]


def read_parquet(path: Path) -> RawTable:
    """The table of a Parquet file: its columns are the headers, each row counts as a line.

    Raises ``RefusedFile`` where it is damaged, too large or empty.
    """
    try:
        table = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        schema = table.collect_schema()
        if len(schema) > MAX_COLUMNS:
            raise refuse("too_many_columns", columns=len(schema), limit=MAX_COLUMNS)
        if table.select(pl.len()).collect().item() > MAX_ROWS:
            raise refuse("file_too_large", rows_limit=MAX_ROWS)
        texts = [
            pl.col(name).cast(pl.String).fill_null("") if _is_text(table, name, dtype) else as_text(name, dtype)
            for name, dtype in schema.items()
        ]
        frame = table.select(texts).collect()
    except PolarsError as error:
        raise refuse("unreadable_file") from error
    return table_of_columns(frame, PARQUET)


def _is_text(table: pl.LazyFrame, name: str, dtype: pl.DataType) -> bool:
    """Whether a column of bytes holds text: older writers did not say so."""
    if dtype != pl.Binary:
        return False
    try:
        table.select(pl.col(name).cast(pl.String)).collect()
    except PolarsError:
        return False
    return True
