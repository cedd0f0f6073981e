"""Numbers as registries write them -> E.164 as integers, millions at a time.

The plan of the registry's country says how numbers are written at home. A cell in pure digits is a matter of
arithmetic; only cells with other signs in them are looked at as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PHONE", "international", "phone_integers"]

PHONE: Final = "e164"  # the column that comes out; null: no number can be read
_TEXT: Final = "text"
_SIGNS: Final = r"\(0\)|\.0+$|[\s\u{a0}\u{2010}-\u{2015}().\-/\"'\u{2019}=]"
_SHORTEST: Final = 7  # digits of a number with its calling code; E.164 allows 15 at most
_LONGEST: Final = 15


def international(cells: pl.Series, plan: Mapping[str, Any] | None) -> pl.Series:
    """A column of numbers, as texts or integers, in E.164 as integers; null where a cell is none.

    ``plan`` has ``calling_code, trunk, lengths, first`` of the registry's country; without it only what begins with a
    plus or 00 can be read. Blank cells are null as well.
    """
    frame = cells.cast(pl.String).str.strip_chars().alias(_TEXT).to_frame()
    read = frame.select(_read(pl.col(_TEXT), plan))
    again = read.get_column(PHONE).is_null() & (frame.get_column(_TEXT).fill_null("") != "")
    if not again.any():
        return read.get_column(PHONE)
    rest = frame.filter(again).select(pl.col(_TEXT).str.replace_all(_SIGNS, ""))
    mended = rest.select(_read(pl.col(_TEXT), plan)).get_column(PHONE)
    return read.get_column(PHONE).scatter(again.arg_true(), mended)


def phone_integers(phones: pl.Expr) -> pl.Expr:
    """Numbers in E.164 with their plus as integers."""
    return phones.str.slice(1).cast(pl.UInt64, strict=False)


def _read(text: pl.Expr, plan: Mapping[str, Any] | None) -> pl.Expr:
    """Digits with at most a plus before them, read by the plan."""
    plus = text.str.starts_with("+")
    body = pl.when(plus).then(text.str.slice(1)).otherwise(text)
    # a second plus or a minus would be read as a sign
    value = pl.when(~body.str.contains("^[+-]")).then(body.cast(pl.UInt64, strict=False))
    digits = body.str.len_bytes()
    abroad = ~plus & body.str.starts_with("00")
    whole = pl.when(plus).then(digits).when(abroad).then(digits - 2)
    full = whole.is_between(_SHORTEST, _LONGEST) & (value >= pl.lit(10, dtype=pl.UInt64).pow(whole - 1))
    found = _of_plan(pl.when(full).then(value), whole, plan)
    return pl.coalesce(found, _at_home(body, value, digits, plus | abroad, plan)).alias(PHONE)


def _of_plan(found: pl.Expr, whole: pl.Expr, plan: Mapping[str, Any] | None) -> pl.Expr:
    """A number with its calling code; one of the plan's own country must be as long as its numbers are.

    A trunk prefix behind the calling code, where none belongs, is left out.
    """
    if plan is None:
        return found
    code, width = int(plan["calling_code"]), len(str(plan["calling_code"]))
    own = found // pl.lit(10, dtype=pl.UInt64).pow(whole - width) == code
    as_long = whole.is_in([width + length for length in plan["lengths"]])
    read: pl.Expr = pl.when(~own | as_long).then(found)
    for length in plan["lengths"] if plan["trunk"] else ():
        rest = found % 10 ** (length + 1)
        trunk = own & ~as_long & (whole == width + length + 1) & (rest < 10**length)
        read = pl.when(trunk).then(code * 10**length + rest).otherwise(read)
    return read


def _at_home(
    body: pl.Expr, value: pl.Expr, digits: pl.Expr, elsewhere: pl.Expr, plan: Mapping[str, Any] | None
) -> pl.Expr:
    """What a cell without plus and 00 means: a number with its calling code, or one as dialled at home."""
    if plan is None:
        return pl.lit(None, dtype=pl.UInt64)
    code, trunk, first = str(plan["calling_code"]), str(plan["trunk"]), int(plan["first"])
    found: pl.Expr = pl.lit(None, dtype=pl.UInt64)
    for length in plan["lengths"]:
        own = value % 10**length
        begins = (own // 10 ** (length - 1)) >= first
        with_code = (digits == length + len(code)) & (value // 10**length == int(code))
        plain = (digits == length) & (not trunk or ~body.str.starts_with(trunk))
        dialled = (digits == length + len(trunk)) & body.str.starts_with(trunk) if trunk else pl.lit(value=False)
        fits = ~elsewhere & (with_code | plain | dialled) & begins
        found = pl.when(fits).then(int(code) * 10**length + own).otherwise(found)
    return found
