"""The fit score: the sum of what speaks for somebody, and its parts in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.fit.names import MET, label
from policies.rulebook.fit_words import AIMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Weight", "fit_parts", "fit_score", "weights_of"]

_PROPERTY_WEIGHT: Final = 1


@dataclass(frozen=True, slots=True)
class Weight:
    """What one fact is worth. An ``aim`` that nobody told may count yet; the other facts are always known."""

    fact: str
    points: int
    aim: bool

    @property
    def words(self) -> str:
        """The part as it is shown: ``function +3``."""
        return f"{label(self.fact)} {self.points:+d}"


def weights_of(settings: Mapping[str, Any]) -> list[Weight]:
    """What counts, the heaviest first: ``[fit_score]``, less the aims that are not set, and the properties."""
    target, stated = settings.get("fit", {}), settings.get("fit_score", {})
    asked = {fact for fact, keys in AIMS.items() if any(target.get(key) not in (None, []) for key in keys)}
    found = [
        Weight(fact, points, aim=fact in AIMS) for fact, points in stated.items() if fact in asked or fact not in AIMS
    ]
    found += [
        Weight(f"{MET}{table['name']}", table.get("weight", _PROPERTY_WEIGHT), aim=True)
        for table in target.get("property", ())
    ]
    return sorted((one for one in found if one.points), key=lambda one: (-abs(one.points), one.fact))


def fit_score(weights: Sequence[Weight]) -> pl.Expr:
    """Sum of the weights of the facts that hold; unknown counts nothing."""
    parts = [pl.col(one.fact).fill_null(value=False).cast(pl.Int64) * one.points for one in weights]
    return pl.sum_horizontal(parts) if parts else pl.lit(0, dtype=pl.Int64)


def fit_parts(weights: Sequence[Weight]) -> pl.Expr:
    """The parts of the score in words: ``target account +5, function +3; not told: size``. Empty for none."""
    holds = [pl.when(pl.col(one.fact)).then(pl.lit(one.words)) for one in weights]
    open_ = [pl.when(pl.col(one.fact).is_null()).then(pl.lit(label(one.fact))) for one in weights if one.aim]
    told, untold = _joined(holds), _joined(open_)
    missing = pl.when(untold != "").then(pl.concat_str(pl.lit("not told: "), untold))
    return pl.concat_str(pl.when(told != "").then(told), missing, separator="; ", ignore_nulls=True)


def _joined(parts: Sequence[pl.Expr]) -> pl.Expr:
    return pl.concat_str(parts, separator=", ", ignore_nulls=True) if parts else pl.lit("")
