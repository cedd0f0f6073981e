"""What stands in single cells: several contact points at once, whole numbers, days, days of birth, bounces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import words
from policies.patterns import NOTHING, any_pattern, literal_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["GAP", "age", "bare_cells", "birthday", "bounce", "day", "number", "parts_of"]

_FORMULA_SHELL: Final = r'(?s)^\s*="(.*)"\s*$'
_INTEGER: Final = r"^\d{1,9}$|^\d{1,3}(?:[ ,.'\u{2019}\u{00A0}\u{202F}]\d{3}){1,2}$"
_ISO_DAY: Final = r"^\s*(\d{4}-\d{2}-\d{2})(?:[T\s].*)?$"
_DOTTED_DAY: Final = r"^\s*(\d{1,2}\.\d{1,2}\.\d{4})(?:\s.*)?$"
_SLASHED_DAY: Final = r"^\s*(\d{1,2}[/-]\d{1,2}[/-]\d{4})(?:\s.*)?$"
_YEAR: Final = r"^\s*((?:19|20)\d{2})(?:\.0)?\s*$"
GAP: Final = "\u241e"  # a sign that stands in no cell, between the parts of one
_OLDEST: Final = 130  # years; what is more is nobody's age
_PARTS_OF_A_YEAR: Final = r"[.,]\d+|\d+\s*(?i:m\b|mon|mois|mes|maand|m\u{00E5}n)"  # "12.5", "15 years 3 months"
_NO_AGE: Final = r"\d{4}|\d[./-]\d+[./-]\d"  # a year, a day, an amount
_BELOW: Final = r"^\s*<\s*1[0-8]\s*$"
_MINOR: Final = 17


def bare_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows without the shell of a formula that some programs write around every text: ``="Jane"`` is ``Jane``.

    The frame itself where no cell has one.
    """
    texts = [name for name, kind in rows.schema.items() if kind == pl.String]
    found = [name for name in texts if rows.get_column(name).str.starts_with('="').any()]
    return rows.with_columns(pl.coalesce(_bare(pl.col(name)), name).alias(name) for name in found) if found else rows


def _bare(text: pl.Expr) -> pl.Expr:
    return text.str.extract(_FORMULA_SHELL, 1).str.replace_all('""', '"', literal=True)


def number(cell: pl.Expr) -> pl.Expr:
    """A whole number; a range or a word is unknown."""
    bare = cell.str.strip_chars().str.replace(r"\.0$", "")
    return pl.when(bare.str.contains(_INTEGER)).then(bare.str.replace_all(r"\D", "").cast(pl.Int64, strict=False))


def age(cell: pl.Expr, ages: Mapping[str, Sequence[str]]) -> pl.Expr:
    """An age in years: of several numbers in a cell ("16-24", "aged 17") the lowest, for "under 18" and its like 17.

    ``ages`` is the table of that name of the rule data: words and patterns for ``under_age``, and what denies it. A
    year or a day is no age.
    """
    word = words(cell)
    left = word.str.replace_all(any_pattern(ages.get("not_under_age_patterns", ())), " ")
    is_below = (
        word.is_in(list(ages.get("under_age", ())))
        | left.str.contains(any_pattern(ages.get("under_age_patterns", ())))
        | cell.str.contains(_BELOW)
    )
    below = pl.when(is_below).then(pl.lit(_MINOR, dtype=pl.Int64))
    years = (
        cell.str.replace_all(_PARTS_OF_A_YEAR, " ")
        .str.extract_all(r"\d+")
        .list.eval(pl.element().cast(pl.Int64, strict=False))
    )
    lowest = years.list.eval(pl.element().filter(pl.element() <= _OLDEST)).list.min()
    stated = pl.coalesce(number(cell), pl.when(~cell.str.contains(_NO_AGE)).then(lowest))
    return pl.min_horizontal(below, stated)


def day(cell: pl.Expr) -> pl.Expr:
    """A day in a spelling that has one reading; 03/04/2026 has two and is unknown."""
    iso = cell.str.extract(_ISO_DAY, 1).str.to_date("%Y-%m-%d", strict=False)
    return pl.coalesce(iso, cell.str.extract(_DOTTED_DAY, 1).str.to_date("%d.%m.%Y", strict=False))


def birthday(cell: pl.Expr) -> pl.Expr:
    """A day of birth; where it can be read in two ways, or is a year alone, the later day, which makes nobody older."""
    slashed = cell.str.extract(_SLASHED_DAY, 1).str.replace_all("-", "/")
    either = pl.max_horizontal(
        slashed.str.to_date("%d/%m/%Y", strict=False), slashed.str.to_date("%m/%d/%Y", strict=False)
    )
    year = (cell.str.extract(_YEAR, 1) + "-12-31").str.to_date("%Y-%m-%d", strict=False)
    return pl.coalesce(day(cell), either, year)


def bounce(cell: pl.Expr, lists: Mapping[str, Any], known: Mapping[str, str]) -> pl.Expr:
    """``yes`` where a column about bounces says anything but no: a word, a reason, a day, a count; else null.

    ``known`` says what folded cells mean (yes, no or blank) before the words of the rule data do.
    """
    word = words(cell)
    stated = word.replace_strict(dict(known), default=None, return_dtype=pl.String)
    listed = lists.get("bounce_words", {}).get("no", ())
    none = pl.Series("word", list(listed), dtype=pl.String).to_frame().select(words(pl.col("word"))).to_series()
    arrives = pl.when(word.is_in(none.implode()) | (word == "")).then(pl.lit("no")).otherwise(pl.lit("yes"))
    said = pl.coalesce(stated, arrives)
    return pl.when(cell.is_not_null() & (said == "yes")).then(pl.lit("yes"))


def parts_of(cells: pl.Series, channel: str, lists: Mapping[str, Any], separators: Sequence[str]) -> pl.DataFrame:
    """``cell, parts`` of every different cell with several contact points of a channel; parts with ``GAP`` between.

    A cell is parted only where every part is one by its looks; ``separators`` are those of a layout, to which the rule
    data adds. Cells that hold one are left out.
    """
    settings = lists.get("several_values", {})
    patterns = settings.get("separator_patterns", ())
    text = cells.cast(pl.String).drop_nulls()
    # Most cells hold nothing that divides; they are passed over before anything is done with each of them.
    may = any_pattern([*patterns, *map(literal_pattern, separators)])
    unique = pl.DataFrame({"cell": text.filter(text.str.contains(may)).unique().sort()})
    divided = pl.col("cell")
    for separator in separators:
        divided = divided.str.replace_all(separator, GAP, literal=True)
    for pattern in patterns:
        divided = divided.str.replace_all(pattern, GAP)
    found = unique.select("cell", divided.alias("divided")).filter(pl.col("divided").str.contains(GAP, literal=True))
    parts = (
        pl.col("divided")
        .str.split(GAP)
        .list.eval(pl.element().str.strip_chars())
        .list.eval(pl.element().filter(pl.element() != ""))
    )
    whole = settings.get(f"{channel}_pattern", NOTHING)
    return (
        found.select("cell", parts.alias("parts"))
        .filter(pl.col("parts").list.len() > 0)
        .filter(pl.col("parts").list.eval(pl.element().str.contains(whole)).list.all())
        .with_columns(pl.col("parts").list.unique(maintain_order=True).list.join(GAP))
    )
