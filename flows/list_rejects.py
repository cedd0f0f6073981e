"""The refused rows of a list as they are written for whoever corrects them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.readers.rejects import OWN_COLUMNS, check_of, laid_out, restored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.list_tables import TableReading
    from flows.readers import RawTable

__all__ = ["rejects_of"]


def rejects_of(tables: Sequence[TableReading], records: pl.DataFrame) -> pl.DataFrame:
    """The refused rows of all tables of people: their columns as they came, then ``_row, _code, _why, _fix``.

    In the order of the file. What a section says of the flags of all its rows stands in a column of its own: corrected
    and dropped again, the rows no longer come under it.
    """
    refused = records.filter(pl.col("reject_code").is_not_null()).select(
        "row_number",
        pl.col("row_number").cast(pl.String).alias("_row"),
        pl.col("reject_code").alias("_code"),
        pl.col("reject_why").alias("_why"),
        pl.col("reject_fix").alias("_fix"),
    )
    found = [_rejects(reading.table, refused) for reading in tables if reading.people]
    rows = pl.concat(found, how="diagonal").sort("row_number").drop("row_number")
    columns = [name for name in rows.columns if name not in OWN_COLUMNS]
    return rows.select(*(pl.col(name).fill_null("") for name in columns), *OWN_COLUMNS)


def _rejects(table: RawTable, refused: pl.DataFrame) -> pl.DataFrame:
    whole = table.rows.join(refused, on="row_number", how="inner", validate="1:1")
    damaged = _laid_out(table).join(refused, on="row_number", how="inner", validate="1:1")
    checked = damaged.with_columns(pl.concat_str("_why", "_check", separator=" ").alias("_why")).drop("_check")
    rows = pl.concat([whole, checked.select(whole.columns)])
    said = [f"{channel}_opt_out" for channel in (table.section.opted_out if table.section else ())]
    return rows.with_columns(pl.lit("yes").alias(name) for name in said if name not in rows.columns)


def _laid_out(table: RawTable) -> pl.DataFrame:
    """Damaged rows under the header as well as it goes, with the check by which they are recognised unchanged."""
    width = len(table.columns)
    rows = [
        (number, *cells, check_of(restored(cells)))
        for number, cells in (
            (number, laid_out(cells, width, table.delimiter or ","))
            for number, cells in table.damaged.select("row_number", "cells").iter_rows()
        )
    ]
    schema = {"row_number": pl.UInt32} | dict.fromkeys((*table.columns, "_check"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")
