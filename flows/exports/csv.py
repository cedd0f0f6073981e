"""The only writer of CSV files: UTF-8, commas, line feeds, and no cell a spreadsheet would run as a formula.

What stands in a cell came from outside. A cell that starts with ``=``, ``@``, a tab or a carriage return, or with
``+`` or ``-`` without being a plain number (a telephone number in E.164 is one), gets an apostrophe in front: a
spreadsheet then shows it as text. All other cells are written as they are.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.files import write_bytes

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["csv_bytes", "write_csv"]

_REMEMBERED: Final = 512  # columns
_ALWAYS: Final = r"^[=@\t\r]"
_SIGN: Final = r"^[+-]"
_NUMBER: Final = r"^[+-](?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$"


def _neutralise(cell: pl.Expr) -> pl.Expr:
    """Text that a spreadsheet shows as text: dangerous cells get a leading apostrophe, others stay. Null stays null."""
    signed_text = cell.str.contains(_SIGN) & ~cell.str.contains(_NUMBER)
    dangerous = cell.str.contains(_ALWAYS) | signed_text
    return pl.when(~dangerous).then(cell).otherwise(pl.concat_str(pl.lit("'"), cell))


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """A frame as CSV text with a header line; nulls are empty, dates and instants ISO 8601, booleans yes and no.

    Column names are neutralised as well: those of rejects come from foreign files. Raises
    ``polars.exceptions.PolarsError`` for a column that is no scalar, which is a fault of the program.
    """
    # The header is written as a row of its own: two foreign names may become equal once they are neutralised.
    names = pl.DataFrame({"name": frame.columns}, schema={"name": pl.String})
    header = names.select(_neutralise(pl.col("name"))).transpose()
    rows = frame.select(_cell(name, dtype) for name, dtype in frame.schema.items())
    return (header.write_csv(include_header=False) + rows.write_csv(include_header=False)).encode()


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Replace ``path`` by ``frame`` as CSV, whole, closed to other users; raises ``WorkspaceError`` on disk trouble."""
    write_bytes(path, csv_bytes(frame))


@lru_cache(maxsize=_REMEMBERED)
def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    """How a column is written; the same columns are written again and again."""
    column = pl.col(name)
    if dtype == pl.Boolean:
        return pl.when(column).then(pl.lit("yes")).when(~column).then(pl.lit("no")).alias(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").str.replace(r"\+00:00$", "Z").alias(name)
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return _neutralise(column.cast(pl.String)).alias(name)
    return column
