"""How well a grouping finds the true people: over pairs of the closure, and over records (B-cubed).

Pairwise figures count every pair of records in one cluster, also those only a third record connects; B-cubed (Bagga and
Baldwin 1998, doi:10.3115/980845.980859) weighs every record alike, so that a few large clusters do not rule it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

__all__ = ["Quality", "measure", "pairs_within"]

_COLUMNS: Final = (("precision", 10), ("recall", 9), ("F1", 8), ("B-cubed P", 11), ("R", 8), ("F1", 8))
HEADER: Final = (
    f"{'':<26}{''.join(f'{name:>{width}}' for name, width in _COLUMNS)}{'largest':>9}{'people':>10}{'of':>9}"
)


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision, recall and F1 over pairs and over records; the largest cluster; clusters found and true people."""

    precision: float
    recall: float
    record_precision: float
    record_recall: float
    largest: int
    found: int
    true: int

    @property
    def f1(self) -> float:
        """Harmonic mean over pairs."""
        return _harmonic(self.precision, self.recall)

    @property
    def record_f1(self) -> float:
        """Harmonic mean over records."""
        return _harmonic(self.record_precision, self.record_recall)

    def line(self, name: str) -> str:
        """A line under `HEADER`."""
        return (
            f"{name:<26}{self.precision:>10.4f}{self.recall:>9.4f}{self.f1:>8.4f}{self.record_precision:>11.4f}"
            f"{self.record_recall:>8.4f}{self.record_f1:>8.4f}{self.largest:>9}{self.found:>10,}{self.true:>9,}"
        )


def measure(truth: pl.Series, found: pl.Series) -> Quality:
    """Compare two labellings of the same records, in the same order."""
    both = pl.DataFrame({"truth": truth, "found": found})
    cells = both.group_by("truth", "found").len("cell")
    true, clusters = both.group_by("truth").len("true"), both.group_by("found").len("cluster")
    right = pairs_within(cells.get_column("cell"))
    claimed, wanted = pairs_within(clusters.get_column("cluster")), pairs_within(true.get_column("true"))
    sizes = cells.join(true, on="truth").join(clusters, on="found").with_columns(pl.col("cell").cast(pl.Float64))
    precision, recall = sizes.select(
        ((pl.col("cell") ** 2 / pl.col("cluster")).sum() / both.height).alias("precision"),
        ((pl.col("cell") ** 2 / pl.col("true")).sum() / both.height).alias("recall"),
    ).row(0)
    return Quality(
        precision=right / claimed if claimed else 1.0,
        recall=right / wanted if wanted else 1.0,
        record_precision=precision,
        record_recall=recall,
        largest=int(clusters.get_column("cluster").to_numpy().max()),
        found=clusters.height,
        true=true.height,
    )


def pairs_within(sizes: pl.Series) -> int:
    """How many pairs there are within groups of these sizes."""
    wide = sizes.cast(pl.Int64)
    return int((wide * (wide - 1) // 2).sum())


def _harmonic(left: float, right: float) -> float:
    return 2 * left * right / (left + right) if left + right else 0.0
