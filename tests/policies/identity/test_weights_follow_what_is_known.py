"""Weights fitted to known pairs move towards what the pairs say, and no further than they insist."""

from __future__ import annotations

import polars as pl
import pytest

from policies.errors import TactfulError
from policies.identity.columns import pair_columns
from policies.identity.model_file import parse_model
from policies.identity.refitting import changes_of_weights, refitted_table

TABLE = {
    "version": "t",
    "thresholds": {"merge": 6, "review": 2, "suppress": -2},
    "fields": {"name": {"transform": "fold"}, "town": {"transform": "fold"}},
    "statistics": {"name_count": {"count": "name"}},
    "blocking": [{"name": "name", "key": ["name"]}],
    "comparison": [
        {
            "name": "name",
            "kind": "exact",
            "field": "name",
            "label": "name",
            "source": "test",
            "level": [
                {"name": "same", "label": "same name", "m": 0.9, "u_of": "name_count", "high": 4},
                {"name": "different", "label": "different names", "bits": -4},
            ],
        },
        {
            "name": "town",
            "kind": "exact",
            "field": "town",
            "label": "town",
            "source": "test",
            "level": [
                {"name": "same", "label": "same town", "bits": 2},
                {"name": "different", "label": "different towns", "bits": -2},
            ],
        },
    ],
}
MODEL = parse_model(TABLE)
WEIGHT = {"name": {0: 0, 1: 4_000, 2: -4_000}, "town": {0: 0, 1: 2_000, 2: -2_000}}


def scored(counts: dict[tuple[int, int], tuple[int, int]]) -> tuple[pl.DataFrame, pl.Series]:
    """Pairs of so many (matches, others) for every combination of levels of name and town."""
    rows = [
        (name, WEIGHT["name"][name], town, WEIGHT["town"][town], -2_000, match)
        for (name, town), (matches, others) in counts.items()
        for match in [True] * matches + [False] * others
    ]
    columns = ["name", "name_millibits", "town", "town_millibits", "prior_millibits", "match"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        (pl.col("name_millibits") + pl.col("town_millibits") + pl.col("prior_millibits")).alias("millibits"),
        pl.lit(0).alias("veto"),
        pl.lit(0).alias("rules"),
    )
    types = pair_columns(("name", "town"))
    return frame.select(pl.col(name).cast(dtype) for name, dtype in types.items()), frame.get_column("match")


def added(counts: dict[tuple[int, int], tuple[int, int]]) -> dict[tuple[str, str], float]:
    """Bits added per level."""
    changes = changes_of_weights(*scored(counts), MODEL)
    return {(row["comparison"], row["level"]): row["added_millibits"] / 1000 for row in changes.to_dicts()}


def test_weights_that_are_right_stay() -> None:
    """At 4 + 2 - 2 bits 16 of 17 are one person, at 4 - 2 - 2 bits half, at -4 + 2 - 2 bits 1 of 17."""
    bits = added({(1, 1): (1600, 100), (1, 2): (500, 500), (2, 1): (100, 1600)})
    assert all(abs(each) < 0.2 for each in bits.values())


def test_a_level_that_says_less_than_it_weighs_loses_bits() -> None:
    """Towns turn out to say nothing: what agreed is worth less, what differed costs less."""
    bits = added({(1, 1): (800, 200), (1, 2): (800, 200), (2, 1): (50, 800), (2, 2): (50, 800)})
    assert bits["town", "same"] < -0.5
    assert bits["town", "different"] > 0.5


def test_few_pairs_move_little() -> None:
    """The same shares, a hundred times fewer: the packaged weights hold."""
    many = added({(1, 1): (3000, 3000), (2, 2): (3000, 3000)})
    few = added({(1, 1): (30, 30), (2, 2): (30, 30)})
    assert all(abs(few[level]) <= abs(many[level]) for level in many)
    assert few != many


def test_the_order_of_pairs_changes_nothing() -> None:
    """Shuffled pairs, the same changes."""
    frame, match = scored({(1, 1): (90, 30), (1, 2): (60, 70), (2, 0): (10, 80)})
    order = pl.Series(range(frame.height)).shuffle(seed=4)
    changes = changes_of_weights(frame, match, MODEL)
    assert changes.equals(changes_of_weights(frame[order], match.gather(order), MODEL))


def test_too_few_labels_are_refused() -> None:
    """Fifty of each at the least."""
    with pytest.raises(TactfulError) as error:
        changes_of_weights(*scored({(1, 1): (49, 1000)}), MODEL)
    assert error.value.code == "too_few_labels"
    assert error.value.details == {"matches": 49, "others": 1000, "least": 50}


def test_limits_stay_and_bits_are_added_behind_them() -> None:
    """A counted weight keeps its limits; a plain one becomes another number; the table given is left alone."""
    frame, match = scored({(1, 1): (800, 200), (1, 2): (800, 200), (2, 1): (50, 800), (2, 2): (50, 800)})
    changes = changes_of_weights(frame, match, MODEL)
    table = refitted_table(TABLE, changes, ((0, 0.5), (1000, 0.75)), "t+1")
    by_name = {(c["name"], level["name"]): level for c in table["comparison"] for level in c["level"]}
    more = {(row["comparison"], row["level"]): row["added_millibits"] / 1000 for row in changes.to_dicts()}
    assert by_name["name", "same"]["high"] == 4
    assert by_name["name", "same"].get("less", 0.0) == pytest.approx(-more["name", "same"])
    assert by_name["town", "same"]["bits"] == pytest.approx(2 + more["town", "same"])
    assert parse_model(table).calibration == ((0, 0.5), (1000, 0.75))
    assert "calibration" not in TABLE
