"""What changes when records arrive or leave under an epoch: pairs with an arrived record, and clusters touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.blocking import key_table, pairs_of
from policies.identity.clusters import cluster
from policies.identity.columns import GROUPS, MERGE
from policies.identity.epoch import JUDGED_PAIRS, clustering_of, content_of, prepare_with
from policies.identity.matched import DIFFERENT, SAME
from policies.identity.organisations import learn_organisations, resolve_organisations
from policies.identity.scoring import score, scored_columns
from policies.identity.statistics import statistics_under
from policies.identity.thresholds import link_kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from policies.identity.epoch import Epoch
    from policies.identity.model import Model

__all__ = ["Increment", "arrivals", "increment"]

_PAIR: Final = ("a", "b")


@dataclass(frozen=True)
class Increment:
    """What is no longer as it was when the epoch was made.

    ``groups`` (``GROUPS``) are the clusters of all records touched, ``links`` the scored pairs among them and to others
    that are new or stand anew, by record ids, with ``link``. ``touched`` and ``gone`` are positions of the epoch's
    records: what the epoch says of pairs of two touched ones, and of any that is gone, holds no more.
    """

    groups: pl.DataFrame
    links: pl.DataFrame
    touched: pl.Series
    gone: pl.Series

    @classmethod
    def none(cls, model: Model) -> Increment:
        """Nothing arrived, nobody is gone, nothing was said."""
        positions = pl.Series("position", [], dtype=pl.UInt32)
        columns = scored_columns(model)
        ends = {"record_a": pl.String(), "record_b": pl.String()}
        links = {**ends, **{name: columns[name] for name in columns if name not in _PAIR}, "link": pl.String()}
        return cls(pl.DataFrame(schema=GROUPS), pl.DataFrame(schema=links), positions, positions)


@dataclass(frozen=True)
class _Scene:
    """An epoch and what is laid beside it: prepared records outside it, its records that are gone, judged pairs."""

    epoch: Epoch
    model: Model
    outside: pl.DataFrame
    gone: pl.Series
    judged: pl.DataFrame
    threshold: int | None


def arrivals(epoch: Epoch, people: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Of the active ``people`` those outside the epoch, and the positions of its records that are active no more.

    A record that says something else than it did counts as both.
    """
    on = ["record_id", "content"]
    known = epoch.prepared.select("position", *on).collect()
    active = people.select("record_id", content_of(people).alias("content"))
    same = known.join(active, on=on, how="semi")
    gone = known.join(same, on="position", how="anti").get_column("position")
    return people.join(same, on="record_id", how="anti"), gone.sort()


def increment(
    epoch: Epoch,
    arrived: pl.DataFrame,
    gone: pl.Series,
    judgements: pl.DataFrame,
    model: Model,
    words: Mapping[str, Any],
    *,
    threshold: int | None = None,
) -> Increment:
    """Match the ``arrived`` people (``PEOPLE``) with each other and with the epoch's that are not ``gone`` (positions).

    ``judgements`` is ``JUDGEMENTS``, all of them; those about unknown records are passed over. ``model``, ``words`` and
    ``threshold`` are those the epoch was made with.
    """
    outside = _outside(epoch, arrived, model, words)
    scene = _Scene(epoch, model, outside, gone, _judged(epoch, outside, gone, judgements), threshold)
    fresh = _scored(scene, _to_score(scene))
    touched = _touched(scene, fresh)
    pairs = pl.concat([_among(epoch.pairs, touched), fresh], how="diagonal").unique(_PAIR, keep="last")
    members = _members(scene, touched)
    labelled = _clustered(scene, members, pairs, touched)
    links = _links(scene, pairs, labelled)
    groups = labelled.select("record_id", pl.col("component")).sort("record_id")
    return Increment(groups.match_to_schema(GROUPS), links, touched, gone)


def _outside(epoch: Epoch, arrived: pl.DataFrame, model: Model, words: Mapping[str, Any]) -> pl.DataFrame:
    """Arrived people prepared, with what the epoch knows of organisations; positions follow those of the epoch."""
    keyed = prepare_with(arrived, model, words)
    resolved = resolve_organisations(keyed, learn_organisations(keyed, epoch.organisations))
    position = pl.int_range(pl.len(), dtype=pl.UInt32) + epoch.statistics.records
    return resolved.with_columns(position.cast(pl.UInt32).alias("position"))


