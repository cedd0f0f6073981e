"""The cells of an export as its layout says they are to be taken: what says nothing made blank, parts kept, parts left.

Only what is read is changed; the rows as they came stay what they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from policies.folding import words
from policies.sources.layouts.recognising import header_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policies.sources.layouts.model import Layout, Section

__all__ = ["marked_rows", "prepared_rows"]


def prepared_rows(rows: pl.DataFrame, layout: Layout, section: Section) -> pl.DataFrame:
    """``rows`` (``row_number`` and one text column per header) under the same columns, cells as they are to be read.

    The very same frame where the layout says nothing of cells.
    """
    if not (layout.blanks or section.unless or section.extract):
        return rows
    names = [name for name in rows.columns if name != "row_number"]
    found = rows
    if layout.blanks:
        nothing = pl.col(names).str.strip_chars().is_in(layout.blanks)
        found = found.with_columns(pl.when(nothing).then(pl.lit("")).otherwise(pl.col(names)).name.keep())
    columns = _by_key(names)
    kept = [_left_out(column, fitting) for column, fitting in _conditions(section, columns)]
    return found.with_columns(kept).with_columns(_extracted(section, columns))


def marked_rows(rows: pl.DataFrame, section: Section) -> pl.DataFrame:
    """``row_number, reason`` of the rows in which a mark in a cell rules them out; ``rows`` as they came."""
    columns = _by_key([name for name in rows.columns if name != "row_number"])
    reasons = [
        pl.when(pl.col(columns[header_key(name)]).str.contains(pattern)).then(pl.lit(reason))
        for name, marks in section.marked.items()
        for reason, pattern in marks.items()
        if header_key(name) in columns
    ]
    reason = pl.coalesce(*reasons, pl.lit(None, dtype=pl.String)).alias("reason")
    return rows.select("row_number", reason).drop_nulls("reason")


def _by_key(names: Sequence[str]) -> dict[str, str]:
    """The first column of each key."""
    columns: dict[str, str] = {}
    for name in names:
        columns.setdefault(header_key(name), name)
    return columns


def _conditions(section: Section, columns: Mapping[str, str]) -> Iterator[tuple[str, list[pl.Expr]]]:
    """The columns that do not count in some rows, and in which."""
    for name, others in section.unless.items():
        column = columns.get(header_key(name))
        stated = [
            (columns[header_key(other)], pattern) for other, pattern in others.items() if header_key(other) in columns
        ]
        if column is not None and stated:
            yield column, [words(pl.col(other)).str.contains(pattern) for other, pattern in stated]


def _left_out(column: str, fitting: list[pl.Expr]) -> pl.Expr:
    return pl.when(pl.any_horizontal(fitting)).then(pl.lit("")).otherwise(pl.col(column)).alias(column)


def _extracted(section: Section, columns: Mapping[str, str]) -> list[pl.Expr]:
    found = {
        columns[header_key(name)]: pattern
        for field, pattern in section.extract.items()
        for name in section.columns.get(field, ())
        if header_key(name) in columns
    }
    return [
        pl.coalesce(pl.col(column).str.extract(pattern, 1), pl.col(column)).alias(column)
        for column, pattern in found.items()
    ]
