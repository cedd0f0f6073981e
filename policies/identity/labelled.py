"""Pairs whose truth is known, scored: what weights are fitted to and measured by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from policies.identity.blocking import candidate_pairs
from policies.identity.epoch import prepare_with
from policies.identity.organisations import resolve_organisations
from policies.identity.scoring import score
from policies.identity.statistics import statistics_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.identity.model import Model
    from policies.identity.statistics import Statistics

__all__ = ["Labelled", "pairs_judged", "pairs_of_people", "prepared_for"]


@dataclass(frozen=True)
class Labelled:
    """Scored pairs of ``prepared`` and which of them are one person, sorted by pair.

    ``compared_share`` is the share of the pairs of one person that the blocking rules bring together; None where the
    truth is known of chosen pairs only.
    """

    prepared: pl.DataFrame
    statistics: Statistics
    scored: pl.DataFrame
    is_match: pl.Series
    compared_share: float | None = None

    def only(self, kept: pl.Series) -> Labelled:
        """Some of the pairs; ``kept`` is true for these."""
        return replace(self, scored=self.scored.filter(kept), is_match=self.is_match.filter(kept))

    def again(self, model: Model) -> Labelled:
        """The same pairs, scored by another model of the same fields."""
        pairs = self.scored.select("a", "b", "rules")
        return replace(self, scored=score(self.prepared, pairs, self.statistics, model))

    def figures(self, threshold: int) -> dict[str, float | None]:
        """``precision`` and ``recall`` among these pairs if those of so many millibits and no veto are one person."""
        taken = (self.scored.get_column("millibits") >= threshold) & (self.scored.get_column("veto") == 0)
        right, matches = int((taken & self.is_match).sum()), int(self.is_match.sum())
        return {
            "precision": right / int(taken.sum()) if taken.any() else None,
            "recall": right / matches if matches else None,
        }


def prepared_for(people: pl.DataFrame, model: Model, words: Mapping[str, Any]) -> pl.DataFrame:
    """``PREPARED`` with organisations and the model's further columns, as matching has it; sorted by record id."""
    return resolve_organisations(prepare_with(people, model, words))


def pairs_of_people(prepared: pl.DataFrame, known: pl.DataFrame, model: Model) -> Labelled:
    """The pairs that are compared among records of whom it is known who they are.

    ``known`` has ``record_id, person``; records whose person is null take part in the counts alone.
    """
    statistics = statistics_of(prepared, model)
    person = prepared.select("record_id").join(known, on="record_id", how="left", maintain_order="left")
    whose = person.get_column("person")
    pairs = candidate_pairs(prepared, model)
    both = [whose.gather(pairs.get_column(end)) for end in ("a", "b")]
    sure = both[0].is_not_null() & both[1].is_not_null()
    is_match = (both[0] == both[1]).filter(sure).alias("is_match")
    sizes = whose.drop_nulls().value_counts().get_column("count").cast(pl.Int64)
    of_one = int((sizes * (sizes - 1) // 2).sum())
    scored = score(prepared, pairs.filter(sure), statistics, model)
    return Labelled(prepared, statistics, scored, is_match, int(is_match.sum()) / of_one if of_one else None)


def pairs_judged(prepared: pl.DataFrame, judged: pl.DataFrame, model: Model) -> Labelled:
    """Chosen pairs: ``judged`` has ``a, b`` (positions in ``prepared``) and ``same``, sorted."""
    statistics = statistics_of(prepared, model)
    pairs = judged.select("a", "b", pl.lit(0, pl.UInt32).alias("rules"))
    scored = score(prepared, pairs, statistics, model)
    return Labelled(prepared, statistics, scored, judged.get_column("same").alias("is_match"))
