"""The order of a name as the mailbox beside it tells it: ``Moore Susan`` who writes from ``susan.moore@``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from policies.identity.preparing.lexicon import Lexicon

__all__ = ["mailbox_turns"]

_SHORTEST: Final = 3  # letters of a name that is told from a local part


def mailbox_turns(lexicon: Lexicon) -> pl.Expr:
    """Whether a name read as ``given, surname`` stands in the other order.

    Reads ``local`` (the local part), ``given, middle, surname`` and ``sure`` (the name says its order itself). Given
    names come first in most local parts; against a known given name in front of an unknown surname that is not enough.
    A surname that is a given name and nothing else, behind a name that is none, turns the name unless the mailbox says
    otherwise.
    """
    given, surname, local = pl.col("given"), pl.col("surname"), pl.col("local")
    long = (given.str.len_bytes() >= _SHORTEST) & (surname.str.len_bytes() >= _SHORTEST)
    known, alone = list(lexicon.given_names), list(lexicon.given_only)
    as_read = given.is_in(known) & ~surname.is_in(alone)
    other = surname.is_in(alone) & ~given.is_in(known)
    against = (_says(local, given, surname) | (local == given)).fill_null(value=False)
    # Three words, of which the mailbox names the second and the first: "Barth Alexei Urban".
    middle = (
        local.str.starts_with(pl.col("middle"))
        & local.str.ends_with(given)
        & ~local.str.contains(surname, literal=True)
    )
    other_way = _says(local, surname, given).fill_null(value=False) | middle.fill_null(value=False)
    backwards = other_way & ~against
    misplaced = given.is_in(list(lexicon.surnames)) & surname.is_in(known)
    told = (backwards & ~as_read) | (other & ~against) | misplaced
    return (~pl.col("sure") & long & told).fill_null(value=False)


def _says(local: pl.Expr, first: pl.Expr, second: pl.Expr) -> pl.Expr:
    """Whether a local part is made of these names in this order."""
    return (local == first + second) | (local == first.str.head(1) + second)
