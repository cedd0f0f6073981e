"""What is known about the people of a file: a column that names them, or a file of judged pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.matching.tables import listed, read_people_table
from flows.readers.typed import as_text
from policies.errors import TactfulError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["JUDGED", "judged_by_column", "judged_by_file"]

JUDGED: Final = pl.Schema({"a": pl.UInt32, "b": pl.UInt32, "same": pl.Boolean})
_COLUMNS: Final = ("a", "b", "same")
_YES: Final = ("true", "yes", "same", "1", "1.0")
_NO: Final = ("false", "no", "different", "0", "0.0")


def judged_by_column(rows: pl.DataFrame, column: str) -> pl.Series:
    """Whom each row is, as text, in order; null where it is not known.

    Raises ``UsageError`` (``no_such_column``) where the file has no such column.
    """
    if column not in rows.columns:
        raise UsageError(
            "no_such_column",
            "The file has no column of the name that --labels gives.",
            "Name the column that says who each row is, such as --labels person_id.",
        )
    text = as_text(column, rows.schema[column]).str.strip_chars()
    return rows.select(pl.when(text != "").then(text).alias("person")).to_series()


def judged_by_file(path: Path, positions: pl.DataFrame) -> pl.DataFrame:
    """``JUDGED`` of a file with the columns ``a, b`` (record ids) and ``same`` (yes or no); ``a`` the smaller position.

    ``positions`` has ``record_id, position``. Raises ``UsageError``: ``no_such_column``, and ``judged_unread`` naming
    rows whose word or records are not known.
    """
    table = read_people_table(path, _COLUMNS).rows
    if missing := [name for name in _COLUMNS if name not in table.columns]:
        raise UsageError(
            "no_such_column",
            f"The file of judged pairs lacks: {', '.join(missing)}.",
            "It has the columns a, b (record ids) and same (yes or no), as the pairs of `tactful people match`.",
        )
    texts = table.select(as_text(name, table.schema[name]).str.strip_chars() for name in _COLUMNS)
    word = pl.col("same").str.to_lowercase()
    said = texts.with_columns(
        pl.when(word.is_in(_YES)).then(True).when(word.is_in(_NO)).then(False).alias("same")
    ).drop_nulls("a")
    placed = said
    for end in ("a", "b"):
        known = positions.select(pl.col("record_id").alias(end), pl.col("position").alias(f"{end}_position"))
        placed = placed.join(known, on=end, how="left", validate="m:1", maintain_order="left")
    _check(placed)
    ends = ("a_position", "b_position")
    return (
        placed.select(pl.min_horizontal(ends).alias("a"), pl.max_horizontal(ends).alias("b"), "same")
        .filter(pl.col("a") < pl.col("b"))
        .unique(["a", "b"], keep="last", maintain_order=True)
        .sort("a", "b")
        .match_to_schema(JUDGED)
    )


def _check(placed: pl.DataFrame) -> None:
    unread = placed.select(pl.any_horizontal(pl.all().is_null())).to_series().arg_true() + 1
    if not unread.is_empty():
        raise TactfulError(
            "judged_unread",
            f"{unread.len():,} row(s) of the file of judged pairs name a record that the table has not, or say neither"
            f" yes nor no: row {listed(unread)}.",
            "Mend them; a and b are values of record_id, same is yes or no.",
            {"rows": unread.head(5).to_list(), "count": unread.len()},
        )
