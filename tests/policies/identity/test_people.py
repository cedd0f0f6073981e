"""Person ids: stable through new lists, aliased when people merge, new when they split, never used twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from policies.identity import Generation, resolve_people
from policies.schema import ALIASES, ASSIGNMENTS, SPLITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DAY = date(2026, 10, 14)


def mint(record_ids: list[str]) -> list[str]:
    """Ids that can be read; the real ones are keyed."""
    return [f"p-{record}" for record in record_ids]


def backwards(record_ids: list[str]) -> list[str]:
    """Ids in the opposite order of their records."""
    return [f"p-{999 - sum(ord(letter) for letter in record)}" for record in record_ids]


def groups_of(*people: str) -> pl.DataFrame:
    """Groups of records, each written as letters: ``"ab", "c"``."""
    rows = [(record, min(letters)) for letters in people for record in letters]
    schema = {"record_id": pl.String, "component": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("record_id")


def history(*days: Sequence[str]) -> list[Generation]:
    """The generation after each day, every one committed before the next."""
    found = [Generation.none()]
    for number, people in enumerate(days):
        seen_on = DAY + timedelta(days=number)
        found.append(resolve_people(groups_of(*people), found[-1], mint=mint, seen_on=seen_on).generation)
    return found[1:]


def ids(generation: Generation) -> dict[str, str]:
    """Whose record is whose."""
    return dict(generation.assignments.select("record_id", "person_id").iter_rows())


def resolved(generation: Generation, old: str) -> str:
    """The id in force for an id of any age."""
    return str(pl.select(generation.resolve(pl.lit(old))).item())


def pairs(frame: pl.DataFrame) -> set[tuple[str, ...]]:
    """The first two columns."""
    return {row[:2] for row in frame.iter_rows()}


def test_whoever_gave_the_id_has_it_back_after_a_merge_and_a_split() -> None:
    """All were first seen on one day, and the other's record comes first: ids noted before still name the same one."""
    first = resolve_people(groups_of("a", "b"), Generation.none(), mint=backwards, seen_on=DAY).generation
    merged = resolve_people(groups_of("ab"), first, mint=backwards, seen_on=DAY + timedelta(days=1)).generation
    assert set(ids(merged).values()) == {ids(first)["b"]}
    parted = resolve_people(groups_of("a", "b"), merged, mint=backwards, seen_on=DAY + timedelta(days=2)).generation
    assert ids(parted)["b"] == ids(first)["b"]
    assert ids(parted)["a"] != ids(first)["b"]


def test_an_id_is_minted_from_the_first_record() -> None:
    """On the first day the smallest record of each group names the person."""
    (first,) = history(["ba", "c"])
    assert ids(first) == {"a": "p-a", "b": "p-a", "c": "p-c"}
    assert set(first.assignments.get_column("first_seen_on")) == {DAY}
    assert (first.assignments.schema, first.aliases.schema, first.splits.schema) == (ASSIGNMENTS, ALIASES, SPLITS)


def test_a_new_list_changes_nobody_s_id() -> None:
    """A record with a smaller id joins the person as it is; the day of first sight stays."""
    _, second = history(["bc"], ["abc", "d"])
    assert ids(second) == {"a": "p-b", "b": "p-b", "c": "p-b", "d": "p-d"}
    seen = dict(second.assignments.select("record_id", "first_seen_on").iter_rows())
    assert (seen["b"], seen["a"]) == (DAY, DAY + timedelta(days=1))


def test_the_oldest_id_survives_a_merge_and_the_others_stay_known() -> None:
    """People who turn out to be one keep the id seen first; the other leads to it for ever."""
    *_, third = history(["b"], ["b", "a"], ["ab"])
    assert ids(third) == {"a": "p-b", "b": "p-b"}
    assert pairs(third.aliases) == {("p-a", "p-b")}
    assert (resolved(third, "p-a"), resolved(third, "p-b"), resolved(third, "p-z")) == ("p-b", "p-b", "p-z")


@pytest.mark.parametrize(
    ("first", "second", "survives"),
    [
        (["b"], ["a", "b"], "p-b"),  # seen a day earlier
        (["a", "bc"], ["a", "bc"], "p-b"),  # more records
        (["b", "a"], ["a", "b"], "p-a"),  # the smaller id
    ],
)
def test_of_several_ids_the_oldest_then_the_fullest_then_the_smallest_survives(
    first: list[str], second: list[str], survives: str
) -> None:
    """Who merges with whom, and under which id."""
    found = history(first, second, ["".join(sorted({letter for group in second for letter in group}))])
    assert set(ids(found[-1]).values()) == {survives}


def test_an_alias_of_an_alias_leads_to_the_id_in_force() -> None:
    """After three people became one in two steps, every id of any of them is answered at once."""
    *_, last = history(["a"], ["a", "b"], ["a", "b", "c"], ["a", "bc"], ["abc"])
    assert pairs(last.aliases) == {("p-b", "p-a"), ("p-c", "p-a")}


