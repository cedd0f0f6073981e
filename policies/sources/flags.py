"""Opt-out cells are tri-state: yes, no and blank by a closed vocabulary; any other word is unknown, and unknown holds.

A positive column ("may we write to you?") is read in its own sense: its yes is no opt-out, its no and its blank are
the absence of consent and no opt-out either, and a word that refuses by itself ("unsubscribed") is an opt-out in any
column.

Two places hold such words where no flag was looked for: columns whose header says nothing of flags ("Status:
unsubscribed"), and the cells of damaged rows. Only what can hardly mean anything else counts there, for an opt-out is
for good: "Blockchain" among interests, "declined" for a payment and a bare "yes" or "x" refuse nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold, fold_words, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.sources.column_mapping import FlagColumn

__all__ = ["FLAG_STATES", "blank_words", "flag_state", "flag_states", "refusing", "said_yes"]

# From harmless to strict: of several columns about one channel the strictest counts.
FLAG_STATES: Final = ("blank", "no", "unknown", "yes")
_NOTHING: Final = r"[^\s\S]"  # a pattern that nothing matches
_LONGEST: Final = 1_000  # characters of a cell that may be one of a status or a remark


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
    refuses = words(pl.col("cell")).str.contains(_either(lists, "refusal_patterns"))
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
        if flag.by_cells:
            meaning = dict.fromkeys(refusing(cells, flag.column, lists), FLAG_STATES.index("yes"))
            ranks.append(pl.col(flag.column).fill_null("").replace_strict(meaning, default=0, return_dtype=pl.UInt8))
            continue
        known = flag_states(cells, lists, lookups.get(flag.field, {}), positive=flag.positive)
        meaning = {cell: FLAG_STATES.index(state) for cell, state in known.iter_rows()}
        ranks.append(pl.col(flag.column).fill_null("").replace_strict(meaning, return_dtype=pl.UInt8))
    if not ranks or frame.is_empty():
        return pl.lit("blank")
    return pl.max_horizontal(ranks).replace_strict(dict(enumerate(FLAG_STATES)), return_dtype=pl.String)


def refusing(cells: pl.Series, header: str, lists: Mapping[str, Any]) -> list[str]:
    """The different cells of a column without a field that refuse all contact in so many words.

    Under a ``header`` about mail, marketing or a subscription, every word counts that refuses in a flag column.
    """
    text = pl.col("cell")
    could = text.str.contains(r"\p{L}{3}") & (text.str.len_chars() <= _LONGEST)
    unique = pl.DataFrame({"cell": cells.cast(pl.String).drop_nulls().unique()}).filter(could)
    said = words(text).str.contains(_either(lists, "plain_refusals"))
    if pl.Series(fold_words([header])).str.contains(_either(lists, "status_headers")).all():
        known = flag_states(unique.get_column("cell"), lists, {}, positive=True).filter(pl.col("state") == "yes")
        said |= text.is_in(known.get_column("cell").implode())
    return unique.filter(said).get_column("cell").sort().to_list()


def said_yes(cells: pl.Series, lists: Mapping[str, Any], *, assent: bool) -> list[str]:
    """The different cells of damaged rows that say no to contact, wherever in the row they stand.

    With ``assent`` (flags are columns in which people say no) a plain word of assent does so as well. What a status
    column says of people whom the file itself rules out ("declined") is left out: it may be just that.
    """
    known = flag_states(cells, lists, {}, positive=True)
    stated = {word for entries in lists.get("excluded_words", {}).values() for word in fold_words(entries)}
    word = words(pl.col("cell"))
    said = (pl.col("state") == "yes") & ~word.is_in(sorted(stated))
    if assent:
        said |= word.is_in(fold_words(lists.get("flags", {}).get("plain_assent", ())))
    return known.filter(said | word.str.contains(_either(lists, "plain_refusals"))).get_column("cell").to_list()


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


def _either(lists: Mapping[str, Any], key: str) -> str:
    """One pattern out of a list of patterns of ``lists.flags``."""
    patterns = [f"(?:{pattern})" for pattern in lists.get("flags", {}).get(key, ())]
    return "|".join(patterns) or _NOTHING
