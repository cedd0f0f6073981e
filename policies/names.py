"""Names of people: shown byte for byte as the list spells them, folded only in keys.

Nothing here invents, mends or recases a name (practice P7). ``Last, First`` is turned for the key and the greeting;
titles, letters after the name, remarks in brackets and an organisation behind a dash are kept out of the key; a name in
a script that writes no blanks is one whole. What is no name at all (an address, a number, "n/a") is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold, words
from policies.patterns import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["NameWords", "fold", "surname_key", "with_names"]

_NO_LETTER: Final = r"[^\p{L}\p{M}]+"
_INSIDE: Final = r"[.\s\-]*"  # what may stand between the words of "dipl ing"
_COMMA: Final = r"[,\u{FF0C}]"
_OTHER: Final = r"[^,\u{FF0C}]"
_TURNED: Final = rf"^({_OTHER}*){_COMMA}({_OTHER}*)$"
_SEP: Final = r"(?:\.\s*|\s+)"  # what stands behind a title
_AND: Final = r"(?:(?:[&+/]\s*|(?:and|und|et|y|e|en|och)\s+))?"  # Mr & Mrs
# Remarks: (she/her), (Acme), and an organisation behind a dash or a bar with blanks around it.
_REMARK: Final = r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|\u{FF08}[^\u{FF08}\u{FF09}]*\u{FF09})\s*"
_BEHIND: Final = r"(\S)\s+(?:[\-\u{2013}\u{2014}|\u{2022}\u{00B7}/@]|\||at|bei|chez)\s+.*$"
_ADDRESS: Final = r"^\s*(?:mailto:)?<?[^\s<>]+@[^\s<>]+\.[^\s<>]+>?\s*$"
_WHOLE: Final = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_INITIALS: Final = r"^\p{Lu}\.?(?:[\s.\-]+\p{Lu}\.?){0,3}$"
_NAMES: Final = ("full", "given", "family", "greeting")
_CELLS: Final = ("n/a", "#n/a", "n.a.", "k.a.", "(blank)", "(none)", "[none]", "(null)")  # of a part: never a name


@dataclass(frozen=True, slots=True)
class NameWords:
    """Patterns for the words around names, made of ``[lists.names]`` of the rule data."""

    titles: str
    suffixes: str
    particles: str
    degrees: str = NOTHING
    no_given: str = NOTHING
    no_names: tuple[str, ...] = ()

    @classmethod
    def from_lists(cls, lists: Mapping[str, Any]) -> NameWords:
        """Read the word lists ``names.*``; a list that is missing matches nothing."""
        table = lists.get("names", {})
        title, degree = _any_of(table.get("titles", ())), _any_of(map(str.upper, table.get("degrees", ())))
        return cls(
            titles=rf"(?i)^\s*(?:{title})(?:{_SEP}{_AND}(?:{title}))*{_SEP}",
            suffixes=rf"(?i)(?:(?:\s*{_COMMA}\s*|\s+)(?:{_any_of(table.get('suffixes', ()))})\.?)+\s*$",
            particles=rf"(?i)\s((?:(?:{_any_of(table.get('particles', ()))})\s+)*\S+)$",
            degrees=rf"(?:(?:\s*{_COMMA}\s*|(\S\s+\S+)\s+)(?:{degree})\.?)+\s*$",
            no_given=rf"(?:^|\s)(?:{_any_of(table.get('no_given', ()))})(?:\s|$)",
            no_names=tuple(table.get("no_names", ())),
        )


def surname_key(surname: pl.Expr) -> pl.Expr:
    """Folded surname, letters only, particles kept: ``van Möller`` becomes ``vanmoller``. Null where none is left."""
    key = fold(surname).str.replace_all(_NO_LETTER, "")
    return pl.when(key != "").then(key)


def with_names(cells: pl.DataFrame, known: NameWords) -> pl.DataFrame:
    """Add the name columns of a record to ``cells``; rows keep their order.

    ``cells`` has ``full_cell, given_cell, family_cell, greeting_cell`` (a column of preferred names) and ``company``,
    text or null, blank cells null. Added are ``full_name, given_name, family_name, salutation_name, surname_key``.
    Cells stay as spelled; parts are read from a full name only where it says itself which is which, by a comma, and
    what equals the company is no part of a name. What names nobody is left out of the name that is shown.
    """
    read = _read_by_bare_names(_turned(_named(cells, known), known), known)
    greet = pl.coalesce(
        pl.col("greeting").str.strip_chars(),
        _to_greet(pl.coalesce("given", "first"), known),
        pl.coalesce("full", "joined").str.strip_chars(),
    )
    found = read.select(
        pl.coalesce("full", "joined").alias("full_name"),
        pl.coalesce("given_cell", "first").alias("given_name"),
        pl.coalesce("family_cell", "last").alias("family_name"),
        greet.alias("salutation_name"),
        surname_key(pl.coalesce("bare_family", "bare_last", "own_last")).alias("surname_key"),
    )
    return cells.with_columns(found.get_columns())


def _named(cells: pl.DataFrame, known: NameWords) -> pl.DataFrame:
    """``full, given, family, greeting, joined, company`` without what names nobody.

    A part that may be a name counts as none only where the other part is none.
    """
    parts = cells.select(
        *("company", "given_cell", "family_cell"), *(pl.col(f"{name}_cell").alias(name) for name in _NAMES)
    )
    judged = parts.with_columns(_is_nobody(pl.col(name), known).alias(f"no_{name}") for name in _NAMES)
    hollow = {name: _is_hollow(pl.col(name)) for name in ("given", "family")}
    return judged.with_columns(
        pl.when(~pl.col("no_full")).then("full").alias("full"),
        pl.when(~pl.col("no_greeting")).then("greeting").alias("greeting"),
        pl.when(~(hollow["given"] | (pl.col("no_given") & pl.col("no_family")))).then("given").alias("given"),
        pl.when(~(hollow["family"] | (pl.col("no_given") & pl.col("no_family")))).then("family").alias("family"),
    ).with_columns(pl.coalesce(pl.col("given") + " " + pl.col("family"), "given", "family").alias("joined"))


def _turned(named: pl.DataFrame, known: NameWords) -> pl.DataFrame:
    """Add ``first, last`` of a full name that reads ``Last, First``: one comma, letters after the name aside.

    Behind the comma must stand neither a position nor an organisation.
    """
    halves = named.with_columns(_unlettered(pl.col("full"), known).alias("plain")).with_columns(
        _filled(_untitled(pl.col("plain").str.extract(_TURNED, 1), known)).alias("last"),
        _filled(_untitled(pl.col("plain").str.extract(_TURNED, 2), known)).alias("first"),
    )
    is_turned = (
        pl.col("last").is_not_null()
        & pl.col("first").is_not_null()
        & pl.col("joined").is_null()
        & ~_is_elsewhere(pl.col("first"), known)
    )
    return halves.with_columns(pl.when(is_turned).then(name).alias(name) for name in ("first", "last"))


def _read_by_bare_names(turned: pl.DataFrame, known: NameWords) -> pl.DataFrame:
    """Add what the key is made of: ``bare_family, bare_last, own_last``.

    ``own_last`` is the last word of a full name with the particles before it; a name without blanks is one whole.
    """
    bare = turned.with_columns(
        _bare(pl.col("family"), known).alias("bare_family"),
        _bare(pl.col("last"), known).alias("bare_last"),
        _bare(pl.col("full"), known).alias("bare_full"),
    )
    front, behind = (pl.col("bare_full").str.extract(_TURNED, half) for half in (1, 2))
    own = bare.with_columns(
        pl.when(_is_elsewhere(behind, known)).then(_bare(front, known)).otherwise("bare_full").alias("own")
    )
    last = pl.coalesce(pl.col("own").str.extract(known.particles, 1), "own")
    return own.with_columns(pl.when(pl.col("own").str.contains(_WHOLE)).then("own").otherwise(last).alias("own_last"))


def _any_of(entries: Iterable[str]) -> str:
    """One pattern for a word list, the longest entries first; of an empty list, one that never matches."""
    patterns = (_INSIDE.join(map(re.escape, entry.split())) for entry in sorted(entries, key=len, reverse=True))
    return "|".join(patterns) or NOTHING


def _filled(text: pl.Expr) -> pl.Expr:
    bare = text.str.strip_chars()
    return pl.when(bare != "").then(bare)


def _is_nobody(name: pl.Expr, known: NameWords) -> pl.Expr:
    """Whether a cell names nobody: blank, an address, a number, a word for none, a title alone."""
    folded = words(name).str.replace_all(r"[\p{N}\s]+", " ").str.strip_chars(" ")
    return (
        ~name.str.contains(r"\p{L}")
        | name.str.contains(_ADDRESS)
        | folded.is_in(list(known.no_names))
        | _untitled(name, known).str.strip_chars().eq("")
    ).fill_null(value=True)


def _is_hollow(part: pl.Expr) -> pl.Expr:
    """Whether one part of a name is none whatever the other is."""
    placeholder = part.str.strip_chars().str.to_lowercase().is_in(_CELLS)
    return (~part.str.contains(r"\p{L}") | part.str.contains(_ADDRESS) | placeholder).fill_null(value=True)


def _untitled(name: pl.Expr, known: NameWords) -> pl.Expr:
    # The blank at the end lets a cell that is a title and nothing else come out empty.
    return (name.str.strip_chars() + " ").str.replace(known.titles, "")


def _unlettered(name: pl.Expr, known: NameWords) -> pl.Expr:
    """A name without letters after it; degrees that may be surnames only in capitals and behind two other words."""
    return name.str.replace(known.suffixes, "").str.replace(known.degrees, "$1").str.replace(known.suffixes, "")


def _bare(name: pl.Expr, known: NameWords) -> pl.Expr:
    """A name without titles before and letters or remarks after it; null where nothing else stood there."""
    plain = name.str.replace_all(_REMARK, " ").str.replace(_BEHIND, "$1")
    return _filled(_untitled(_unlettered(plain, known), known))


def _to_greet(given: pl.Expr, known: NameWords) -> pl.Expr:
    """A given name as one says it: without titles and remarks; null for initials and where nothing is left."""
    name = _filled(_untitled(given.str.replace_all(_REMARK, " "), known))
    return pl.when(~name.str.contains(_INITIALS)).then(name)


def _is_elsewhere(text: pl.Expr, known: NameWords) -> pl.Expr:
    """Whether what stands behind a comma is a position or an organisation rather than a given name."""
    theirs = text.str.strip_chars().str.to_lowercase() == pl.col("company").str.strip_chars().str.to_lowercase()
    return words(text).str.contains(known.no_given).fill_null(value=False) | theirs.fill_null(value=False)
