"""What a job title says about seniority and professional function, by the patterns of the rule data."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import polars as pl

from policies.folding import words

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["title_facts"]

_Patterns: TypeAlias = tuple[tuple[str, ...], ...]  # rows of pattern and value
_PROPERTIES: Final = ("seniority", "function")
_FEW: Final = 64  # titles


def title_facts(titles: pl.Series, patterns: Mapping[str, Any]) -> pl.DataFrame:
    """``job_title, seniority, function`` for every different title, ordered by title; null is left out.

    ``patterns`` is the table ``[titles]``: for each property rows of (pattern, value), matched in the folded words of a
    title; the first that matches counts. A title that none matches says nothing (null).
    """
    unique = titles.cast(pl.String).drop_nulls().unique().sort()
    rows = {name: tuple(map(tuple, patterns.get(name, ()))) for name in _PROPERTIES}
    if unique.len() <= _FEW:
        return _of_few(tuple(unique), *rows.values())
    return _matched(unique, *rows.values())


@lru_cache(maxsize=256)
def _of_few(titles: tuple[str, ...], seniority: _Patterns, function: _Patterns) -> pl.DataFrame:
    """Of few titles most of the work is making the patterns ready; one person is asked about again and again."""
    return _matched(pl.Series(titles, dtype=pl.String), seniority, function)


def _matched(titles: pl.Series, seniority: _Patterns, function: _Patterns) -> pl.DataFrame:
    folded = titles.to_frame("job_title").with_columns(words(pl.col("job_title")).alias("folded"))
    return folded.select(
        "job_title",
        _first_match(seniority).alias("seniority"),
        _first_match(function).alias("function"),
    )


def _first_match(rows: _Patterns) -> pl.Expr:
    found = [pl.when(pl.col("folded").str.contains(pattern)).then(pl.lit(value)) for pattern, value in rows]
    return pl.coalesce(*found, pl.lit(None, dtype=pl.String))
