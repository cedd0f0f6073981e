"""Numbers as lists write them (1,200; 1.2M; 51-200; 10,001+; under 50): spans from the least to the most they mean."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["MOST", "span", "within"]

MOST: Final = 2**62  # an end that is open
_NUMBER: Final = r"(\d{1,3}(?:[ ,.'\u{2019}\u{00A0}\u{202F}]\d{3})+|\d{1,15})(?:[.,](\d{1,2}))?"
_SCALE: Final = r"\s*(k|tsd|m|mn|mio|mln|million|millionen|millions|bn|b|billion|mrd|milliarden)?\.?"
_ONE: Final = rf"(?:{_NUMBER}{_SCALE})"
_BEFORE: Final = r"^[^\d<>-]*?"  # a currency, "about"
_UNIT: Final = r"(?:\s*[^\d\s+][^\d+]*)?$"  # employees, EUR
_SINGLE: Final = rf"{_BEFORE}{_ONE}{_UNIT}"
_SPAN: Final = (
    rf"{_BEFORE}{_ONE}\s*(?:-|\u{{2013}}|\u{{2014}}|to|bis|a|à|hasta|tot|and|und)\s*[^\d]{{0,4}}{_ONE}{_UNIT}"
)
_LEAST: Final = (
    rf"(?:{_BEFORE}{_ONE}\s*(?:\+|or more|and more|and above|und mehr|et plus)|"
    rf"^\s*(?:>=?|(?:over|more than|at least|ab|mehr als|\u{{00FC}}ber|plus de|m\u{{00E1}}s de)\b)"
    rf"\s*[^\d]{{0,4}}{_ONE})"
)
_LESS: Final = (
    rf"^\s*(?:<=?|(?:under|below|less than|up to|unter|bis|bis zu|weniger als|moins de|menos de)\b)"
    rf"\s*[^\d]{{0,4}}{_ONE}{_UNIT}"
)
_SCALES: Final = {
    **dict.fromkeys(("k", "tsd"), 1_000),
    **dict.fromkeys(("m", "mn", "mio", "mln", "million", "millionen", "millions"), 1_000_000),
    **dict.fromkeys(("bn", "b", "billion", "mrd", "milliarden"), 1_000_000_000),
}


def span(cell: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The least and the most a cell can mean, as whole numbers; both null where it is no number."""
    text = cell.str.to_lowercase().str.strip_chars()
    is_span, is_least, is_less = text.str.contains(_SPAN), text.str.contains(_LEAST), text.str.contains(_LESS)
    low = (
        pl.when(is_span)
        .then(_value(text, _SPAN, 1))
        .when(is_least)
        .then(pl.coalesce(_value(text, _LEAST, 1), _value(text, _LEAST, 4)))
        .when(is_less)
        .then(pl.lit(0))
        .otherwise(_value(text, _SINGLE, 1))
    )
    high = (
        pl.when(is_span)
        .then(_value(text, _SPAN, 4))
        .when(is_least)
        .then(pl.lit(MOST))
        .when(is_less)
        .then(_value(text, _LESS, 1))
        .otherwise(_value(text, _SINGLE, 1))
    )
    return low, high


def within(low: pl.Expr, high: pl.Expr, least: int | None, most: int | None) -> pl.Expr:
    """Whether a span lies in the range asked for: yes, no, or null where only a part of it does."""
    bottom, top = 0 if least is None else least, MOST if most is None else most
    return (
        pl.when((low >= bottom) & (high <= top))
        .then(pl.lit(value=True))
        .when((high < bottom) | (low > top))
        .then(pl.lit(value=False))
    )


def _value(text: pl.Expr, pattern: str, group: int) -> pl.Expr:
    """The number that a pattern finds from a group on: digits, decimals, scale."""
    digits = text.str.extract(pattern, group).str.replace_all(r"\D", "").cast(pl.Int64, strict=False)
    decimals = text.str.extract(pattern, group + 1)
    scale = text.str.extract(pattern, group + 2).replace_strict(_SCALES, default=1, return_dtype=pl.Int64)
    tenths = pl.lit(10).pow(decimals.str.len_chars().fill_null(0))
    part = decimals.cast(pl.Int64, strict=False).fill_null(0) * scale // tenths
    return digits * scale + part.cast(pl.Int64)
