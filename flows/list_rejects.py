"""The refused rows of a list as they are written for whoever corrects them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.readers.rejects import OWN_COLUMNS, all_columns, check_of, laid_out, placed, restored, ruled_out_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.list_tables import TableReading
    from flows.readers import RawTable

__all__ = ["rejects_of"]


def rejects_of(tables: Sequence[TableReading], records: pl.DataFrame) -> pl.DataFrame:
    """The refused rows of all tables of people: their columns as they came, then ``_row, _code, _why, _fix``.

    In the order of the file. What a section says of all its rows goes with them, for corrected and dropped again they
    no longer stand under it: flags in columns of their own, a reason that rules them out in ``_why``.
    """
    refused = records.filter(pl.col("reject_code").is_not_null()).select(
        "row_number",
        pl.col("row_number").cast(pl.String).alias("_row"),
        pl.col("reject_code").alias("_code"),
        pl.col("reject_why").alias("_why"),
        pl.col("reject_fix").alias("_fix"),
    )
    of_people = [reading.table for reading in tables if reading.people]
    columns = all_columns((*table.columns, *_flags(table)) for table in of_people)
    rows = pl.concat([_rejects(table, columns, refused) for table in of_people])
    return rows.sort("row_number").select(*columns, *OWN_COLUMNS)


def _flags(table: RawTable) -> tuple[str, ...]:
    """The flags that the section of a table says of all its rows."""
    return tuple(f"{channel}_opt_out" for channel in (table.section.opted_out if table.section else ()))


def _rejects(table: RawTable, columns: Sequence[str], refused: pl.DataFrame) -> pl.DataFrame:
    said = [pl.lit("yes").alias(name) for name in _flags(table) if name not in table.columns]
    absent = [pl.lit("").alias(name) for name in columns if name not in (*table.columns, *_flags(table))]
    whole = table.rows.with_columns(*said, *absent).join(refused, on="row_number", how="inner", validate="1:1")
    damaged = _laid_out(table, columns).join(refused, on="row_number", how="inner", validate="1:1")
    checked = damaged.with_columns(pl.concat_str("_why", "_check", separator=" ").alias("_why")).drop("_check")
    rows = pl.concat([whole.select("row_number", *columns, *OWN_COLUMNS), checked])
    if table.section is not None and table.section.excluded:
        note = pl.lit(ruled_out_note(table.section.excluded))
        return rows.with_columns(pl.concat_str("_why", note, separator=" ").alias("_why"))
    return rows


def _laid_out(table: RawTable, columns: Sequence[str]) -> pl.DataFrame:
    """Damaged rows under all columns as well as it goes, with the check by which they are recognised unchanged."""
    flags = [name for name in _flags(table) if name not in table.columns]
    own = (*table.columns, *flags)
    rows = []
    for number, cells in table.damaged.select("row_number", "cells").iter_rows():
        under_own = [*laid_out(cells, len(table.columns), table.delimiter or ","), *("yes" for _ in flags)]
        laid = placed(under_own, own, columns)
        rows.append((number, *laid, check_of(restored(laid))))
    schema = {"row_number": pl.UInt32} | dict.fromkeys((*columns, "_check"), pl.String)
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return found.select("row_number", *columns, "_check")
