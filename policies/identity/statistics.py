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

__all__ = ["COUNTS", "Statistics", "statistics_of", "statistics_under", "with_statistics"]

COUNTS: Final = pl.Schema({"value": pl.UInt64, "counted": pl.UInt32})
_SLIP: Final = 1  # edits between two spellings of one address


@dataclass(frozen=True)
class Statistics:
    """``records`` counted, and per statistic of the model a frame ``value, counted`` sorted by value."""

    records: int
    tables: Mapping[str, pl.DataFrame | pl.LazyFrame]


def statistics_of(prepared: pl.DataFrame, model: Model) -> Statistics:
    """Count over ``prepared``."""
    names = {name for each in model.statistics for name in (each.value, each.of, each.within) if name}
    made = with_fields(prepared, model, names)
    return Statistics(prepared.height, {each.name: _counted(made, each) for each in model.statistics})


def statistics_under(frozen: Statistics, outside: pl.DataFrame, rows: pl.DataFrame, model: Model) -> Statistics:
    """What an epoch's statistics (``frozen``) say of the values of ``rows``.

    Values the epoch has never seen are counted over the records ``outside`` it, so that no order of arrival matters;
    ``records`` stays the epoch's. Both frames are ``PREPARED``.
    """
    counted = statistics_of(outside, model)
    made = with_fields(rows, model, {each.value for each in model.statistics})
    tables: dict[str, pl.DataFrame] = {}
    for each in model.statistics:
        values = made.select(key_hash(pl.col(each.value)).alias("value")).drop_nulls().unique()
        known = frozen.tables[each.name].lazy().join(values.lazy(), on="value", how="semi").collect()
        unseen = counted.tables[each.name].lazy().join(known.lazy(), on="value", how="anti").collect()
        tables[each.name] = pl.concat([known, unseen]).sort("value")
    return Statistics(frozen.records, tables)


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
