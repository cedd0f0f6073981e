"""Columns of a file that knows its types, as the texts a person would read; and rows that no table can hold, apart.

What :mod:`flows.readers.spreadsheet` does cell by cell is done here column by column, with the same outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.readers.limits import MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS
from flows.readers.model import RawTable
from flows.readers.refusals import refuse
from flows.readers.table import DAMAGED
from policies.sources.headers import unique_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polars.datatypes import DataType, DataTypeClass

__all__ = ["JOINED", "as_text", "table_of_columns"]

JOINED: Final = " ::: "  # between the values of a list in one cell
_EXACT: Final = 10**15
_ZERO_DECIMALS: Final = r"\.0*$"
_ROW: Final = "row_number"


def as_text(name: str, dtype: DataType | DataTypeClass) -> pl.Expr:
    """A column of any type as text: integers without ``.0``, ISO days, TRUE and FALSE; a missing value is blank."""
    return _text(pl.col(name), dtype, name).fill_null("").alias(name)


def table_of_columns(frame: pl.DataFrame, kind: str) -> RawTable:
    """A table whose columns are ``frame``'s, all text, one row a line; it has no header line.

    Raises ``RefusedFile``: ``no_rows``, ``too_many_columns``, ``file_too_large``.
    """
    headers = tuple(frame.columns)
    if len(headers) > MAX_COLUMNS:
        raise refuse("too_many_columns", columns=len(headers), limit=MAX_COLUMNS)
    if frame.height > MAX_ROWS:
        raise refuse("file_too_large", rows_limit=MAX_ROWS)
    columns = unique_names(headers)
    named = frame.rename(dict(zip(headers, columns, strict=True)))
    filled = named.filter(pl.any_horizontal(pl.all().str.strip_chars() != "")) if headers else named.clear()
    if filled.is_empty():
        raise refuse("no_rows")
    rows = filled.with_row_index(_ROW, offset=1).with_columns(_fault(columns).alias("_fault"))
    damaged = rows.filter(pl.col("_fault").is_not_null()).select(
        pl.col(_ROW),
        pl.col("_fault").alias("code"),
        pl.col(_ROW).alias("line"),
        pl.concat_list(columns).alias("cells"),
    )
    return RawTable(
        headers=headers,
        columns=columns,
        rows=rows.filter(pl.col("_fault").is_null()).select(_ROW, *columns),
        damaged=pl.DataFrame(damaged, schema=DAMAGED),
        kind=kind,
        encoding=None,
        delimiter=None,
        header_line=0,
        header_lines=0,
        ignored_lines=frame.height - filled.height,
        physical_lines=frame.height,
        row_lines=filled.height,
    )


def _fault(columns: Sequence[str]) -> pl.Expr:
    chars = pl.sum_horizontal(pl.col(name).str.len_chars() for name in columns)
    zeros = pl.any_horizontal(pl.col(name).str.contains("\0", literal=True) for name in columns)
    return (
        pl.when(chars > MAX_CELL_CHARS)
        .then(pl.lit("row_too_long"))
        .when(zeros)
        .then(pl.lit("nul_byte"))
        .otherwise(pl.lit(None, dtype=pl.String))
    )


def _text(value: pl.Expr, dtype: DataType | DataTypeClass, name: str) -> pl.Expr:
    match dtype:
        case pl.Datetime():
            return _instant(value, dtype)
        case pl.List() | pl.Array():
            return _several(value, dtype, name)
        case pl.Struct():
            return _json(value, name)
        case pl.Object():
            raise refuse("format_unsupported", found="column of objects")
        case _:
            return _plain(value, dtype)


def _plain(value: pl.Expr, dtype: DataType | DataTypeClass) -> pl.Expr:
    """A column of single values that are no instants."""
    match dtype:
        case pl.Boolean():
            return pl.when(value).then(pl.lit("TRUE")).when(~value).then(pl.lit("FALSE"))
        case pl.Float32() | pl.Float64():
            return _number(value.cast(pl.Float64))
        case pl.Decimal():
            return value.cast(pl.String).str.replace(_ZERO_DECIMALS, "")
        case pl.Time() | pl.Duration():
            return value.dt.to_string("%H:%M:%S" if dtype == pl.Time else "iso")
        case pl.Binary():
            return value.bin.encode("hex")
        case _:
            return value.cast(pl.String)


def _number(value: pl.Expr) -> pl.Expr:
    """Whole numbers without decimals; of those with more digits than a float keeps, the digits are lost."""
    whole = value.is_finite() & (value == value.round())
    digits = value.cast(pl.Int64, strict=False).cast(pl.String)
    lost = pl.format("{}E+{}", (value / 10.0 ** value.abs().log10().floor()).cast(pl.String), _exponent(value))
    return (
        pl.when(whole & (value.abs() < _EXACT))
        .then(digits)
        .when(value.is_finite() & (value.abs() >= _EXACT))
        .then(lost)
        .otherwise(value.cast(pl.String))
    )


def _exponent(value: pl.Expr) -> pl.Expr:
    return value.abs().log10().floor().cast(pl.Int64, strict=False)


def _instant(value: pl.Expr, dtype: pl.Datetime) -> pl.Expr:
    """A point in time; at midnight, where no zone is stated, a day."""
    if dtype.time_zone is not None:
        return value.dt.to_string("%Y-%m-%dT%H:%M:%S%:z")
    midnight = value == value.dt.truncate("1d")
    return pl.when(midnight).then(value.dt.to_string("%Y-%m-%d")).otherwise(value.dt.to_string("%Y-%m-%dT%H:%M:%S"))


def _several(value: pl.Expr, dtype: pl.List | pl.Array, name: str) -> pl.Expr:
    """A list of plain values in one cell; anything deeper as JSON."""
    inner = dtype.inner
    if inner.is_nested():
        return _json(value, name)
    values = value.arr.to_list() if isinstance(dtype, pl.Array) else value
    return values.list.eval(_text(pl.element(), inner, name)).list.drop_nulls().list.join(JOINED)


def _json(value: pl.Expr, name: str) -> pl.Expr:
    wrapped = pl.struct(value.alias("v")).struct.json_encode()
    return pl.when(value.is_not_null()).then(wrapped.str.strip_prefix('{"v":').str.strip_suffix("}")).alias(name)
