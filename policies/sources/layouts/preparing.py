"""The cells of an export as its layout says they are to be taken: what says nothing made blank, parts kept, parts left.

Only what is read is changed; the rows as they came stay what they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from policies.folding import words
from policies.sources.fields import SEVERAL_COLUMNS
from policies.sources.layouts.recognising import header_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policies.sources.layouts.model import Layout, Section

__all__ = ["marked_rows", "prepared_rows"]


def prepared_rows(rows: pl.DataFrame, layout: Layout, section: Section) -> pl.DataFrame:
    """``rows`` (``row_number`` and one text column per header) under the same columns, cells as they are to be read.

    The very same frame where the layout says nothing of cells.
    """
    names = [name for name in rows.columns if name != "row_number"]
    columns = _by_key(names)
    steps = [
        _without_blanks(layout, names),
        [_left_out(column, fitting) for column, fitting in _conditions(section, columns)],
        _extracted(section, columns),
        _filled(section, columns),
    ]
    found = rows
    for step in filter(None, steps):
        found = found.with_columns(step)
    return found


def _without_blanks(layout: Layout, names: Sequence[str]) -> list[pl.Expr]:
    if not layout.blanks or not names:
        return []
    nothing = pl.col(names).str.strip_chars().is_in(layout.blanks)
    return [pl.when(nothing).then(pl.lit("")).otherwise(pl.col(names)).name.keep()]


def _filled(section: Section, columns: Mapping[str, str]) -> list[pl.Expr]:
    """The best column of a field that comes from one, its blank cells filled from the next best."""
    found = []
    for field, headers in section.columns.items():
        own = [columns[header_key(name)] for name in headers if header_key(name) in columns]
        if len(own) > 1 and field not in SEVERAL_COLUMNS:
            filled = [pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name)) for name in own]
            found.append(pl.coalesce(*filled, pl.lit("")).alias(own[0]))
    return found


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
