"""Ids of the records of a table: its own, checked; where it has none, made from what stands in a row.

Made ids are digests of the row with its number among identical rows, so that they do not depend on the order of rows
or columns.
"""

from __future__ import annotations

from base64 import b32encode
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.matching.tables import listed
from flows.readers.typed import as_text
from policies.errors import TactfulError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RECORD_ID", "record_ids"]

RECORD_ID: Final = "record_id"
_BATCH: Final = 50_000  # rows whose texts stand in memory at once
_BYTES: Final = 10  # 80 bits: 16 signs, and a clash among a hundred million rows is a chance of one in two hundred


def record_ids(rows: pl.DataFrame, column: str | None) -> pl.Series:
    """``record_id`` of every row, in order: the texts of ``column``, or made where there is none.

    Raises ``TactfulError`` naming rows: ``record_id_empty``, ``record_id_doubled``.
    """
    if column is None:
        return pl.Series(RECORD_ID, list(_made(rows)), dtype=pl.String)
    stated = rows.select(as_text(column, rows.schema[column]).str.strip_chars().alias(RECORD_ID)).to_series()
    _check(stated)
    return stated


def _check(stated: pl.Series) -> None:
    empty = (stated == "").arg_true() + 1
    if not empty.is_empty():
        raise _wrong("empty", "no record_id", empty)
    if stated.n_unique() < stated.len():
        again = (~stated.is_first_distinct()).arg_true() + 1
        raise _wrong("doubled", "the record_id of a row above", again)


def _wrong(what: str, has: str, numbers: pl.Series) -> TactfulError:
    return TactfulError(
        f"record_id_{what}",
        f"{numbers.len():,} row(s) have {has}: row {listed(numbers)} (the first row below the header is 1).",
        "Give every row a record_id of its own, or take the column out: ids are made from the rows then.",
        {"rows": numbers.head(5).to_list(), "count": numbers.len()},
    )


def _made(rows: pl.DataFrame) -> Iterator[str]:
    names = sorted(rows.columns)
    texts = [as_text(name, rows.schema[name]) for name in names]
    row = pl.concat_str(texts, separator="\x1f").alias("row")
    numbered = rows.select(row).with_columns(pl.int_range(pl.len()).over("row").cast(pl.String).alias("occurrence"))
    message = pl.concat_str("row", "occurrence", separator="\x1e")
    for batch in numbered.iter_slices(_BATCH):
        for text in batch.select(message).to_series():
            yield b32encode(blake2b(text.encode(), digest_size=_BYTES).digest()).decode().lower()
