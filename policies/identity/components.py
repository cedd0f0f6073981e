"""Connected components of records that share keys, by spreading the smallest label until nothing changes.

Written in Polars because SciPy's graph module costs more than half a second of CPU at start, which `why` would pay
on every call, and NumPy, by which :mod:`policies.identity.clusters.graph` finds those of scored pairs, something too
(docs/decisions/004). Each round also takes the label of one's label, so that long chains close in few rounds.
"""

from __future__ import annotations

import polars as pl

__all__ = ["components"]


def components(records: pl.Series, links: pl.DataFrame) -> pl.DataFrame:
    """Group ``records`` (unique ids) by the keys of ``links`` (``record_id, key``).

    Returns ``record_id, component`` for every record, sorted by record id. ``component`` is the smallest record id of
    its group, so the result depends on the content alone and not on the order of rows.
    """
    nodes = pl.DataFrame({"record_id": records.unique().sort()}).with_row_index("label")
    members = links.select("record_id", "key").join(nodes.rename({"label": "node"}), on="record_id", validate="m:1")
    labels = nodes.select(pl.col("label").alias("node"), "label")
    while True:
        spread = _one_round(labels, members.select("node", "key"))
        if spread.equals(labels):
            return _named(nodes, labels)
        labels = spread


def _one_round(labels: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Every node takes the smallest label among its keys, then the label of that label."""
    of_key = members.join(labels, on="node", validate="m:1").group_by("key").agg(pl.col("label").min())
    of_node = members.join(of_key, on="key", validate="m:1").group_by("node").agg(pl.col("label").min().alias("near"))
    nearer = labels.join(of_node, on="node", how="left", validate="1:1").select(
        "node", pl.min_horizontal("label", "near").alias("label")
    )
    jumped = nearer.join(nearer.rename({"node": "label", "label": "far"}), on="label", how="left", validate="m:1")
    return jumped.select("node", pl.min_horizontal("label", "far").alias("label")).sort("node")


def _named(nodes: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Turn labels back into record ids."""
    smallest = nodes.rename({"record_id": "component"})
    own = nodes.select("record_id", pl.col("label").alias("node"))
    return (
        own.join(labels, on="node", validate="1:1")
        .join(smallest, on="label", validate="m:1")
        .select("record_id", "component")
        .sort("record_id")
    )
