"""Folded text, for comparison only: no case, no accents, no compatibility forms. What is shown is never folded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ACCENTS", "LETTERS", "fold", "fold_words", "words"]

# Letters that Unicode does not decompose, in the spelling people use where they cannot type them.
LETTERS: Final = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "\u0131": "i",  # the dotless i of Turkish
}
# Marks of Latin, Greek and Cyrillic. Vowel signs of other scripts are letters to their readers and stay.
ACCENTS: Final = r"[\u0300-\u036F]"
_NO_WORD: Final = r"[^\p{L}\p{M}\p{N}]+"
_NO_PLAIN_WORD: Final = re.compile(r"[^a-z0-9]+")
# Made once: an expression is built for every column, and building lists of words is most of that.
_SPELLED: Final = (pl.lit(list(LETTERS)), pl.lit(list(LETTERS.values())))


def fold(text: pl.Expr) -> pl.Expr:
    """Lower case, compatibility forms resolved (NFKD), accents off, `ß` as `ss`; everything else stays. Null stays."""
    plain = text.str.normalize("NFKD").str.replace_all(ACCENTS, "").str.normalize("NFC").str.to_lowercase()
    return plain.str.replace_many(*_SPELLED)


def words(text: pl.Expr) -> pl.Expr:
    """Folded words: everything but letters and digits becomes one blank, none at the ends. Null stays null."""
    return fold(text).str.replace_all(_NO_WORD, " ").str.strip_chars(" ")


def fold_words(texts: Sequence[str]) -> list[str]:
    """:func:`words` of each of a few texts, such as headers or word lists; plain ASCII needs no frame for it."""
    if all(text.isascii() for text in texts):
        return [_NO_PLAIN_WORD.sub(" ", text.lower()).strip(" ") for text in texts]
    series = pl.Series("text", list(texts), dtype=pl.String)
    return series.to_frame().select(words(pl.col("text"))).to_series().to_list()
