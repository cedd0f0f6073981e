"""The frames of a run that gates, report and commitments read as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["RunFrames"]


@dataclass(frozen=True)
class RunFrames:
    """``DECISIONS``, ``QUEUE`` and ``RECALL`` of one run."""

    decisions: pl.DataFrame
    queue: pl.DataFrame
    recall: pl.DataFrame
