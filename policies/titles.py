"""What a job title says about seniority and professional function, by the patterns of the rule data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.folding import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["title_facts"]


def title_facts(titles: pl.Series, patterns: Mapping[str, Any]) -> pl.DataFrame:
    """``job_title, seniority, function`` for every different title, ordered by title; null is left out.

    ``patterns`` is the table ``[titles]``: for each property rows of (pattern, value), matched in the folded words of a
    title; the first that matches counts. A title that none matches says nothing (null).
    """
    unique = pl.DataFrame({"job_title": titles.cast(pl.String).drop_nulls().unique().sort()})
    folded = unique.with_columns(words(pl.col("job_title")).alias("folded"))
    return folded.select(
        "job_title",
        _first_match(patterns.get("seniority", ())).alias("seniority"),
        _first_match(patterns.get("function", ())).alias("function"),
    )


def _first_match(rows: Sequence[Sequence[str]]) -> pl.Expr:
    found = [pl.when(pl.col("folded").str.contains(pattern)).then(pl.lit(value)) for pattern, value in rows]
    return pl.coalesce(*found, pl.lit(None, dtype=pl.String))
