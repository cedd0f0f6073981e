"""The queue as reps get it."""

from __future__ import annotations

import polars as pl

from policies.schema import OUTCOME_COLUMNS, QUEUE, conform

__all__ = ["queue_table"]


def queue_table(queue: pl.DataFrame, valid_until: str | None = None) -> pl.DataFrame:
    """``QUEUE`` as reps get it: ``valid_until`` where given, then the blank columns for what came of it."""
    blank = [pl.lit(None, dtype=pl.String).alias(name) for name in OUTCOME_COLUMNS]
    until = [] if valid_until is None else [pl.lit(valid_until).alias("valid_until")]
    return conform(queue, QUEUE).sort("rank", "person_id", "channel").with_columns(until + blank)
