"""Ids of the records of a list: told by what stands in a row, whatever the order of columns, rows and files.

The raw row in the order of its columns' names is long and needed for nothing else, so it is made here and let go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.sources.records import identities

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.list_tables import TableReading

__all__ = ["record_ids"]

_BATCH: Final = 50_000  # rows whose messages stand in memory at once


def record_ids(
    tables: Sequence[TableReading], source: str, make: Callable[[list[bytes]], list[str]] | None
) -> pl.DataFrame:
    """``row_number, record_id`` of all rows of people; ids are blank where ``make`` is None.

    Identical rows are numbered among themselves; no other row plays a part.
    """
    if make is None:
        numbers = [each.table.rows.select("row_number") for each in tables]
        damaged = [each.table.damaged.select("row_number") for each in tables]
        return pl.concat([*numbers, *damaged]).with_columns(pl.lit("").alias("record_id"))
    found = pl.concat([identities(each.table.rows, each.table.damaged) for each in tables]).sort("row_number")
    occurrence = pl.int_range(pl.len()).over("identity").cast(pl.String)
    numbered = found.with_columns(occurrence.alias("occurrence"))
    message = pl.concat_str(pl.lit(source), "identity", "occurrence", separator="\x1f")
    ids: list[str] = []
    for batch in numbered.iter_slices(_BATCH):
        ids += make([text.encode() for text in batch.select(message).to_series()])
    return found.select("row_number", pl.Series("record_id", ids, dtype=pl.String))
