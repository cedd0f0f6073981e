"""Similarities of texts, worked out once per pair of different texts that occurs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["with_similarity"]


def with_similarity(pairs: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add the column ``<field>~<scorer>`` to a frame of pairs: null where the texts are equal or one is missing."""
    field, scorer = column.split("~")
    one, other = pl.col(f"{field}_a"), pl.col(f"{field}_b")
    ordered = pairs.select(
        pl.when(one != other).then(pl.min_horizontal(one, other)).alias("one"),
        pl.when(one != other).then(pl.max_horizontal(one, other)).alias("other"),
    )
    distinct = ordered.drop_nulls().unique()
    scored = distinct.with_columns(_scores(distinct, scorer).alias(column))
    return pairs.hstack(ordered.join(scored, on=["one", "other"], how="left", maintain_order="left").select(column))


def _scores(texts: pl.DataFrame, scorer: str) -> pl.Series:
    if not texts.height:
        return pl.Series([], dtype=pl.Float32)
    from rapidfuzz.process import cpdist  # with NumPy a quarter of a second that `why` need not pay

    return pl.Series(
        cpdist(
            texts.get_column("one").to_list(),
            texts.get_column("other").to_list(),
            scorer=_function(scorer),
            workers=pl.thread_pool_size(),
        ),
        dtype=pl.Float32,
    )


def _function(scorer: str) -> Callable[..., Any]:
    from rapidfuzz.distance import OSA, JaroWinkler

    functions: dict[str, Callable[..., Any]] = {
        "jaro_winkler": JaroWinkler.normalized_similarity,
        "osa": OSA.distance,
    }
    return functions[scorer]
