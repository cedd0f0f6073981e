"""Who is the same person: the one call that matching files, daily runs and benchmarks make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from policies.identity.columns import GROUPS, JUDGEMENTS
from policies.identity.epoch import open_epoch
from policies.identity.increments import Increment, arrivals, increment
from policies.identity.matched import Matching
from policies.identity.thresholds import link_kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from policies.identity.epoch import Epoch
    from policies.identity.model import Model

__all__ = ["match", "whole"]


def match(
    people: pl.DataFrame,
    model: Model,
    words: Mapping[str, Any],
    judgements: pl.DataFrame | None = None,
    epoch: Epoch | None = None,
    *,
    threshold: int | None = None,
    partitions: int = 1,
) -> Matching:
    """Find out which records are one person, and which may be.

    ``people`` is ``PEOPLE`` (with the further columns that the model reads), ``words`` are the settings of the
    rulebook, ``judgements`` is ``JUDGEMENTS``. Without an ``epoch`` everything is counted over these people; with one,
    its counts hold and only what is new is compared. ``threshold`` (millibits) replaces the model's for merging, and
    must be the epoch's. ``partitions`` bounds memory and changes nothing.
    """
    said = pl.DataFrame(schema=JUDGEMENTS) if judgements is None else judgements
    known = epoch or open_epoch(people, model, words, threshold=threshold, partitions=partitions)
    nobody = pl.Series("position", [], dtype=pl.UInt32)
    arrived, gone = (people.clear(), nobody) if epoch is None else arrivals(epoch, people)
    if arrived.is_empty() and gone.is_empty() and said.is_empty():
        changed = Increment.none(model)
    else:
        changed = increment(known, arrived, gone, said, model, words, threshold=threshold)
    return whole(known, changed, said, model, threshold=threshold)


def whole(
    epoch: Epoch, changed: Increment, judgements: pl.DataFrame, model: Model, *, threshold: int | None = None
) -> Matching:
    """What the epoch found, with the changes laid over it."""
    import numpy as np

    prepared, clusters, pairs = pl.collect_all([epoch.prepared.select("record_id"), epoch.clusters, epoch.pairs])
    record_id, label = prepared.get_column("record_id"), clusters.get_column("label")
    active, untouched = np.ones(len(record_id), dtype=bool), np.ones(len(record_id), dtype=bool)
    active[changed.gone.to_numpy()] = False
    untouched[changed.touched.to_numpy()] = False
    kept = pl.Series(active & untouched)
    groups = pl.DataFrame([record_id, record_id.gather(label).alias("component")]).filter(kept)
    a, b = pairs.get_column("a").to_numpy(), pairs.get_column("b").to_numpy()
    stands = pl.Series(active[a] & active[b] & (untouched[a] | untouched[b]))
    together = (label.gather(pairs.get_column("a")) == label.gather(pairs.get_column("b"))).alias("together")
    kind = link_kind(model, refused=~pl.col("together"), threshold=threshold).alias("link")
    links = pairs.with_columns(together).filter(stands).with_columns(kind).drop_nulls("link").drop("together")
    named = links.select(
        record_id.gather(links.get_column("a")).alias("record_a"),
        record_id.gather(links.get_column("b")).alias("record_b"),
        pl.exclude("a", "b"),
    )
    return Matching(
        pl.concat([groups.match_to_schema(GROUPS), changed.groups]).sort("record_id"),
        pl.concat([named, changed.links]).sort("record_a", "record_b"),
        judgements.sort("record_a", "record_b"),
    )
