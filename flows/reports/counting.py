"""Counting by name: in the order of the names, never of the figures, so that no table is a ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.reports.people_model import Count

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["counts_of", "sorted_counts"]


def counts_of(frame: pl.DataFrame, column: str) -> tuple[Count, ...]:
    """How often each value of a column occurs; "none" for rows without one."""
    counts = frame.select(pl.col(column).fill_null("none")).group_by(column).len().sort(column)
    return tuple(Count(name, count) for name, count in counts.iter_rows())


def sorted_counts(counts: Mapping[str, int]) -> tuple[Count, ...]:
    """Figures counted elsewhere, in the order of their names."""
    return tuple(Count(name, count) for name, count in sorted(counts.items()))
