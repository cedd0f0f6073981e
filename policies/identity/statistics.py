"""What is counted over all records: frequencies of values, how many people share a contact point, namesakes.

An epoch freezes these counts (design D6). They are kept as small frames, a row per value, so that they can be stored
and joined; a value stands there as a hash, so that they hold nothing about anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.blocking import key_hash
from policies.identity.fields import with_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.identity.model import Model, Statistic

__all__ = ["COUNTS", "Statistics", "statistics_of", "with_statistics"]

COUNTS: Final = pl.Schema({"value": pl.UInt64, "counted": pl.UInt32})
_SLIP: Final = 1  # edits between two spellings of one address


@dataclass(frozen=True)
class Statistics:
    """``records`` counted, and per statistic of the model a frame ``value, counted`` sorted by value."""

    records: int
    tables: Mapping[str, pl.DataFrame | pl.LazyFrame]


def statistics_of(prepared: pl.DataFrame, model: Model, frozen: Statistics | None = None) -> Statistics:
    """Count over ``prepared``.

    With ``frozen`` (an epoch's statistics), ``prepared`` are the records outside the epoch: what the epoch knows of a
    value wins, values it has never seen are counted here, and ``records`` stays the epoch's. Only values that occur in
    ``prepared`` are then in the result.
    """
    names = {name for each in model.statistics for name in (each.value, each.of, each.within) if name}
    made = with_fields(prepared, model, names)
    counted = {each.name: _counted(made, each) for each in model.statistics}
    if frozen is None:
        return Statistics(prepared.height, counted)
    return Statistics(frozen.records, {name: _kept(frozen.tables[name], table) for name, table in counted.items()})


def with_statistics(prepared: pl.DataFrame, statistics: Statistics, model: Model, wanted: set[str]) -> pl.DataFrame:
    """Add a column per wanted statistic: what was counted for the record's value, null where it has no value."""
    for each in model.statistics:
        if each.name in wanted:
            keyed = prepared.select(key_hash(pl.col(each.value)).alias("value"))
            found = keyed.lazy().join(
                statistics.tables[each.name].lazy(), on="value", how="left", maintain_order="left"
            )
            present = pl.col("value").is_not_null()
            column = found.select(pl.when(present).then(pl.col("counted").fill_null(0)).alias(each.name)).collect()
            prepared = prepared.hstack(column)
    return prepared


def _kept(frozen: pl.DataFrame | pl.LazyFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """The rows of values that occur here: as frozen where the epoch knows them."""
    known = frozen.lazy().join(counted.lazy(), on="value", how="semi").collect()
    return pl.concat([known, counted.join(known, on="value", how="anti")]).sort("value")


def _counted(frame: pl.DataFrame, statistic: Statistic) -> pl.DataFrame:
    values = frame.lazy().filter(pl.col(statistic.value).is_not_null())
    value = key_hash(pl.col(statistic.value)).alias("value")
    if statistic.kind == "rivals":
        return _rivals(values, statistic)
    if statistic.kind == "distinct" and statistic.of:
        grouped = values.select(value, statistic.of).group_by("value").agg(pl.col(statistic.of).drop_nulls().n_unique())
        return grouped.rename({statistic.of: "counted"}).cast({"counted": pl.UInt32}).sort("value").collect()
    return values.select(value).group_by("value").agg(pl.len().cast(pl.UInt32).alias("counted")).sort("value").collect()


def _rivals(values: pl.LazyFrame, statistic: Statistic) -> pl.DataFrame:
    """Values under which two texts differ by more than a slip, or by a figure at the end."""
    of, within = str(statistic.of), str(statistic.within)
    texts = (
        values.select(
            key_hash(pl.col(statistic.value)).alias("value"), pl.col(within).alias("within"), pl.col(of).alias("of")
        )
        .drop_nulls()
        .unique()
    )
    numbered = texts.filter(pl.col("of").str.contains(r"\p{L}\d$")).select("value")
    several = texts.filter(pl.len().over("value", "within") > 1)
    pairs = (
        several.join(several, on=["value", "within"])
        .filter(pl.col("of") < pl.col("of_right"))
        .select("value", "of", "of_right")
        .collect()
    )
    flagged = pl.concat([numbered.collect(), pairs.filter(_apart(pairs)).select("value")]).unique().sort("value")
    return flagged.with_columns(pl.lit(1, pl.UInt32).alias("counted"))


def _apart(pairs: pl.DataFrame) -> pl.Series:
    from rapidfuzz.distance import OSA  # a quarter of a second that `why` need not pay
    from rapidfuzz.process import cpdist

    if not pairs.height:
        return pl.Series([], dtype=pl.Boolean)
    one, other = pairs.get_column("of").to_list(), pairs.get_column("of_right").to_list()
    return pl.Series(cpdist(one, other, scorer=OSA.distance) > _SLIP)
