"""Measures of a grouping, on groupings whose figures are known by hand."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks.people.measures import measure


@pytest.mark.parametrize(
    ("truth", "found", "figures"),
    [
        ("aabbc", "xxyyz", (1.0, 1.0, 1.0, 1.0, 2)),
        ("aabb", "xxxx", (2 / 6, 1.0, 0.5, 1.0, 4)),
        ("aabb", "wxyz", (1.0, 0.0, 1.0, 0.5, 1)),
        ("aaab", "xxyy", (0.5, 1 / 3, 0.75, (4 / 3 + 1 / 3 + 1) / 4, 2)),
    ],
    ids=["all right", "all one", "all apart", "some of both"],
)
def test_pairs_and_records_are_counted(truth: str, found: str, figures: tuple[float, float, float, float, int]) -> None:
    """Pairwise and B-cubed precision and recall, and the largest cluster."""
    quality = measure(pl.Series(list(truth)), pl.Series(list(found)))

    assert (
        quality.precision,
        quality.recall,
        quality.record_precision,
        quality.record_recall,
        quality.largest,
    ) == pytest.approx(figures)
