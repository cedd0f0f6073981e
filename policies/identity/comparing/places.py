"""Comparisons of organisations and towns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.comparing.pairs import both, differ, same, similarity

if TYPE_CHECKING:
    from policies.identity.comparing.pairs import Conditions
    from policies.identity.model import Comparison

__all__ = ["city", "organisation"]

_LIKE_COMPANY: Final = 0.90


def organisation(comparison: Comparison) -> Conditions:
    """Organisations: all clues say one thing, so only the strongest counts and none is added to another."""
    del comparison
    shared_number = pl.col("number.shared")
    return {
        "same": same("org"),
        "company": same("company_key"),
        "switchboard": shared_number,
        "shared_mailbox": pl.col("mailbox.shared"),
        "similar": similarity("company_key", "jaro_winkler") >= _LIKE_COMPANY,
        "different": both("company_key"),
    }


def city(_: Comparison) -> Conditions:
    """Towns, which say something only where the organisations do not agree: its people live where it is."""
    return {"same": same("city") & (pl.col("organisation_millibits") <= 0), "different": differ("city")}
