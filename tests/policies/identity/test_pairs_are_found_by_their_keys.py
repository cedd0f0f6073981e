"""Blocking: who shares a key is compared, blocks that are too large are not, partitions change nothing."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from policies.identity.blocking import KEYS, candidate_pairs, key_table, pairs_of
from policies.identity.model_file import parse_model
from tests.policies.identity.lists_of_people import leads, many_people
from tests.policies.identity.pairs_of_people import prepared_people

TABLE = {
    "version": "1",
    "thresholds": {"merge": 6, "review": 2, "suppress": -2},
    "fields": {"ends": {"sorted": ["first", "last"]}, "plain": {"of": "last", "unless": "hidden"}},
    "blocking": [
        {"name": "ends", "key": ["ends"]},
        {"name": "begins", "key": ["last[:2]"], "cap": 3},
        {"name": "plain", "key": ["plain"]},
    ],
    "comparison": [
        {
            "name": "last",
            "kind": "exact",
            "field": "last",
            "label": "last",
            "source": "a test",
            "level": [
                {"name": "same", "label": "same", "bits": 1},
                {"name": "different", "label": "different", "bits": -1},
            ],
        }
    ],
}
FRAME = pl.DataFrame(
    {
        "first": ["ada", "quist", "bo", None, "cy", "di"],
        "last": ["quist", "ada", "quill", "quist", "tamm", "tamm"],
        "hidden": [None, False, False, False, True, False],
    }
)


def pairs_by(rule: int) -> list[tuple[int, int]]:
    """Pairs of the small frame that a rule found."""
    found = candidate_pairs(FRAME, parse_model(TABLE, FRAME.columns))
    return found.filter(pl.col("rules") // 2**rule % 2 == 1).select("a", "b").rows()


def test_sorted_fields_find_words_in_any_order() -> None:
    """A missing part makes no key."""
    assert pairs_by(0) == [(0, 1)]


def test_first_letters_find_what_begins_alike() -> None:
    """``last[:2]`` is the first two letters."""
    assert pairs_by(1) == [(0, 2), (0, 3), (2, 3), (4, 5)]


def test_a_field_is_left_out_where_it_is_said_so() -> None:
    """``unless``: unknown is no reason to leave it out."""
    assert pairs_by(2) == [(0, 3)]


def test_too_large_a_block_makes_no_pairs() -> None:
    """Four of a kind exceed a cap of three."""
    more = pl.concat([FRAME, FRAME.slice(0, 1)])
    found = candidate_pairs(more, parse_model(TABLE, FRAME.columns))
    assert found.filter(pl.col("rules") == 2).select("a", "b").rows() == [(4, 5)]


@pytest.mark.parametrize("partitions", [2, 3, 8, 1_000])
def test_partitions_change_nothing(partitions: int) -> None:
    """Not even the order."""
    prepared = prepared_people(many_people(400))
    assert_frame_equal(candidate_pairs(prepared, leads(), partitions=partitions), candidate_pairs(prepared, leads()))


def test_only_pairs_with_somebody_outside_are_made_of_what_is_outside() -> None:
    """Pairs within and pairs with the outside are all pairs, and none is in both."""
    prepared = prepared_people(many_people(400))
    keys = key_table(prepared, leads())
    known = pl.col("position") < 300
    within = pairs_of(keys.filter(known), leads())
    beyond = pairs_of(keys.with_columns((~known).alias("outside")), leads())
    assert within.join(beyond, on=["a", "b"], how="semi").height == 0
    assert beyond.filter(pl.col("b") < 300).height == 0


def test_keys_are_sorted_and_say_nothing() -> None:
    """A table of numbers, made to be looked up."""
    keys = key_table(prepared_people(many_people(100)), leads())
    assert keys.schema == KEYS
    assert_frame_equal(keys, keys.sort("rule", "key", "position"))


def test_nothing_makes_no_pairs() -> None:
    """Columns and types do not depend on there being any."""
    assert candidate_pairs(FRAME.clear(), parse_model(TABLE, FRAME.columns)).schema == pl.Schema(
        {"a": pl.UInt32, "b": pl.UInt32, "rules": pl.UInt32}
    )
