"""From bits to a probability: a stored, monotone map, fitted offline on pairs whose truth is known.

The bits of a pair add up as if its comparisons were independent, which they are not: at 8 bits some 93 of 100 pairs are
one person, and not 255 of 256 (measured in this project, November 2026). So bits decide, and what is shown as a
probability is what came true.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CalibrationMap", "fit_map", "probability", "reliability"]

# Points of the map: thousandths of a bit, rising, and the share of pairs that are one person, never falling.
CalibrationMap: TypeAlias = "tuple[tuple[int, float], ...]"

_BIN: Final = 500  # millibits; finer steps would follow chance
_ENDS: Final = (-8_000, 24_000)  # what lies beyond counts to the ends: nobody decides there
_DECIMALS: Final = 4
_MILLIONTHS: Final = 1_000_000
_LEAST: Final = 0.0005  # nothing is certain, and nothing is ruled out


def fit_map(millibits: pl.Series, is_match: pl.Series) -> CalibrationMap:
    """The map that fits labelled pairs best among all that never fall (isotonic regression, by pooling neighbours).

    ``millibits`` are the scores of pairs, ``is_match`` says which of them are one person. Pairs are counted in steps of
    half a bit; each step's share is smoothed as if half a match and half a non-match more had been seen. Returns the
    points between which :func:`probability` interpolates. Raises ``ValueError`` where there are no pairs.
    """
    steps = _steps(millibits, is_match)
    if steps.is_empty():
        raise ValueError("a map cannot be fitted on no pairs")
    fitted = _never_falling(list(steps.select(pl.col("matches") + 0.5, pl.col("pairs") + 1.0).iter_rows()))
    points = zip(steps.get_column("millibits"), fitted, strict=True)
    return _corners([(at, _inside(share)) for at, share in points])


def probability(millibits: pl.Expr, points: CalibrationMap) -> pl.Expr:
    """How likely pairs of so many thousandths of a bit are one person: between the points in a line, beyond them flat.

    A sum of whole millionths of which each never falls: so it never falls either, and is the same on every machine.
    Raises ``ValueError`` for a map without points.
    """
    if not points:
        raise ValueError("a map without points says nothing")
    whole = [(at, round(share * _MILLIONTHS)) for at, share in points]
    rises = [
        ((millibits.clip(low, high) - low).cast(pl.Int64) * (above - below)).floordiv(high - low)
        for (low, below), (high, above) in pairwise(whole)
        if above > below
    ]
    first = pl.when(millibits.is_not_null()).then(pl.lit(whole[0][1], pl.Int64))
    total = pl.sum_horizontal(first, *rises, ignore_nulls=False)
    return (total.clip(round(_LEAST * _MILLIONTHS), round((1 - _LEAST) * _MILLIONTHS)) / _MILLIONTHS).round(6)


def reliability(millibits: pl.Series, is_match: pl.Series, *, edges: Sequence[int]) -> pl.DataFrame:
    """``from_millibits, pairs, matches, share``: how many pairs of each band are one person, bands rising.

    ``edges`` are the lower ends of the bands, rising; what lies below the first counts to a band of its own whose lower
    end is null. Bands without pairs are left out.
    """
    scored = pl.DataFrame({"millibits": millibits, "match": is_match})
    ends = pl.DataFrame({"from_millibits": pl.Series(edges, dtype=pl.Int32)})
    banded = scored.with_columns(pl.col("millibits").cast(pl.Int32)).sort("millibits")
    return (
        banded.join_asof(ends, left_on="millibits", right_on="from_millibits", coalesce=False)
        .group_by("from_millibits")
        .agg(pl.len().alias("pairs"), pl.col("match").sum().alias("matches"))
        .with_columns((pl.col("matches") / pl.col("pairs")).alias("share"))
        .sort("from_millibits")
    )


def _steps(millibits: pl.Series, is_match: pl.Series) -> pl.DataFrame:
    """Pairs and matches of every step, at the mean of its scores in whole millibits."""
    step = pl.col("millibits").floordiv(_BIN).alias("step")
    return (
        pl.DataFrame({"millibits": millibits.cast(pl.Int64).clip(*_ENDS), "match": is_match})
        .group_by(step)
        .agg(
            pl.len().alias("pairs"),
            pl.col("match").sum().alias("matches"),
            pl.col("millibits").sum().floordiv(pl.len()).alias("millibits"),
        )
        .sort("step")
    )


def _never_falling(counts: list[tuple[float, float]]) -> list[float]:
    """The share of every step (``matches, pairs``): neighbours that fall are pooled until none does."""
    pools: list[tuple[float, float, int]] = []
    for matches, pairs in counts:
        pool = (matches, pairs, 1)
        while pools and pools[-1][0] * pool[1] >= pool[0] * pools[-1][1]:
            before = pools.pop()
            pool = (before[0] + pool[0], before[1] + pool[1], before[2] + pool[2])
        pools.append(pool)
    return [matches / pairs for matches, pairs, steps in pools for _ in range(steps)]


def _inside(share: float) -> float:
    return round(min(max(share, _LEAST), 1 - _LEAST), _DECIMALS)


def _corners(points: list[tuple[int, float]]) -> CalibrationMap:
    """Without the points inside a level stretch, which say nothing."""
    last = len(points) - 1
    return tuple(
        point
        for place, point in enumerate(points)
        if place in (0, last) or not points[place - 1][1] == point[1] == points[place + 1][1]
    )