def test_the_part_with_the_first_record_keeps_the_id() -> None:
    """Who turns out not to be the person gets an id of their own, and the split is written down."""
    _, second, third = history(["ab"], ["abc"], ["ab", "c"])
    assert ids(second)["c"] == "p-a"
    assert ids(third) == {"a": "p-a", "b": "p-a", "c": "p-c"}
    assert pairs(third.splits) == {("p-c", "p-a")}
    assert third.aliases.is_empty()


def test_a_record_that_moves_to_another_person_is_written_down_as_a_split() -> None:
    """What was said about the person it left goes along."""
    _, second = history(["ab", "c"], ["a", "bc"])
    assert ids(second) == {"a": "p-a", "b": "p-c", "c": "p-c"}
    assert pairs(second.splits) == {("p-c", "p-a")}


def test_an_id_is_never_used_again() -> None:
    """A part that begins with the very record a merged id came from gets a new id all the same."""
    *_, merged, split = history(["a", "b"], ["ab"], ["a", "b"])
    assert pairs(merged.aliases) == {("p-b", "p-a")}
    assert ids(split)["b"] not in {"p-a", "p-b"}
    assert resolved(split, "p-b") == "p-a"


def test_records_that_are_gone_keep_their_id() -> None:
    """A list that is taken back and dropped again brings the same people."""
    _, gone, back = history(["ab", "c"], ["c"], ["ab", "c"])
    assert ids(gone) == {"a": "p-a", "b": "p-a", "c": "p-c"}
    assert ids(back) == ids(gone)


def test_splits_lead_to_the_ids_in_force() -> None:
    """A part that left somebody and merged into a third person is still kin of whom it left."""
    *_, last = history(["d"], ["abc", "d"], ["ab", "c", "d"], ["ab", "cd"])
    assert ids(last) == {"a": "p-a", "b": "p-a", "c": "p-d", "d": "p-d"}
    assert ("p-c", "p-d") in pairs(last.aliases)
    assert pairs(last.splits) == {("p-d", "p-a")}


def test_parts_that_become_one_again_are_no_split() -> None:
    """Nothing is left to follow once they are one person."""
    *_, last = history(["ab"], ["a", "b"], ["ab"])
    assert set(ids(last).values()) == {"p-a"}
    assert last.splits.is_empty()


partitions = st.lists(
    st.lists(st.integers(0, 3), min_size=6, max_size=6).map(
        lambda places: ["".join(r for r, p in zip("abcdef", places, strict=True) if p == place) for place in (1, 2, 3)]
    ),
    min_size=1,
    max_size=6,
)


def in_use(people: Iterable[str]) -> list[str]:
    """Groups that have records."""
    return [letters for letters in people if letters]


@given(partitions)
def test_ids_follow_people_through_any_history(days: list[list[str]]) -> None:
    """One id a group, and an id in force always has one of the records it had before."""
    before: Mapping[str, str] = {}
    for people, generation in zip(map(in_use, days), history(*map(in_use, days)), strict=True):
        now = ids(generation)
        named = {letters: {now[record] for record in letters} for letters in people}
        assert all(len(found) == 1 for found in named.values())
        assert len(set.union(set(), *named.values())) == len(people)
        for letters, (person,) in named.items():
            heirs = {record for record, old in before.items() if old == person}
            assert not heirs or heirs & set(letters)
        assert not set(now.values()) & set(generation.aliases.get_column("old_person_id"))
        before = now


@given(partitions)
def test_whoever_was_one_person_is_found_from_either_part(days: list[list[str]]) -> None:
    """Every pair of records ever under one id stays tied: by an id, or over splits."""
    together: set[tuple[str, str]] = set()
    for people, generation in zip(map(in_use, days), history(*map(in_use, days)), strict=True):
        together |= {(first, second) for letters in people for first in letters for second in letters}
        now = ids(generation)
        kin = {person: {person} for person in now.values()}
        for part, whole in pairs(generation.splits):
            family = kin.setdefault(part, {part}) | kin.setdefault(whole, {whole})
            for person in family:
                kin[person] = family
        assert all(now[second] in kin[now[first]] for first, second in together)


@given(partitions, st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(days: list[list[str]], seed: int) -> None:
    """The same groups in another order give the same generation."""
    *earlier, last = map(in_use, days)
    prior = history(*earlier)[-1] if earlier else Generation.none()
    groups = groups_of(*last)
    mixed = Generation(
        prior.assignments.sample(fraction=1.0, shuffle=True, seed=seed),
        prior.aliases.sample(fraction=1.0, shuffle=True, seed=seed),
        prior.splits.sample(fraction=1.0, shuffle=True, seed=seed),
    )
    one = resolve_people(groups, prior, mint=mint, seen_on=DAY).generation
    other = resolve_people(
        groups.sample(fraction=1.0, shuffle=True, seed=seed), mixed, mint=mint, seen_on=DAY
    ).generation
    for name in ("assignments", "aliases", "splits"):
        assert_frame_equal(getattr(one, name), getattr(other, name))
