"""What people said of a workspace's records, as labelled pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from flows.ledger import EVERYTHING
from flows.ledger_access import open_ledger
from flows.store import active_lists, load_records
from flows.who_is_who import judged_pairs
from policies.identity.labelled import pairs_judged, prepared_for
from policies.identity.matched import SAME
from policies.subjects import people_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.matching.model_files import ModelSource
    from flows.workspace import Workspace
    from policies.identity.labelled import Labelled

__all__ = ["labelled_workspace"]


def labelled_workspace(ws: Workspace, source: ModelSource, settings: Mapping[str, Any]) -> Labelled:
    """The pairs of records that people called the same or different, scored by the model.

    Raises ``LedgerError`` and ``HeldError`` where the ledger or its key cannot be used.
    """
    records = load_records(ws, active_lists(ws))
    people = people_of(records)
    with open_ledger(ws) as ledger:
        compared = records.join(people.select("record_id"), on="record_id", how="semi")
        judged = judged_pairs(ledger.keyring, ledger.judgements(EVERYTHING), compared)
    prepared = prepared_for(people, source.model, settings)
    return pairs_judged(prepared, _placed(judged, prepared), source.model)


def _placed(judged: pl.DataFrame, prepared: pl.DataFrame) -> pl.DataFrame:
    """``a, b, same``: judged pairs by the positions of their records, sorted."""
    position = prepared.select("record_id").with_row_index("position")
    return (
        judged.join(position.rename({"record_id": "record_a", "position": "a"}), on="record_a", validate="m:1")
        .join(position.rename({"record_id": "record_b", "position": "b"}), on="record_b", validate="m:1")
        .select("a", "b", (pl.col("word") == SAME).alias("same"))
        .sort("a", "b")
    )
