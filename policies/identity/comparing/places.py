"""Comparisons of organisations and towns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.comparing.pairs import both, differ, of_a, of_b, same, similarity

if TYPE_CHECKING:
    from policies.identity.comparing.pairs import Conditions
    from policies.identity.model import Comparison

__all__ = ["city", "country", "organisation"]

_LIKE_COMPANY: Final = 0.90
_LIKE_STEM: Final = 0.95
_TELLING_COMPANY: Final = 6  # letters from which the beginning of a name says something


def organisation(comparison: Comparison) -> Conditions:
    """Organisations: all clues say one thing, so only the strongest counts and none is added to another."""
    del comparison
    shared_number = pl.col("number.shared")
    return {
        "same": same("org"),
        "company": same("company_key"),
        "switchboard": shared_number,
        "shared_mailbox": pl.col("mailbox.shared"),
        "similar": (similarity("company_key", "jaro_winkler") >= _LIKE_COMPANY) | _begins_with("company_key"),
        "stem": same("org_stem") | (similarity("org_stem", "jaro_winkler") >= _LIKE_STEM) | _begins_with("org_stem"),
        "dial_block": differ("number") & same("dial_block"),
        "different": both("company_key"),
    }


def city(_: Comparison) -> Conditions:
    """Towns, which say something only where the organisations do not agree: its people live where it is."""
    return {
        "elsewhere": same("city") & pl.col("organisation.different"),
        "same": same("city") & (pl.col("organisation_millibits") <= 0),
        "different": differ("city"),
    }


def country(_: Comparison) -> Conditions:
    """Countries, which say something where the organisations do not agree: most stay where they are."""
    apart = pl.col("organisation_millibits") <= 0
    return {"same": apart & same("country"), "different": apart & differ("country")}


def _begins_with(column: str) -> pl.Expr:
    """The shorter of two names is how the longer begins: words were left off."""
    one, other = of_a(column), of_b(column)
    begins = one.str.starts_with(other) | other.str.starts_with(one)
    return begins & (pl.min_horizontal(one.str.len_bytes(), other.str.len_bytes()) >= _TELLING_COMPANY)
