"""Candidate pairs -> scored pairs: every comparison's level and weight, the prior, their sum, and the veto."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.columns import pair_columns
from policies.identity.comparing import KINDS
from policies.identity.comparing.similarities import with_similarity
from policies.identity.fields import with_fields
from policies.identity.model import MILLIBITS
from policies.identity.statistics import with_statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from policies.identity.model import Comparison, Model, Veto, Weight
    from policies.identity.statistics import Statistics

    Before = Callable[[pl.DataFrame], pl.DataFrame]

__all__ = ["score", "scored_columns"]

_AT_ONCE: Final = 100_000  # pairs compared together: enough to be quick, few enough to stay small
_ABREAST: Final = 2  # chunks weighed side by side, on as many threads
_GROWING_FROM: Final = 10_000  # records up to which clips stand as the model file says


@dataclass(frozen=True)
class _Step:
    """A comparison made into expressions, and the columns they read."""

    comparison: Comparison
    level: pl.Expr
    weight: pl.Expr
    reads: frozenset[str]


def scored_columns(model: Model) -> pl.Schema:
    """The frame of scored pairs: ``a, b`` (positions of records) and the columns of ``pair_columns``."""
    return pl.Schema({"a": pl.UInt32(), "b": pl.UInt32(), **pair_columns(model.comparison_names)})


def score(prepared: pl.DataFrame, pairs: pl.DataFrame, statistics: Statistics, model: Model) -> pl.DataFrame:
    """Score ``pairs`` (``a, b, rules``: positions in ``prepared``); the order of rows is kept.

    Returns a frame of :func:`scored_columns`. A pair's score depends on its two records and ``statistics`` alone, so
    that any split of ``pairs`` gives the same rows.
    """
    steps = [_step(comparison, statistics.records) for comparison in model.comparisons]
    reads = frozenset[str]().union(*(step.reads for step in steps))
    columns = sorted({name.removesuffix("_a").removesuffix("_b") for name in reads if name.endswith(("_a", "_b"))})
    similar = sorted(name for name in reads if "~" in name)
    kinds = [KINDS[comparison.kind] for comparison in model.comparisons]
    compared = {name.split("~")[0] for name in similar}
    columns = sorted({*columns, *compared, *(name for kind in kinds for name in kind.reads)})
    records = _records(prepared, statistics, model, columns)
    before = [kind.before for kind in kinds if kind.before]
    prior = _prior(model, statistics.records)
    scored: list[pl.DataFrame] = []
    for chunks in _chunks(pairs):
        plans = [_scored(_gathered(records, chunk, before, similar).lazy(), steps, model, prior) for chunk in chunks]
        scored += pl.collect_all(plans)
    schema = scored_columns(model)
    return pl.concat(scored).match_to_schema(schema) if scored else pl.DataFrame(schema=schema)


def _prior(model: Model, records: int) -> int:
    """What two records begin at, in millibits, before anything about them is compared."""
    beyond = _doublings(records)
    return round((model.prior - model.prior_falls * beyond - math.log2(max(records, 1))) * MILLIBITS)


def _doublings(records: int) -> float:
    """How often the records have doubled since the number from which on weights grow."""
    return max(math.log2(max(records, 1) / _GROWING_FROM), 0.0)


def _chunks(pairs: pl.DataFrame) -> Iterator[list[pl.DataFrame]]:
    """The pairs in lists of chunks that are weighed abreast."""
    size = max(min(_AT_ONCE, -(-pairs.height // _ABREAST)), 1)
    for first in range(0, pairs.height, size * _ABREAST):
        yield [pairs.slice(start, size) for start in range(first, min(first + size * _ABREAST, pairs.height), size)]


def _records(prepared: pl.DataFrame, statistics: Statistics, model: Model, columns: list[str]) -> pl.DataFrame:
    counted = {each.name for each in model.statistics} & set(columns)
    values = {each.value for each in model.statistics if each.name in counted}
    made = with_fields(prepared, model, {*columns, *values})
    return with_statistics(made, statistics, model, counted).select(columns)


def _gathered(records: pl.DataFrame, pairs: pl.DataFrame, before: list[Before], similar: list[str]) -> pl.DataFrame:
    """The two records of every pair side by side, with the similarities of their texts."""
    first = records[pairs.get_column("a")].rename(lambda name: f"{name}_a")
    second = records[pairs.get_column("b")].rename(lambda name: f"{name}_b")
    together = pl.concat([pairs, first, second], how="horizontal")
    for each in before:
        together = each(together)
    return reduce(with_similarity, similar, together)


def _scored(pairs: pl.LazyFrame, steps: list[_Step], model: Model, prior: int) -> pl.LazyFrame:
    there = set(pairs.collect_schema())
    for step in steps:
        pairs = _with_levels(pairs, step.reads, there, model).with_columns(step.level.alias(step.comparison.name))
        pairs = pairs.with_columns(step.weight.alias(f"{step.comparison.name}_millibits"))
    weights = [pl.col(f"{name}_millibits") for name in model.comparison_names]
    veto = _veto(model)
    return (
        _with_levels(pairs, frozenset(veto.meta.root_names()), there, model)
        .with_columns(pl.lit(prior, pl.Int32).alias("prior_millibits"), veto.alias("veto"))
        .with_columns((pl.sum_horizontal(weights) + prior).cast(pl.Int32).alias("millibits"))
        .select(scored_columns(model).names())
    )


def _with_levels(pairs: pl.LazyFrame, reads: frozenset[str], there: set[str], model: Model) -> pl.LazyFrame:
    """Add the Boolean columns ``<comparison>.<level>`` that are read and not ``there`` yet."""
    wanted = sorted(name for name in reads if "." in name and name not in there)
    there.update(wanted)
    return pairs.with_columns(_at(name, model).alias(name) for name in wanted)


def _at(name: str, model: Model) -> pl.Expr:
    comparison, level = name.split(".")
    return pl.col(comparison) == model.comparison(comparison).code(level)


def _step(comparison: Comparison, records: int) -> _Step:
    conditions = KINDS[comparison.kind].function(comparison)
    weights = {level.name: _weight(level.weight, records) for level in comparison.levels}
    level = _strongest(comparison, conditions, weights) if comparison.strongest else _first(comparison, conditions)
    weight = _of_level(comparison, weights)
    return _Step(comparison, level, weight, frozenset(level.meta.root_names()) | frozenset(weight.meta.root_names()))


def _first(comparison: Comparison, conditions: Mapping[str, pl.Expr]) -> pl.Expr:
    """The code of the first level whose condition holds, else 0."""
    return pl.coalesce(
        *(pl.when(condition).then(pl.lit(comparison.code(name), pl.UInt8)) for name, condition in conditions.items()),
        pl.lit(0, pl.UInt8),
    )


def _strongest(comparison: Comparison, conditions: Mapping[str, pl.Expr], weights: Mapping[str, pl.Expr]) -> pl.Expr:
    """The code of the level that weighs most among those whose condition holds, else 0; the first where they tie."""
    found = {name: pl.when(condition).then(weights[name]) for name, condition in conditions.items()}
    most = pl.max_horizontal(found.values())
    return _first(comparison, {name: weight == most for name, weight in found.items()})


def _of_level(comparison: Comparison, weights: Mapping[str, pl.Expr]) -> pl.Expr:
    """The weight of the level a pair came out at."""
    code = pl.col(comparison.name)
    return pl.coalesce(
        *(pl.when(code == comparison.code(name)).then(weight) for name, weight in weights.items()),
        pl.lit(0, pl.Int32),
    )


def _weight(weight: Weight, records: int) -> pl.Expr:
    """A weight in millibits, rounded to a whole number."""
    if weight.u_of is None:
        bits = weight.bits if weight.bits is not None else math.log2(weight.m / (weight.u or 1.0))
        return pl.lit(round(bits * MILLIBITS), pl.Int32)
    bits_of = (weight.m / _chance(weight, records)).log(2)
    grown = weight.grows * _doublings(records)
    highest = None if weight.high is None else weight.high + grown
    return ((bits_of.clip(weight.low, highest) - weight.less) * MILLIBITS).round().cast(pl.Int32)


def _chance(weight: Weight, records: int) -> pl.Expr:
    """How often two different people agree on the value, by the more frequent of the two where they differ."""
    seen = _seen(weight.u_of)
    if weight.among is None:
        return seen * weight.times / max(records, 1)
    toward = (_seen(weight.toward) * weight.times / max(records, 1)).clip(upper_bound=1.0)
    others = (seen - 2).clip(0)  # but for the two that are compared
    return (others + weight.strength * toward) / (_seen(weight.among) - 1 + weight.strength)


def _seen(statistic: str | None) -> pl.Expr:
    return pl.max_horizontal(f"{statistic}_a", f"{statistic}_b").fill_null(1).clip(1).cast(pl.Float64)


def _veto(model: Model) -> pl.Expr:
    """The code of the first veto that stands: its place among the model's, counted from 1; 0 where none does."""
    standing = (
        pl.when(_stands(veto)).then(pl.lit(number, pl.UInt8)) for number, veto in enumerate(model.vetoes, start=1)
    )
    return pl.coalesce(*standing, pl.lit(0, pl.UInt8))


def _stands(veto: Veto) -> pl.Expr:
    lifted = pl.any_horizontal([_holds(condition) for condition in veto.unless]) if veto.unless else pl.lit(False)
    return pl.any_horizontal([_holds(condition) for condition in veto.when]) & ~lifted


def _holds(condition: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    return pl.all_horizontal(
        [
            pl.any_horizontal([pl.col(f"{comparison}.{level}") for level in levels])
            for comparison, levels in sorted(condition.items())
        ]
    )
