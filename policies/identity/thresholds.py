"""Scored pairs -> what follows: merged, shown to a human, or enough for an opt-out to pass (design D11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from policies.identity.columns import MERGE, REVIEW, SUPPRESS

if TYPE_CHECKING:
    from policies.identity.model import Model

__all__ = ["link_kind", "mergeable"]


def mergeable(model: Model, threshold: int | None = None) -> pl.Expr:
    """The pair scores high enough to be merged (``threshold``: millibits, else the model's), nothing forbids it."""
    least = model.thresholds.merge if threshold is None else threshold
    return (pl.col("millibits") >= least) & (pl.col("veto") == 0)


def link_kind(model: Model, *, refused: pl.Expr | None = None, threshold: int | None = None) -> pl.Expr:
    """``merge``, ``review`` or ``suppress``; null for pairs that mean nothing.

    ``refused`` says that the repair of clusters kept the two apart. What would be merged but for a veto or the repair
    is shown to a human; merge and review let an opt-out pass as well.
    """
    merged = mergeable(model, threshold)
    kept = merged if refused is None else merged & ~refused
    return (
        pl.when(kept)
        .then(pl.lit(MERGE))
        .when(pl.col("millibits") >= model.thresholds.review)
        .then(pl.lit(REVIEW))
        .when(pl.col("millibits") >= model.thresholds.suppress)
        .then(pl.lit(SUPPRESS))
    )
