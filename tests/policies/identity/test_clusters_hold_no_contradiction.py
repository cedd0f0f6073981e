"""Clusters: nobody in one who cannot be that person, people's words obeyed, and nothing else looked at."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.identity.clusters import Clustering, Clusters, cluster

if TYPE_CHECKING:
    from random import Random

RECORDS = 9
JR_SR, OTHER_VETO, NAME_VETO = 1, 2, 3
TERMS = Clustering(threshold=6_000, firm_vetoes=(JR_SR,), apart_below={NAME_VETO: -4_000})

Judged = dict[tuple[int, int], tuple[str, bool]]
Scored = dict[tuple[int, int], tuple[int, int]]


class World(NamedTuple):
    """Scores and judgements of pairs of records."""

    scored: Scored
    judged: Judged


def found(scored: Scored, judged: Judged | None = None, *, records: int = RECORDS) -> Clusters:
    """The clusters of records, from ``(a, b): (millibits, veto)`` and ``(a, b): (word, again)``."""
    of_scores = [(a, b, millibits, veto) for (a, b), (millibits, veto) in scored.items()]
    of_people = [(a, b, word, again) for (a, b), (word, again) in (judged or {}).items()]
    ends: dict[str, Any] = {"a": pl.UInt32, "b": pl.UInt32}
    return cluster(
        records,
        pl.DataFrame(of_scores, schema={**ends, "millibits": pl.Int32, "veto": pl.UInt8}, orient="row"),
        pl.DataFrame(of_people, schema={**ends, "word": pl.String, "again": pl.Boolean}, orient="row"),
        TERMS,
    )


def sides(scored: Scored, judged: Judged | None = None, *, records: int = RECORDS) -> list[int]:
    """The smallest record of each record's cluster."""
    return found(scored, judged, records=records).label.to_list()


pairs = st.tuples(st.integers(0, RECORDS - 1), st.integers(0, RECORDS - 1)).filter(lambda pair: pair[0] < pair[1])
scores = st.tuples(st.integers(2_000, 14_000), st.sampled_from([0, 0, 0, 0, OTHER_VETO, JR_SR]))
words = st.tuples(st.sampled_from(["same", "different"]), st.booleans())
worlds = st.builds(World, st.dictionaries(pairs, scores, max_size=22), st.dictionaries(pairs, words, max_size=4))


@given(worlds)
def test_no_cluster_holds_two_whom_people_called_different(world: World) -> None:
    """Whatever else was said or scored."""
    label = sides(*world)
    assert all(label[a] != label[b] for (a, b), (word, _) in world.judged.items() if word == "different")


@given(worlds)
def test_no_cluster_holds_a_vetoed_pair_unless_people_joined_it(world: World) -> None:
    """Without a word of people, vetoes hold in every cluster, not only between the records of a pair."""
    label = sides(world.scored)
    assert all(label[a] != label[b] for (a, b), (_, veto) in world.scored.items() if veto)


@given(worlds)
def test_what_people_call_the_same_is_together(world: World) -> None:
    """Where nobody said otherwise: one 'same' beats scores and vetoes, a second one Jr. and Sr. as well."""
    same = {pair: (word, True) for pair, (word, _) in world.judged.items() if word == "same"}
    label = sides(world.scored, same)
    assert all(label[a] == label[b] for a, b in same)


@given(worlds, pairs)
def test_a_judgement_changes_nobody_it_does_not_touch(world: World, pair: tuple[int, int]) -> None:
    """One more 'different' leaves every component alone that does not hold the pair."""
    judged = {key: said for key, said in world.judged.items() if key != pair}
    before = found(world.scored, judged)
    after = sides(world.scored, {**judged, pair: ("different", False)})
    reach = before.reach.to_list()
    touched = {reach[pair[0]], reach[pair[1]]}
    assert all(
        old == new for old, new, of in zip(before.label.to_list(), after, reach, strict=True) if of not in touched
    )


@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_nothing(world: World, random: Random) -> None:
    """The same pairs in any order give the same clusters."""
    scored, judged = list(world.scored.items()), list(world.judged.items())
    random.shuffle(scored)
    random.shuffle(judged)
    assert sides(*world) == sides(dict(scored), dict(judged))


@given(worlds)
def test_clusters_lie_within_what_hangs_together(world: World) -> None:
    """Repair only ever takes apart, and a cluster is named after its smallest record."""
    clusters = found(*world)
    label, reach = clusters.label.to_list(), clusters.reach.to_list()
    assert all(reach[of] == of_reach for of, of_reach in zip(label, reach, strict=True))
    assert all(label[of] == of <= record for record, of in enumerate(label))


