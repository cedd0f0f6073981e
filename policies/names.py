"""Names of people: shown byte for byte as the list spells them, folded only in keys.

Nothing here invents, mends or recases a name (practice P7). ``Last, First`` is turned for the key and the greeting,
titles and letters after the name are kept out of both, and a name without blanks is one whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["NameWords", "fold", "name_columns", "surname_key"]

_NO_LETTER: Final = r"[^\p{L}\p{M}]+"
_INSIDE: Final = r"[.\s\-]*"  # what may stand between the words of "dipl ing"
_COMMA: Final = r"[,\u{FF0C}]"
_OTHER: Final = r"[^,\u{FF0C}]"
_TURNED: Final = rf"^({_OTHER}*){_COMMA}({_OTHER}*)$"


@dataclass(frozen=True, slots=True)
class NameWords:
    """Patterns for the words around names, made of ``[lists.names]`` of the rule data."""

    titles: str
    suffixes: str
    particles: str

    @classmethod
    def from_lists(cls, lists: Mapping[str, Any]) -> NameWords:
        """Read ``names.titles, names.suffixes, names.particles``; a list that is missing matches nothing."""
        table = lists.get("names", {})
        return cls(
            titles=rf"(?i)^\s*(?:(?:{_any_of(table.get('titles', ()))})(?:\.\s*|\s+))+",
            suffixes=rf"(?i)(?:(?:\s*{_COMMA}\s*|\s+)(?:{_any_of(table.get('suffixes', ()))})\.?)+\s*$",
            particles=rf"(?i)\s((?:(?:{_any_of(table.get('particles', ()))})\s+)*\S+)$",
        )


def surname_key(surname: pl.Expr) -> pl.Expr:
    """Folded surname, letters only, particles kept: ``van Möller`` becomes ``vanmoller``. Null where none is left."""
    key = fold(surname).str.replace_all(_NO_LETTER, "")
    return pl.when(key != "").then(key)


def name_columns(full: pl.Expr, given: pl.Expr, family: pl.Expr, greeting: pl.Expr, words: NameWords) -> list[pl.Expr]:
    """The name columns of a record from the cells a list has; each argument is text or null, blank cells are null.

    Yields ``full_name, given_name, family_name, salutation_name, surname_key``. Cells stay as spelled; parts are read
    from a full name only where it says itself which is which, by a comma. ``greeting`` is a column of preferred names.
    """
    in_parts = given.is_not_null() | family.is_not_null()
    is_turned = ~in_parts & _is_turned(full, words)
    turned_family = pl.when(is_turned).then(_part(full, words, 1))
    turned_given = pl.when(is_turned).then(_part(full, words, 2))
    full_name = pl.coalesce(full, given + " " + family, given, family)
    surname = pl.coalesce(_bare(family, words), turned_family, _last_name(full, words))
    greet = pl.coalesce(_filled(greeting), _filled(_untitled(given, words)), turned_given, full_name.str.strip_chars())
    return [
        full_name.alias("full_name"),
        pl.coalesce(given, turned_given).alias("given_name"),
        pl.coalesce(family, turned_family).alias("family_name"),
        greet.alias("salutation_name"),
        surname_key(surname).alias("surname_key"),
    ]


def _any_of(entries: Iterable[str]) -> str:
    """One pattern for a word list, the longest entries first; of an empty list, one that never matches."""
    patterns = (_INSIDE.join(map(re.escape, entry.split())) for entry in sorted(entries, key=len, reverse=True))
    return "|".join(patterns) or r"[^\s\S]"


def _filled(text: pl.Expr) -> pl.Expr:
    bare = text.str.strip_chars()
    return pl.when(bare != "").then(bare)


def _untitled(name: pl.Expr, words: NameWords) -> pl.Expr:
    # The blank at the end lets a cell that is a title and nothing else come out empty.
    return (name.str.strip_chars() + " ").str.replace(words.titles, "")


def _bare(name: pl.Expr, words: NameWords) -> pl.Expr:
    """A name without titles before and letters after it; null where nothing else stood there."""
    return _filled(_untitled(name.str.replace(words.suffixes, ""), words))


def _is_turned(full: pl.Expr, words: NameWords) -> pl.Expr:
    """Whether a name reads ``Last, First``: one comma with a name on both sides, letters after the name aside."""
    return _part(full, words, 1).is_not_null() & _part(full, words, 2).is_not_null()


def _part(full: pl.Expr, words: NameWords, half: int) -> pl.Expr:
    """The text before (1) or after (2) the only comma, titles off; null where there is none."""
    return _filled(_untitled(full.str.replace(words.suffixes, "").str.extract(_TURNED, half), words))


def _last_name(full: pl.Expr, words: NameWords) -> pl.Expr:
    """The last word of a full name with the particles before it; a name of one word whole."""
    bare = _bare(full, words)
    return pl.coalesce(bare.str.extract(words.particles, 1), bare)
