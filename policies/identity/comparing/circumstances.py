"""Comparisons of what stands around a pair: the lists it comes from, people of one name in one organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from policies.identity.comparing.pairs import of_a, of_b, same

if TYPE_CHECKING:
    from policies.identity.comparing.pairs import Conditions
    from policies.identity.model import Comparison

__all__ = ["namesakes", "one_list"]


def one_list(_: Comparison) -> Conditions:
    """Both stand on one list, which seldom has a person twice."""
    return {"same": same("source")}


def namesakes(_: Comparison) -> Conditions:
    """The name is known to stand for two people in this organisation, and no own contact point says which."""
    known = pl.max_horizontal(of_a("name_rivals"), of_b("name_rivals")) > 0
    return {"known": known & ~pl.col("mailbox.work") & ~pl.col("mailbox.private") & ~pl.col("number.own")}
