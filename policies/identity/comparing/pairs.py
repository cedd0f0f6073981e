"""The vocabulary comparisons are written in: columns of the two records of a pair.

A column ``surname`` of the records stands in a frame of pairs twice, as ``surname_a`` and ``surname_b``; a similarity
of two texts stands there as ``surname~jaro_winkler``, null where they are equal or one is missing.
"""

from __future__ import annotations

from typing import TypeAlias

import polars as pl

__all__ = ["Conditions", "both", "crossed", "differ", "either", "of_a", "of_b", "one_only", "same", "similarity"]

Conditions: TypeAlias = "dict[str, pl.Expr]"


def of_a(column: str) -> pl.Expr:
    """``column`` of the first record."""
    return pl.col(f"{column}_a")


def of_b(column: str) -> pl.Expr:
    """``column`` of the second record."""
    return pl.col(f"{column}_b")


def both(column: str) -> pl.Expr:
    """Both records have it."""
    return of_a(column).is_not_null() & of_b(column).is_not_null()


def one_only(column: str) -> pl.Expr:
    """One record has it, the other does not."""
    return of_a(column).is_null() ^ of_b(column).is_null()


def same(column: str) -> pl.Expr:
    """Both have it, and it is the same."""
    return (of_a(column) == of_b(column)).fill_null(value=False)


def differ(column: str) -> pl.Expr:
    """Both have it, and it is not the same."""
    return (of_a(column) != of_b(column)).fill_null(value=False)


def crossed(one: str, other: str) -> pl.Expr:
    """The one column of each record is the other column of the other record."""
    return ((of_a(one) == of_b(other)) & (of_a(other) == of_b(one))).fill_null(value=False)


def either(column: str) -> pl.Expr:
    """A Boolean column is true in one record at least."""
    return of_a(column).fill_null(value=False) | of_b(column).fill_null(value=False)


def similarity(column: str, scorer: str) -> pl.Expr:
    """How alike two differing texts are by a scorer of RapidFuzz (:mod:`policies.identity.comparing.similarities`)."""
    return pl.col(f"{column}~{scorer}")
