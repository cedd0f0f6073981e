"""Weights fitted anew to pairs whose truth is known: by how much each level should weigh more or less than it does.

Comparisons are not independent (two mailboxes at one firm mean little unless the firm agrees), so shares of each level
alone would mislead. All levels are fitted together: a logistic regression on the score as it is, in which each level
may add a few bits, held near nothing unless the data insist (a Gaussian prior, that is ridge regression). Pairs may be
chosen by their score, as doubtful ones shown to a human are, since the fit is made given the score.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.errors import TactfulError
from policies.identity.model import MILLIBITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from policies.identity.calibration import CalibrationMap
    from policies.identity.model import Model

__all__ = ["CHANGES", "LEAST_OF_EACH", "changes_of_weights", "check_labels", "refitted_table"]

# A row per level that occurs: pairs at it, how many of them are one person, what it weighs on average, what is added.
CHANGES: Final = pl.Schema(
    {
        "comparison": pl.String,
        "level": pl.String,
        "pairs": pl.UInt32,
        "matches": pl.UInt32,
        "millibits": pl.Int32,
        "added_millibits": pl.Int32,
    }
)
LEAST_OF_EACH: Final = 50  # pairs of one person, and pairs of two, below which nothing is fitted
_SPREAD: Final = 1.0  # bits: how far a weight may lie from the one shipped before data must insist
_MOST: Final = 3.0  # bits added or taken off at most
_STEP: Final = 50  # millibits to which changes are rounded: what is below is noise
_ROUNDS: Final = 50
_SETTLED: Final = 1e-6


def check_labels(is_match: pl.Series) -> None:
    """Raise ``TactfulError`` (``too_few_labels``) unless enough pairs of one person and of two are known."""
    matches, others = int(is_match.sum()), int((~is_match).sum())
    if min(matches, others) < LEAST_OF_EACH:
        raise TactfulError(
            "too_few_labels",
            f"Known are {matches:,} compared pairs of one person and {others:,} of two people;"
            f" {LEAST_OF_EACH} of each are the least that weights can be fitted to.",
            "Label more records, or judge more pairs with `tactful people same` and `different`.",
            {"matches": matches, "others": others, "least": LEAST_OF_EACH},
        )


def changes_of_weights(scored: pl.DataFrame, is_match: pl.Series, model: Model) -> pl.DataFrame:
    """``CHANGES``: how much every level should weigh more or less, in the model's order.

    ``scored`` are pairs with the columns of ``pair_columns``, ``is_match`` says which are one person. The order of rows
    changes nothing. Raises ``TactfulError`` as :func:`check_labels`.
    """
    check_labels(is_match)
    levels = _levels(scored, is_match, model)
    added = _added(scored, is_match, levels)
    rounded = [round(bits * MILLIBITS / _STEP) * _STEP for bits in added]
    return levels.with_columns(pl.Series("added_millibits", rounded, dtype=pl.Int32)).select(list(CHANGES))


def refitted_table(
    table: Mapping[str, Any], changes: pl.DataFrame, points: CalibrationMap, version: str
) -> dict[str, Any]:
    """The model file of ``table`` with changed weights, another version and another calibration map.

    A weight that counts a frequency keeps its limits: what is added comes after them. Vetoes and thresholds stay.
    """
    made: dict[str, Any] = deepcopy(dict(table))
    added = {(row["comparison"], row["level"]): row["added_millibits"] / MILLIBITS for row in changes.to_dicts()}
    for comparison in made["comparison"]:
        for level in comparison["level"]:
            _add(level, added.get((comparison["name"], level["name"]), 0.0))
    made["version"] = version
    made["calibration"] = {
        "millibits": [point for point, _ in points],
        "probability": [share for _, share in points],
    }
    return made


def _add(level: dict[str, Any], bits: float) -> None:
    if not bits:
        return
    if "bits" in level:
        level["bits"] = round(level["bits"] + bits, 3)
    else:
        level["less"] = round(level.get("less", 0.0) - bits, 3)


def _levels(scored: pl.DataFrame, is_match: pl.Series, model: Model) -> pl.DataFrame:
    """``CHANGES`` without what is added: the levels that occur, in the model's order."""
    labelled = scored.with_columns(is_match.alias("_match"))
    found = [
        labelled.filter(pl.col(comparison.name) > 0)
        .group_by(pl.col(comparison.name).alias("code"))
        .agg(
            pl.len().alias("pairs"),
            pl.col("_match").sum().alias("matches"),
            pl.col(f"{comparison.name}_millibits").cast(pl.Int64).sum().floordiv(pl.len()).alias("millibits"),
        )
        .sort("code")
        .select(
            pl.lit(comparison.name).alias("comparison"),
            pl.col("code")
            .replace_strict(
                range(1, len(comparison.levels) + 1),
                [level.name for level in comparison.levels],
                return_dtype=pl.String,
            )
            .alias("level"),
            pl.col("pairs").cast(pl.UInt32),
            pl.col("matches").cast(pl.UInt32),
            pl.col("millibits").cast(pl.Int32),
            pl.col("code"),
        )
        for comparison in model.comparisons
    ]
    return pl.concat(found)


def _added(scored: pl.DataFrame, is_match: pl.Series, levels: pl.DataFrame) -> list[float]:
    """Bits to add per level, by Newton's method; pairs of the same levels and score count together."""
    import numpy as np

    names = levels.get_column("comparison").unique(maintain_order=True).to_list()
    grouped = (
        scored.select(*names, "millibits")
        .with_columns(is_match.alias("_match"))
        .group_by(*names, "millibits")
        .agg(pl.len().alias("_pairs"), pl.col("_match").sum())
        .sort(*names, "millibits")
    )
    at = [
        (grouped.get_column(row["comparison"]) == row["code"]).to_numpy().astype(np.float64)
        for row in levels.select("comparison", "code").to_dicts()
    ]
    offset = grouped.get_column("millibits").to_numpy() / MILLIBITS * np.log(2)
    pairs = grouped.get_column("_pairs").to_numpy().astype(np.float64)
    matches = grouped.get_column("_match").to_numpy().astype(np.float64)
    return _fitted(np.column_stack(at), offset, pairs, matches)


def _fitted(
    at: NDArray[np.float64], offset: NDArray[np.float64], pairs: NDArray[np.float64], matches: NDArray[np.float64]
) -> list[float]:
    import numpy as np

    stiffness = 1 / (_SPREAD * np.log(2)) ** 2
    added = np.zeros(at.shape[1])
    for _ in range(_ROUNDS):
        odds = np.clip(offset + at @ added, -30, 30)
        share = 1 / (1 + np.exp(-odds))
        slope = at.T @ (matches - pairs * share) - stiffness * added
        bend = (at * (pairs * share * (1 - share))[:, None]).T @ at + stiffness * np.eye(at.shape[1])
        step = np.linalg.solve(bend, slope)
        added = added + np.clip(step, -1, 1)
        if np.abs(step).max() < _SETTLED:
            break
    bits = np.clip(added / np.log(2), -_MOST, _MOST)
    return [float(each) for each in bits]
