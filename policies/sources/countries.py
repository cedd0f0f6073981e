"""Country words to ISO 3166 codes, by the names of the rule data; what is not listed is unknown and never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.folding import words

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["country_codes"]


def country_codes(cells: pl.Series, lists: Mapping[str, Any], lookups: Mapping[str, str] | None = None) -> pl.DataFrame:
    """``cell, code`` for every different cell, ordered by cell; ``code`` is null for a word nobody knows.

    ``lists.countries`` has the names per code, ``lookups`` what a source contract says folded cells mean (codes or
    names). Nulls are left out.
    """
    unique = pl.DataFrame({"cell": cells.cast(pl.String).drop_nulls().unique().sort()})
    known = _names(lists.get("countries", {}))
    word = words(pl.col("cell"))
    meant = pl.coalesce(word.replace_strict(_folded(lookups or {}), default=None, return_dtype=pl.String), word)
    return unique.select("cell", meant.replace_strict(known, default=None, return_dtype=pl.String).alias("code"))


def _names(countries: Mapping[str, Any]) -> dict[str, str]:
    found = {str(name): code for code, names in countries.items() for name in names}
    return found | {code.lower(): code for code in countries}


def _folded(lookups: Mapping[str, str]) -> dict[str, str]:
    meanings = pl.Series("meaning", list(lookups.values()), dtype=pl.String).to_frame().select(words(pl.col("meaning")))
    return dict(zip(lookups, meanings.to_series().to_list(), strict=True))
