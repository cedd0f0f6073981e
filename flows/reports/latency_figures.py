"""Count how fast stops had their effect: from ``policies.latency.LATENCY`` to the figures of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.clock import instant_text
from flows.reports.model import Latency, LatencyLine, LateStop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["latency_of"]


def latency_of(latency: pl.DataFrame, days: int) -> Latency:
    """Figures of a ``LATENCY`` frame that is not empty; of single stops only the late ones are named, by event."""
    late = latency.filter("late").sort(["hours", "seq"], descending=[True, False])
    lines = (
        latency.group_by("country")
        .agg(pl.len(), pl.col("late").sum().alias("missed"), pl.col("hours").max())
        .sort("country")
    )
    return Latency(
        days=days,
        stops=latency.height,
        late=late.height,
        longest_hours=_longest(latency),
        by_country=tuple(LatencyLine(*line) for line in lines.iter_rows()),
        late_stops=tuple(_late(row) for row in late.iter_rows(named=True)),
    )


def _longest(latency: pl.DataFrame) -> float:
    hours = latency.get_column("hours").to_list()
    return float(max(hours))


def _late(row: Mapping[str, Any]) -> LateStop:
    held = row["in_force_at"]
    return LateStop(
        event=row["seq"],
        kind=row["kind"],
        country=row["country"],
        term=row["term"],
        arrived_at=instant_text(row["arrived_at"]),
        due_at=instant_text(row["due_at"]),
        held_at=None if held is None else instant_text(held),
        hours=row["hours"],
    )