def _judged(epoch: Epoch, outside: pl.DataFrame, gone: pl.Series, judgements: pl.DataFrame) -> pl.DataFrame:
    """``JUDGED_PAIRS`` of active records; ``a`` has the smaller record id."""
    if judgements.is_empty():
        return pl.DataFrame(schema=JUDGED_PAIRS)
    named = pl.concat([judgements.get_column("record_a"), judgements.get_column("record_b")]).unique()
    named_here = pl.col("record_id").is_in(named.implode())
    stored = epoch.prepared.select("record_id", "position").filter(named_here).collect()
    known = pl.concat([stored.filter(~pl.col("position").is_in(gone.implode())), outside.select(stored.columns)])
    first = known.rename({"record_id": "record_a", "position": "a"})
    second = known.rename({"record_id": "record_b", "position": "b"})
    return (
        judgements.join(first, on="record_a", how="inner", validate="m:1")
        .join(second, on="record_b", how="inner", validate="m:1")
        .select(*JUDGED_PAIRS)
    )


def _to_score(scene: _Scene) -> pl.DataFrame:
    """``a, b, rules``: pairs with a record outside, and pairs called the same that nobody has weighed."""
    outside = key_table(scene.outside.drop("position"), scene.model).with_columns(
        pl.col("position") + pl.lit(scene.epoch.statistics.records, dtype=pl.UInt32),
        pl.lit(value=True).alias("outside"),
    )
    wanted = outside.lazy().select("rule", "key").unique()
    stored = scene.epoch.keys.join(wanted, on=["rule", "key"], how="semi").with_columns(
        pl.lit(value=False).alias("outside")
    )
    found = pairs_of(pl.concat([stored.collect(), outside]), scene.model)
    active = found.filter(~pl.col("a").is_in(scene.gone.implode()))
    said = scene.judged.filter(pl.col("word") == SAME).select(
        pl.min_horizontal(_PAIR).alias("a"), pl.max_horizontal(_PAIR).alias("b"), pl.lit(0, pl.UInt32).alias("rules")
    )
    weighed = scene.epoch.pairs.select(_PAIR).join(said.lazy(), on=_PAIR, how="semi").collect()
    new = said.join(weighed, on=_PAIR, how="anti").join(active, on=_PAIR, how="anti")
    return pl.concat([active, new.select(active.columns)])