@pytest.mark.parametrize(
    ("scored", "judged", "expected"),
    [
        pytest.param({(0, 1): (6_000, 0), (1, 2): (5_999, 0)}, {}, [0, 0, 2], id="from the threshold on"),
        pytest.param({(0, 1): (20_000, OTHER_VETO)}, {}, [0, 1, 2], id="never over a veto"),
        pytest.param(
            {(0, 1): (12_000, 0), (1, 2): (8_000, 0), (0, 2): (0, OTHER_VETO)}, {}, [0, 0, 2], id="the stronger link"
        ),
        pytest.param(
            {(0, 1): (9_000, 0), (1, 2): (8_000, 0), (0, 2): (0, OTHER_VETO)}, {}, [0, 1, 2], id="torn: joins neither"
        ),
        pytest.param(
            {(0, 1): (9_000, 0), (1, 2): (6_001, 0), (0, 2): (0, OTHER_VETO)}, {}, [0, 1, 2], id="just near-equal"
        ),
        pytest.param(
            {(0, 1): (9_000, 0), (1, 2): (6_000, 0), (0, 2): (0, OTHER_VETO)}, {}, [0, 0, 2], id="three bits apart"
        ),
        pytest.param(
            {(0, 1): (12_000, 0), (1, 2): (12_500, 0), (0, 2): (-3_999, NAME_VETO)}, {}, [0, 1, 2], id="torn by names"
        ),
        pytest.param(
            {(0, 1): (16_000, 0), (1, 2): (9_000, 0), (0, 2): (-4_000, NAME_VETO)}, {}, [0, 0, 0], id="doubt gives way"
        ),
        pytest.param(
            {(0, 1): (16_000, 0), (1, 2): (9_000, 0), (0, 2): (-4_001, NAME_VETO)}, {}, [0, 0, 2], id="all against it"
        ),
        pytest.param({(0, 1): (9_000, NAME_VETO)}, {}, [0, 1, 2], id="a doubted pair does not merge by itself"),
        pytest.param({}, {(0, 2): ("same", False)}, [0, 1, 0], id="same, without any score"),
        pytest.param({(0, 1): (1_000, OTHER_VETO)}, {(0, 1): ("same", False)}, [0, 0, 2], id="same beats a veto"),
        pytest.param({(0, 1): (1_000, JR_SR)}, {(0, 1): ("same", False)}, [0, 1, 2], id="but not Jr. and Sr."),
        pytest.param({(0, 1): (1_000, JR_SR)}, {(0, 1): ("same", True)}, [0, 0, 2], id="unless said again"),
        pytest.param({(0, 1): (30_000, 0)}, {(0, 1): ("different", False)}, [0, 1, 2], id="different beats a score"),
        pytest.param(
            {(0, 1): (30_000, 0), (1, 2): (30_000, 0)},
            {(0, 2): ("different", False), (1, 2): ("same", False)},
            [0, 1, 1],
            id="a word beats a stronger link",
        ),
        pytest.param(
            {(0, 2): (9_000, 0), (1, 2): (0, OTHER_VETO)},
            {(0, 1): ("same", False)},
            [0, 0, 2],
            id="links give way to what people joined",
        ),
    ],
)
def test_what_merges(scored: Scored, judged: Judged, expected: list[int]) -> None:
    """Three records and what becomes of them."""
    assert expected == sides(scored, judged, records=3)


@pytest.mark.parametrize(("against", "expected"), [(-2_999, [0, 0, 0, 0]), (-3_001, [0, 0, 2, 2])])
def test_two_sides_join_unless_their_pairs_together_speak_against_it(against: int, expected: list[int]) -> None:
    """One link of nine bits between two couples, and three pairs that were compared as well."""
    couples = {(0, 1): (15_000, 0), (2, 3): (15_000, 0), (1, 2): (9_000, 0)}
    others = dict.fromkeys(((0, 2), (0, 3), (1, 3)), (against, 0))
    assert expected == sides({**couples, **others}, records=4)


def test_a_long_chain_is_one_component() -> None:
    """Labels reach the end of chains in any order of records."""
    count = 2_000
    chain = [*range(0, count, 2), *range(count - 1, 0, -2)]
    scored = {(min(pair), max(pair)): (9_000, 0) for pair in itertools.pairwise(chain)}
    assert {0} == set(sides(scored, records=count))


def test_nobody_and_nothing() -> None:
    """No records, no clusters."""
    assert sides({}, records=0) == []
