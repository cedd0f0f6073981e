"""The tables of the queue files: today's queue, one a rep, and the recall, as frames and as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.exports.csv import csv_bytes
from flows.exports.queue_table import queue_table
from flows.file_names import owner_file_names
from policies.schema import RECALL, conform, empty

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flows.queue.state import Recalled

__all__ = ["RECALL_FILE", "TODAY_FILE", "read_recall", "recall_rows", "tables"]

TODAY_FILE: Final = "today.csv"
RECALL_FILE: Final = "recall.csv"


def _recall_table(recall: pl.DataFrame, valid_until: str) -> pl.DataFrame:
    """``RECALL`` with ``valid_until``, in an order that depends on content alone."""
    return recall.sort(RECALL.names()).with_columns(pl.lit(valid_until).alias("valid_until"))


def recall_rows(queue: pl.DataFrame, recalled: Mapping[str, Recalled], run_id: str) -> pl.DataFrame:
    """The lines of ``QUEUE`` whose people were recalled since, as ``RECALL``."""
    why = pl.DataFrame(
        [(person, entry.reason, entry.since) for person, entry in recalled.items()],
        schema={"person_id": pl.String, "reason": pl.String, "since": pl.String},
        orient="row",
    )
    lines = queue.join(why, on="person_id", how="inner", validate="m:1")
    return conform(lines.with_columns(pl.lit(run_id).alias("run_id")), RECALL)


def read_recall(file: Path) -> pl.DataFrame:
    """The recall a run wrote, as ``RECALL``; empty where it wrote none. Neutralised cells stay neutralised."""
    if not file.is_file():
        return empty(RECALL)
    return conform(pl.read_csv(file, infer_schema=False), RECALL)


def tables(queue: pl.DataFrame, recall: pl.DataFrame, owners: frozenset[str], valid_until: str) -> dict[str, bytes]:
    """Every queue file by name: ``today.csv``, one for each of ``owners`` and of the queue's own, ``recall.csv``."""
    table = queue_table(queue, valid_until)
    names = owner_file_names(owners | frozenset(table.get_column("owner").drop_nulls()))
    by_owner = {name: table.filter(pl.col("owner") == owner) for owner, name in names.items()}
    frames = {TODAY_FILE: table, **by_owner, RECALL_FILE: _recall_table(recall, valid_until)}
    return {name: csv_bytes(frame) for name, frame in frames.items()}
