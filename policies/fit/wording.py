"""Words of lists found in texts: folded, whole words only, every different text looked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from policies.folding import fold_words, words
from policies.patterns import any_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["marks_of", "word_pattern"]


def word_pattern(entries: Sequence[str]) -> str:
    """A pattern for a folded text that holds one of some words or phrases, each as whole words."""
    folded = [entry for entry in fold_words(list(entries)) if entry]
    return any_pattern(rf"(?:^| ){entry}(?: |$)" for entry in folded)


def marks_of(texts: pl.Series, patterns: Mapping[str, str]) -> pl.DataFrame:
    """For every different text (null left out) whether its folded words hold each pattern, ordered by text.

    Columns: that of ``texts``, then one per name of ``patterns``, yes or no.
    """
    name = texts.name
    unique = texts.cast(pl.String).drop_nulls().unique().sort().to_frame(name)
    folded = unique.with_columns(words(pl.col(name)).alias("folded"))
    return folded.select(
        name, *(pl.col("folded").str.contains(pattern).alias(mark) for mark, pattern in patterns.items())
    )
