"""A probability says what came true: fitted on known pairs, it never falls with the bits and is never certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules_on_disk import load_rulebook
from policies.identity.calibration import fit_map, probability, reliability
from policies.identity.model_file import lead_model

if TYPE_CHECKING:
    from random import Random

MODEL = lead_model(load_rulebook(None).settings)
PAIRS = st.lists(st.tuples(st.integers(-20_000, 40_000), st.booleans()), min_size=1, max_size=60)


def told(millibits: list[int], points: tuple[tuple[int, float], ...]) -> list[float]:
    """Probabilities by a map."""
    frame = pl.DataFrame({"millibits": millibits}, schema={"millibits": pl.Int32})
    return frame.select(probability(pl.col("millibits"), points)).to_series().to_list()


@given(PAIRS)
def test_it_never_falls_and_is_never_certain(pairs: list[tuple[int, bool]]) -> None:
    """Whatever the labels say."""
    points = fit_map(pl.Series([bits for bits, _ in pairs]), pl.Series([match for _, match in pairs]))
    found = told(list(range(-25_000, 45_000, 500)), points)
    assert found == sorted(found)
    assert 0 < found[0] <= found[-1] < 1


@given(PAIRS, st.randoms())
def test_the_order_of_pairs_changes_nothing(pairs: list[tuple[int, bool]], chance: Random) -> None:
    """A map depends on what is known alone."""
    shuffled = sorted(pairs, key=lambda _: chance.random())
    maps = [
        fit_map(pl.Series([bits for bits, _ in each]), pl.Series([match for _, match in each]))
        for each in (pairs, shuffled)
    ]
    assert maps[0] == maps[1]


def test_shares_that_came_true_are_told() -> None:
    """At 2 bits a quarter, at 6 bits all but a tenth."""
    bits = pl.Series([2_000] * 400 + [6_000] * 400)
    match = pl.Series([True] * 100 + [False] * 300 + [True] * 360 + [False] * 40)
    points = fit_map(bits, match)
    assert told([2_000, 6_000], points) == pytest.approx([0.25, 0.9], abs=0.01)
    assert told([4_000], points) == pytest.approx([0.575], abs=0.01)  # in a line between them
    assert told([-9_000, 30_000], points) == told([2_000, 6_000], points)  # flat beyond what was seen


def test_steps_that_fall_are_pooled() -> None:
    """Chance made the higher bits rarer matches: both tell what they are together."""
    points = fit_map(
        pl.Series([1_000] * 100 + [3_000] * 100), pl.Series([True] * 60 + [False] * 40 + [True] * 40 + [False] * 60)
    )
    assert told([1_000, 2_000, 3_000], points) == pytest.approx([0.5, 0.5, 0.5], abs=0.01)


def test_no_bits_have_no_probability() -> None:
    """A pair that was not scored says nothing."""
    frame = pl.DataFrame({"millibits": [None]}, schema={"millibits": pl.Int32})
    assert frame.select(probability(pl.col("millibits"), ((0, 0.5), (1000, 0.6)))).item() is None


def test_a_map_needs_points_and_pairs() -> None:
    """Faults of the caller are said as such."""
    with pytest.raises(ValueError, match="no pairs"):
        fit_map(pl.Series([], dtype=pl.Int32), pl.Series([], dtype=pl.Boolean))
    with pytest.raises(ValueError, match="without points"):
        probability(pl.col("millibits"), ())


def test_bands_account_for_every_pair() -> None:
    """Each pair is in one band; what lies below the first has none."""
    bands = reliability(pl.Series([-9, 0, 5, 10, 11]), pl.Series([False, True, False, True, True]), edges=[0, 10])
    assert bands.rows() == [(None, 1, 0, 0.0), (0, 2, 1, 0.5), (10, 2, 2, 1.0)]


def test_the_packaged_map_rises_from_doubt_to_trust() -> None:
    """What suppresses is more likely wrong than right, what merges is nearly always right."""
    low, review, merge, sure = told([-8_000, 2_000, 6_000, 20_000], MODEL.calibration)
    assert low < 0.2
    assert 0.4 < review < 0.9
    assert 0.75 < merge < 0.98
    assert sure > 0.98