def _scored(scene: _Scene, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs weighed with the epoch's counts; by positions, ``a`` the smaller record id."""
    ends = pl.concat([pairs.get_column("a"), pairs.get_column("b")]).unique()
    near = scene.epoch.prepared.filter(pl.col("position").is_in(ends.implode())).collect()
    rows = pl.concat([near, scene.outside.select(near.columns)]).sort("record_id").with_row_index("place")
    statistics = statistics_under(scene.epoch.statistics, scene.outside, rows, scene.model)
    of_place = rows.select("place", "position")
    placed = _oriented(pairs, of_place)
    weighed = score(rows.drop("place", "position"), placed, statistics, scene.model)
    position = rows.get_column("position")
    return weighed.with_columns(position.gather(weighed.get_column("a")).alias("a")).with_columns(
        position.gather(weighed.get_column("b")).alias("b")
    )


def _oriented(pairs: pl.DataFrame, of_place: pl.DataFrame) -> pl.DataFrame:
    """Pairs of positions as pairs of places, ``a < b``, sorted."""
    first = of_place.rename({"position": "a", "place": "place_a"})
    second = of_place.rename({"position": "b", "place": "place_b"})
    places = ("place_a", "place_b")
    return (
        pairs.join(first, on="a", how="inner", validate="m:1")
        .join(second, on="b", how="inner", validate="m:1")
        .select(pl.min_horizontal(places).alias("a"), pl.max_horizontal(places).alias("b"), "rules")
        .sort(_PAIR)
    )


def _touched(scene: _Scene, fresh: pl.DataFrame) -> pl.Series:
    """Positions of the epoch's active records whose clusters may be others now.

    They hang together with a record that a new link may merge, that is gone, or that people spoke about.
    """
    merging = fresh.filter(pl.col("millibits") >= clustering_of(scene.model, threshold=scene.threshold).threshold)
    ends = [frame.get_column(end) for frame in (merging, scene.judged) for end in _PAIR]
    seeds = pl.concat([*ends, scene.gone.cast(pl.UInt32)]).unique()
    reach = scene.epoch.clusters.select("reach").with_row_index("position")
    seeded = reach.filter(pl.col("position").is_in(seeds.implode())).select("reach").unique()
    return (
        reach.join(seeded, on="reach", how="semi")
        .filter(~pl.col("position").is_in(scene.gone.implode()))
        .select(pl.col("position").sort())
        .collect()
        .get_column("position")
    )


def _among(pairs: pl.LazyFrame, positions: pl.Series) -> pl.DataFrame:
    """The pairs whose records are both at these positions."""
    among = positions.implode()
    return pairs.filter(pl.col("a").is_in(among) & pl.col("b").is_in(among)).collect()


def _members(scene: _Scene, touched: pl.Series) -> pl.DataFrame:
    """``record_id, position, place`` of the records to be clustered, in order of record ids."""
    stored = scene.epoch.prepared.select("record_id", "position").filter(pl.col("position").is_in(touched.implode()))
    outside = scene.outside.select("record_id", "position")
    return pl.concat([stored.collect(), outside]).sort("record_id").with_row_index("place")


def _clustered(scene: _Scene, members: pl.DataFrame, pairs: pl.DataFrame, touched: pl.Series) -> pl.DataFrame:
    """``record_id, position, component`` of all members."""
    columns = ["a", "b", "millibits", "veto"]
    weak = _among(scene.epoch.weak, touched).select(columns)
    facts = pl.concat([pairs.select(columns), weak]).unique(_PAIR, keep="first")
    found = cluster(
        members.height,
        _placed(facts, members),
        _placed(scene.judged, members),
        clustering_of(scene.model, threshold=scene.threshold),
    )
    component = members.get_column("record_id").gather(found.label).alias("component")
    return members.with_columns(component).drop("place")


def _placed(pairs: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The pairs of two members, by their places."""
    place = members.select("position", "place")
    return (
        pairs.join(place, left_on="a", right_on="position", how="inner")
        .join(place, left_on="b", right_on="position", how="inner", suffix="_b")
        .drop(_PAIR)
        .rename({"place": "a", "place_b": "b"})
    )


def _links(scene: _Scene, pairs: pl.DataFrame, labelled: pl.DataFrame) -> pl.DataFrame:
    """``LINKS`` of the pairs; without those that people called different."""
    component = labelled.select("position", "component")
    said = (
        pairs.join(scene.judged.select("a", "b", "word"), on=_PAIR, how="left")
        .filter(pl.col("word").ne_missing(pl.lit(DIFFERENT)))
        .join(component, left_on="a", right_on="position", how="left")
        .join(component, left_on="b", right_on="position", how="left", suffix="_b")
        .with_columns((pl.col("component") == pl.col("component_b")).fill_null(value=False).alias("together"))
    )
    kind = link_kind(scene.model, refused=~pl.col("together"), threshold=scene.threshold)
    by_word = pl.col("together") & (pl.col("word") == SAME).fill_null(value=False)
    linked = said.with_columns(pl.when(by_word).then(pl.lit(MERGE)).otherwise(kind).alias("link")).drop_nulls("link")
    named = _named(scene, linked)
    return named.select(Increment.none(scene.model).links.columns)


def _named(scene: _Scene, pairs: pl.DataFrame) -> pl.DataFrame:
    """Record ids in the place of positions."""
    ends = pl.concat([pairs.get_column("a"), pairs.get_column("b")]).unique()
    columns = ["record_id", "position"]
    stored = scene.epoch.prepared.select(columns).filter(pl.col("position").is_in(ends.implode())).collect()
    named = pl.concat([stored, scene.outside.select(columns)])
    return (
        pairs.join(
            named.rename({"record_id": "record_a"}), left_on="a", right_on="position", how="inner", validate="m:1"
        )
        .join(named.rename({"record_id": "record_b"}), left_on="b", right_on="position", how="inner", validate="m:1")
        .drop(_PAIR)
    )
