"""Opt-out cells are tri-state: yes, no and blank by a closed vocabulary; any other word is unknown, and unknown holds.

A positive column ("may we write to you?") is read in its own sense: its yes is no opt-out, its no and its blank are
the absence of consent and no opt-out either, and a word that refuses by itself ("unsubscribed") is an opt-out in any
column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.sources.column_mapping import FlagColumn

__all__ = ["FLAG_STATES", "blank_words", "flag_state", "flag_states"]

# From harmless to strict: of several columns about one channel the strictest counts.
FLAG_STATES: Final = ("blank", "no", "unknown", "yes")


def blank_words(lists: Mapping[str, Any]) -> list[str]:
    """What stands in a cell that says nothing: "n/a", "--" and their like, in lower case."""
    return [str(word).lower() for word in lists.get("opt_out_words", {}).get("blank", ())]


def flag_states(
    cells: pl.Series, lists: Mapping[str, Any], lookups: Mapping[str, str], *, positive: bool
) -> pl.DataFrame:
    """``cell, state`` for every different cell of one column; ``state`` is one of ``FLAG_STATES``.

    ``lists`` is the table of that name of the rule data, ``lookups`` what the source contract says cells mean (``yes``,
    ``no`` or ``blank``, in the sense of the column).
    """
    unique = pl.DataFrame({"cell": cells.cast(pl.String).fill_null("").unique().sort()})
    word = _plain(pl.col("cell"))
    stated = words(pl.col("cell")).replace_strict(dict(lookups), default=None, return_dtype=pl.String)
    meaning = pl.coalesce(stated, word.replace_strict(_vocabulary(lists), default="unknown", return_dtype=pl.String))
    refuses = words(pl.col("cell")).str.contains(_refusal(lists))
    state = meaning if not positive else _of_positive(meaning, refuses)
    return unique.select("cell", state.alias("state"))


def flag_state(
    frame: pl.DataFrame,
    flags: Sequence[FlagColumn],
    lists: Mapping[str, Any],
    lookups: Mapping[str, Mapping[str, str]],
) -> pl.Expr:
    """The state of each row of ``frame`` over some columns about one channel; ``blank`` where there is no column.

    ``lookups`` are those of the source contract, by field.
    """
    ranks = []
    for flag in flags:
        cells = frame.get_column(flag.column)
        known = flag_states(cells, lists, lookups.get(flag.field, {}), positive=flag.positive)
        meaning = {cell: FLAG_STATES.index(state) for cell, state in known.iter_rows()}
        ranks.append(pl.col(flag.column).fill_null("").replace_strict(meaning, return_dtype=pl.UInt8))
    if not ranks or frame.is_empty():
        return pl.lit("blank")
    return pl.max_horizontal(ranks).replace_strict(dict(enumerate(FLAG_STATES)), return_dtype=pl.String)


def _of_positive(meaning: pl.Expr, refuses: pl.Expr) -> pl.Expr:
    return (
        pl.when(meaning == "yes")
        .then(pl.when(refuses).then(pl.lit("yes")).otherwise(pl.lit("no")))
        .when(meaning == "no")
        .then(pl.lit("blank"))
        .otherwise(meaning)
    )


def _vocabulary(lists: Mapping[str, Any]) -> dict[str, str]:
    """Folded word to state. A word of two lists would be two meanings: the stricter one counts."""
    found: dict[str, str] = {}
    for state in ("blank", "no", "yes"):
        listed = pl.Series("word", list(lists.get("opt_out_words", {}).get(state, ())), dtype=pl.String)
        found |= dict.fromkeys(listed.to_frame().select(_plain(pl.col("word"))).to_series().to_list(), state)
    return found | {"": "blank"}


def _plain(text: pl.Expr) -> pl.Expr:
    """Folded, with single blanks inside and none outside; punctuation stays, for "--" and "#N/A" are words here."""
    return fold(text).str.replace_all(r"\s+", " ").str.strip_chars(" ")


def _refusal(lists: Mapping[str, Any]) -> str:
    patterns = [f"(?:{pattern})" for pattern in lists.get("flags", {}).get("refusal_patterns", ())]
    return "|".join(patterns) or r"[^\s\S]"
