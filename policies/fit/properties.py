"""Properties that ``[[fit.property]]`` names: any column of a list, and what it must or must not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.fit.numbers import span, within
from policies.fit.wording import word_pattern
from policies.folding import words

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PROPERTY", "column_of", "met", "named"]

PROPERTY: Final = "property {}"  # the column with what the lists say


def column_of(name: str) -> str:
    """The column that holds what the lists say of a property."""
    return PROPERTY.format(name)


def met(texts: pl.Series, asked: Mapping[str, Any]) -> pl.DataFrame:
    """For every different text of a property (null left out) whether it is what is asked for: the text and ``met``.

    ``asked`` has any of ``any_of``, ``none_of`` (words, whole ones) and ``min``, ``max`` (numbers); all must hold. A
    text that is no number is unknown where a number is asked for, and so is a span of which only a part fits.
    """
    name = texts.name
    unique = texts.cast(pl.String).drop_nulls().unique().sort().to_frame(name)
    folded = words(pl.col(name))
    tests = [pl.lit(value=True)]
    if asked.get("any_of"):
        tests.append(folded.str.contains(word_pattern(asked["any_of"])))
    if asked.get("none_of"):
        tests.append(~folded.str.contains(word_pattern(asked["none_of"])))
    if asked.get("min") is not None or asked.get("max") is not None:
        tests.append(within(*span(pl.col(name)), asked.get("min"), asked.get("max")))
    return unique.select(name, pl.all_horizontal(tests).alias("met"))


def named(columns: Mapping[str, str], *, holds: bool | None) -> pl.Expr:
    """The names whose column is ``holds`` (yes, no, or null for unknown), as one text with commas; empty for none.

    ``columns`` gives the column of each name.
    """
    said = [(name, _is(pl.col(column), holds=holds)) for name, column in sorted(columns.items())]
    parts = [pl.when(test).then(pl.lit(name)) for name, test in said]
    return pl.concat_str(parts, separator=", ", ignore_nulls=True) if parts else pl.lit("")


def _is(mark: pl.Expr, *, holds: bool | None) -> pl.Expr:
    if holds is None:
        return mark.is_null()
    return (mark if holds else ~mark).fill_null(value=False)
