"""Comparisons of organisations and towns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.comparing.pairs import both, differ, of_a, of_b, same, similarity

if TYPE_CHECKING:
    from policies.identity.comparing.pairs import Conditions
    from policies.identity.model import Comparison

__all__ = ["city", "country", "organisation"]

_LONG_COMPANY: Final = 10  # letters from which several slips of the pen leave a name recognisable
_SLIPS: Final = 2
_TELLING_COMPANY: Final = 6  # letters from which the beginning of a name says something


def organisation(comparison: Comparison) -> Conditions:
    """Organisations: all clues say one thing, so only the strongest counts and none is added to another.

    Names that are merely alike are asked of two rows of which one at least has no domain of its own: Deutsche Bank and
    Deutsche Bahn are a letter apart, and their domains say that they are two. Figures are no spelling.
    """
    del comparison
    one_home = ~(both("work_domain") & differ("org"))
    homed = of_a("org").ne_missing(of_a("company_key")) | of_b("org").ne_missing(of_b("company_key"))
    return {
        "same": same("org"),
        "company": same("company_key"),
        "switchboard": pl.col("number.shared"),
        "shared_mailbox": pl.col("mailbox.shared"),
        "similar": one_home & _like("company_key", "company_figures"),
        "stem": homed & (same("org_stem") | (one_home & _like("org_stem", "org_figures"))),
        "dial_block": differ("number") & same("dial_block"),
        "different": both("company_key") | (differ("org") & differ("org_figures")),
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


def _like(column: str, figures: str) -> pl.Expr:
    """One name but for a slip of the pen, or for words left off at the end."""
    slips = similarity(column, "osa")
    long = pl.min_horizontal(of_a(column).str.len_bytes(), of_b(column).str.len_bytes()) >= _LONG_COMPANY
    return of_a(figures).eq_missing(of_b(figures)) & ((slips <= 1) | (long & (slips <= _SLIPS)) | _begins_with(column))


def _begins_with(column: str) -> pl.Expr:
    """The shorter of two names is how the longer begins: words were left off."""
    one, other = of_a(column), of_b(column)
    begins = one.str.starts_with(other) | other.str.starts_with(one)
    return begins & (pl.min_horizontal(one.str.len_bytes(), other.str.len_bytes()) >= _TELLING_COMPANY)
