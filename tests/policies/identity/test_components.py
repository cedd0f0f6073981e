"""Components of records that share keys, against a plain union-find."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from policies.identity import components

Membership = list[tuple[int, int]]

RECORDS = 14
memberships = st.lists(st.tuples(st.integers(0, RECORDS - 1), st.integers(0, 9)), max_size=30)


def records_of(count: int) -> pl.Series:
    """Ids of so many records, whose order as text is their order as numbers."""
    return pl.Series("record_id", [f"r{number:05}" for number in range(count)], dtype=pl.String)


def links_of(members: Membership) -> pl.DataFrame:
    """Membership of records in keys."""
    return pl.DataFrame(
        {"record_id": [f"r{record:05}" for record, _ in members], "key": [f"k{key}" for _, key in members]},
        schema={"record_id": pl.String, "key": pl.String},
    )


def by_union_find(count: int, members: Membership) -> list[str]:
    """The smallest record of each record's group, worked out pair by pair."""
    parent = list(range(count))

    def root(record: int) -> int:
        while parent[record] != record:
            record = parent[record]
        return record

    first_of: dict[int, int] = {}
    for record, key in members:
        ours, theirs = root(record), root(first_of.setdefault(key, record))
        parent[max(ours, theirs)] = min(ours, theirs)
    return [f"r{root(record):05}" for record in range(count)]


@given(memberships)
def test_groups_are_those_of_a_union_find(members: Membership) -> None:
    """Whatever shares keys, directly or over others, is one group named by its smallest record."""
    found = components(records_of(RECORDS), links_of(members))
    assert found.get_column("record_id").to_list() == records_of(RECORDS).to_list()
    assert found.get_column("component").to_list() == by_union_find(RECORDS, members)


@given(memberships, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(members: Membership, chance: st.DataObject) -> None:
    """Records and links in any order, or given twice, make the same groups."""
    mixed = [*members, *members]
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # a Random, which the strategy's type does not say
    again = components(records_of(RECORDS).reverse(), links_of(mixed))
    assert_frame_equal(components(records_of(RECORDS), links_of(members)), again)


def test_a_long_chain_is_one_group() -> None:
    """Two thousand records, each linked to the next alone, are still one person."""
    count = 2_000
    chain = [(record, key) for key in range(count - 1) for record in (key, key + 1)]
    assert set(components(records_of(count), links_of(chain)).get_column("component")) == {"r00000"}


def test_a_chain_in_a_mixed_order_of_names_is_one_group() -> None:
    """The order of ids along a chain plays no part."""
    order = [10 * step % 1_001 for step in range(1_001)]
    chain = [(record, key) for key in range(1_000) for record in (order[key], order[key + 1])]
    assert set(components(records_of(1_001), links_of(chain)).get_column("component")) == {"r00000"}


def test_records_without_links_stand_alone_and_strangers_are_ignored() -> None:
    """A link of a record that was not asked about joins nobody."""
    links = links_of([(0, 1), (99, 1), (99, 2), (1, 2)])
    assert components(records_of(2), links).get_column("component").to_list() == ["r00000", "r00001"]


def test_nobody_gives_nothing() -> None:
    """Empty in, empty out, with the columns of the contract."""
    found = components(records_of(0), links_of([]))
    assert (found.columns, found.height) == (["record_id", "component"], 0)
