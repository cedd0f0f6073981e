"""Words of a state: stop, complaint, bounce or none of them, by the word lists of the rule data."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import polars as pl

from policies.folding import fold_words, words
from policies.patterns import any_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["State", "states_of", "word_keys"]

State: TypeAlias = Literal["blank", "no", "weakly_no", "unknown", "bounce", "stop", "complaint"]

# From harmless to strict: of several words in one cell the strictest counts.
_ORDER: Final[tuple[State, ...]] = ("blank", "no", "weakly_no", "unknown", "bounce", "stop", "complaint")
# HardBounce, but not a word in capitals alone.
_JOINT: Final = r"(\p{Ll})(\p{Lu})"
_BETWEEN: Final = r"[,;|\[\]{}'\x22+&\n\r]+"
_OF_MAIL: Final = r"\b(?:e ?mails?|messages?)\b"  # "Opened Email", "Email bounced"
_SMTP: Final = r"^\W*(?:smtp\W+)?(?:[45]\d\d(?:[ \-:]|$)|[45]\.\d{1,3}\.\d{1,3}\b)|\b[45]\.\d{1,3}\.\d{1,3}\b"


def word_keys(cells: Sequence[str]) -> list[str]:
    """Cells as words are compared: folded, and words run together taken apart."""
    return pl.Series("cell", list(cells), dtype=pl.String).to_frame().select(_key(pl.col("cell"))).to_series().to_list()


def states_of(cells: pl.Series, lists: Mapping[str, Any]) -> dict[str, State]:
    """What every different cell of a column says as a word of a state; an answer of a mail server is a bounce."""
    unique = pl.DataFrame({"cell": cells.cast(pl.String).fill_null("").unique().sort()})
    known = _known(lists)
    refusal = any_pattern(lists.get("flags", {}).get("plain_refusals", ()))
    parts = unique.with_columns(pl.col("cell").str.replace_all(_BETWEEN, ";").str.split(";").alias("part")).explode(
        "part"
    )
    key = _key(pl.col("part"))
    said = parts.select(
        "cell",
        pl.when(key == "")
        .then(pl.lit("blank"))
        .when(pl.col("cell").str.contains(f"(?i){_SMTP}"))
        .then(pl.lit("bounce"))
        .otherwise(
            pl.coalesce(
                key.replace_strict(known, default=None, return_dtype=pl.String),
                key.str.replace_all(_OF_MAIL, " ")
                .str.strip_chars(" ")
                .str.replace_all(" +", " ")
                .replace_strict(known, default=None, return_dtype=pl.String),
                pl.when(key.str.contains(refusal)).then(pl.lit("stop")),
                pl.lit("unknown"),
            )
        )
        .alias("state"),
    )
    found: dict[str, State] = {}
    for cell, state in said.iter_rows():
        found[cell] = max(found.get(cell, "blank"), state, key=_ORDER.index)
    return found


def _key(text: pl.Expr) -> pl.Expr:
    return words(text.str.replace_all(_JOINT, "$1 $2"))


def _known(lists: Mapping[str, Any]) -> dict[str, State]:
    """Folded word to state; the words of opt-out files go before those of flags."""
    answers, own = lists.get("opt_out_words", {}), lists.get("optout_files", {}).get("words", {})
    plain = set(answers.get("assent", ()))
    found: dict[str, State] = {}
    found |= dict.fromkeys(_folded(tuple(word for word in answers.get("yes", ()) if word not in plain)), "stop")
    found |= dict.fromkeys(_folded(tuple(answers.get("permits", ()))), "no")
    found |= dict.fromkeys(_folded(tuple(answers.get("blank", ()))), "blank")
    for state in ("weakly_no", "no", "bounce", "stop", "complaint"):
        found |= dict.fromkeys(_folded(tuple(own.get(state, ()))), state)
    return found


@lru_cache(maxsize=64)
def _folded(listed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in fold_words(listed) if word)
