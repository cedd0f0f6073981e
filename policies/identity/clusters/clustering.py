"""Scored pairs and people's judgements to clusters, over the whole list at once; loops only where repair is needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.clusters.graph import component_labels
from policies.identity.clusters.repair import Component, repair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Clustering", "Clusters", "cluster"]

_PAIR: Final = ("a", "b")
_JOINING: Final = ("edges", "same", "insisted")  # the kinds of fact that bring two records together
_SAID: Final = ("different", "same", "insisted")  # by people, not by weights
_KNOWN: Final = ("edges", "vetoed", "firm", "doubted", *_SAID)  # all but what is only weighed


@dataclass(frozen=True)
class Clustering:
    """From which weight on a pair merges (millibits), and the vetoes that one 'same' does not lift.

    ``apart_below`` has vetoes that keep clusters apart only where the pair weighs less than this many millibits; above,
    such a veto forbids its own pair and no more.
    """

    threshold: int
    firm_vetoes: tuple[int, ...] = ()
    apart_below: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Clusters:
    """One row per record, in order of position: ``label`` is the smallest position of the cluster.

    ``reach`` is the same before repair: only pairs between records of one reach could change its clusters.
    """

    label: pl.Series
    reach: pl.Series


def cluster(records: int, scored: pl.DataFrame, judged: pl.DataFrame, terms: Clustering) -> Clusters:
    """Group the records ``0 .. records - 1``.

    ``scored`` has ``a, b, millibits, veto`` of all pairs that were weighed, ``judged`` has ``a, b, word,
    again`` of the pairs people spoke about (``a < b`` in both, each pair once). Positions must follow the order of
    record ids: ties break by them, and nothing else of the input's order is looked at.
    """
    import numpy as np

    facts = _facts(scored, judged, terms)
    joining = facts.filter(pl.col("kind").is_in(_JOINING))
    label = component_labels(records, *(joining.get_column(end).cast(pl.Int64).to_numpy() for end in _PAIR))
    reach = pl.Series("reach", label, dtype=pl.UInt32)
    for component in _components(_inside(facts, reach)):
        sides = repair(component)
        label[np.fromiter(sides, dtype=np.int64, count=len(sides))] = list(sides.values())
    return Clusters(pl.Series("label", label, dtype=pl.UInt32), reach)


def _facts(scored: pl.DataFrame, judged: pl.DataFrame, terms: Clustering) -> pl.DataFrame:
    """``a, b, millibits, kind``: what is known of each pair; the kinds are the fields of ``Component``.

    A pair called the same keeps only a firm veto, one called different no edge.
    """
    firm = pl.col("veto").is_in(terms.firm_vetoes)
    kind = (
        pl.when(firm)
        .then(pl.lit("firm"))
        .when(_doubts(terms.apart_below))
        .then(pl.lit("doubted"))
        .when(pl.col("veto") > 0)
        .then(pl.lit("vetoed"))
        .when(pl.col("millibits") >= terms.threshold)
        .then(pl.lit("edges"))
        .otherwise(pl.lit("weak"))
    )
    of_scores = scored.select("a", "b", "millibits", kind.alias("kind"))
    if judged.height:
        said = judged.select("a", "b", "word")
        of_scores = (
            of_scores.join(said, on=_PAIR, how="left", validate="1:1")
            .filter(pl.col("word").is_null() | (pl.col("kind") == "firm"))
            .drop("word")
        )
    word = pl.when((pl.col("word") == "same") & pl.col("again")).then(pl.lit("insisted")).otherwise("word")
    of_people = judged.select("a", "b", pl.lit(0, dtype=pl.Int32).alias("millibits"), word.alias("kind"))
    return pl.concat([of_scores, of_people])


def _doubts(apart_below: Mapping[int, int]) -> pl.Expr:
    """The pair is vetoed, and weighs too much for the veto to keep clusters apart."""
    return pl.any_horizontal(
        pl.lit(value=False),
        *((pl.col("veto") == code) & (pl.col("millibits") >= limit) for code, limit in apart_below.items()),
    )


def _inside(facts: pl.DataFrame, reach: pl.Series) -> pl.DataFrame:
    """The facts about components that hold two records which cannot be one person, with ``reach``, grouped by it."""
    within = facts.with_columns(
        reach.gather(facts.get_column("a")).alias("reach"), reach.gather(facts.get_column("b")).alias("other")
    ).filter(pl.col("reach") == pl.col("other"))
    speaks_against = ~pl.col("kind").is_in(_JOINING) & ((pl.col("kind") != "weak") | (pl.col("millibits") < 0))
    contradicted = within.filter(speaks_against).select("reach").unique()
    return (
        within.drop("other")
        .join(contradicted, on="reach", how="semi")
        .sort("reach", "millibits", "a", "b", descending=[False, True, False, False])
    )


def _components(facts: pl.DataFrame) -> Iterator[Component]:
    """The components that need repair, from facts grouped by ``reach``."""
    rows = facts.select("reach", "kind", "a", "b", "millibits").iter_rows()
    for _, of_one in groupby(rows, key=itemgetter(0)):
        component = Component()
        for _, kind, a, b, millibits in of_one:
            if kind in _KNOWN:
                getattr(component, kind).append((a, b))
            if kind not in _SAID:
                component.weights[a, b] = millibits
        yield component
