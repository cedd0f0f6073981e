"""Comparisons of any field, driven wholly by the model file: texts, figures, dates, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.identity.comparing.pairs import both, crossed, of_a, of_b, same, similarity

if TYPE_CHECKING:
    import polars as pl

    from policies.identity.comparing.pairs import Conditions
    from policies.identity.model import Comparison

__all__ = ["dates", "digits", "exact", "numbers", "similar"]


def exact(comparison: Comparison) -> Conditions:
    """The same or not."""
    field = comparison.options["field"]
    return {"same": same(field), "different": both(field)}


def similar(comparison: Comparison) -> Conditions:
    """Texts by Jaro-Winkler similarity: every level with a limit holds from that similarity on."""
    return _graded(comparison, similarity(comparison.options["field"], "jaro_winkler"), rising=True)


def digits(comparison: Comparison) -> Conditions:
    """Figures by edits (optimal string alignment): every level with a limit holds up to that many edits."""
    return _graded(comparison, similarity(comparison.options["field"], "osa"), rising=False)


def dates(comparison: Comparison) -> Conditions:
    """Dates as eight digits, by edits as :func:`digits`: two neighbouring figures swapped are one edit."""
    return _graded(comparison, similarity(comparison.options["field"], "osa"), rising=False)


def numbers(comparison: Comparison) -> Conditions:
    """Numbers by absolute difference: every level with a limit holds up to that difference."""
    field = comparison.options["field"]
    return _graded(comparison, (of_a(field) - of_b(field)).abs(), rising=False)


def _graded(comparison: Comparison, measure: pl.Expr, *, rising: bool) -> Conditions:
    field = comparison.options["field"]
    conditions = {"same": same(field)}
    if "crosses" in comparison.options:
        conditions["crossed"] = crossed(field, comparison.options["crosses"])
    for level in comparison.levels:
        if level.limit is not None:
            conditions[level.name] = measure >= level.limit if rising else measure <= level.limit
    return {**conditions, "different": both(field)}
