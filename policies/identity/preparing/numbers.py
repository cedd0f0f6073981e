"""Digits that telephone numbers are compared by, whatever the spelling."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["comparison_digits"]

_EXTENSION: Final = r"(?i)\s*(?:ext\.?|extension|x|durchwahl|dw|poste|int\.?|#)\s*\d{1,6}\s*$"
_NO_DIGIT: Final = r"\D"
_FEWEST: Final = 7
_KEPT: Final = 8  # country and trunk prefix aside, enough to tell lines apart


def comparison_digits(phone: pl.Expr) -> pl.Expr:
    """The last eight digits of a number, extension off; null where there are fewer than seven."""
    digits = phone.str.replace(_EXTENSION, "").str.replace_all(_NO_DIGIT, "")
    return pl.when(digits.str.len_bytes() >= _FEWEST).then(digits.str.tail(_KEPT))
