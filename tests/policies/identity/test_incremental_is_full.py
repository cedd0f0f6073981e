"""What is found about a set of records under an epoch depends on that set, not on the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from policies.identity.blocking import key_table, pairs_of
from policies.identity.clusters import cluster
from policies.identity.epoch import Epoch, clustering_of, open_epoch, prepare_with
from policies.identity.increments import arrivals, increment
from policies.identity.matching import match, whole
from policies.identity.organisations import learn_organisations, resolve_organisations
from policies.identity.scoring import score
from policies.identity.statistics import Statistics, statistics_of
from tests.effort import few
from tests.policies.identity.lists_of_people import (
    judgements_of,
    leads,
    lists,
    many_people,
    people_of,
    words_said,
)
from tests.policies.identity.words import base_words

if TYPE_CHECKING:
    from pathlib import Path

    from policies.identity.matched import Matching

NOBODY = judgements_of({})


Rows = list[tuple[int, ...]]
Said = dict[tuple[int, int], tuple[str, bool]]


class All(NamedTuple):
    """Clusters and pairs found in one pass over everybody."""

    groups: pl.DataFrame
    weights: pl.DataFrame


def under(epoch: Epoch, people: pl.DataFrame, said: pl.DataFrame = NOBODY) -> Matching:
    """What matching under an epoch finds."""
    return match(people, leads(), base_words(), said, epoch)


def same(one: Matching, other: Matching) -> None:
    """Two matchings that say the same."""
    assert_frame_equal(one.groups, other.groups)
    assert_frame_equal(one.links, other.links)


def in_one_pass(then: pl.DataFrame, now: pl.DataFrame) -> All:
    """Everybody compared with everybody at once, with the counts of the epoch of ``then``: slow and plain."""
    model, words = leads(), base_words()
    old = prepare_with(then, model, words)
    known = learn_organisations(old)
    new = prepare_with(now.join(then, on="record_id", how="anti"), model, words)
    rows = pl.concat(
        [resolve_organisations(old, known), resolve_organisations(new, learn_organisations(new, known))]
    ).sort("record_id")
    outside = ~rows.get_column("record_id").is_in(then.get_column("record_id").implode())
    frozen = statistics_of(rows.filter(~outside), model)
    counted = statistics_of(rows.filter(outside), model)
    tables = {
        name: pl.concat([table.lazy().collect(), other.lazy().join(table.lazy(), on="value", how="anti").collect()])
        for (name, table), other in zip(frozen.tables.items(), counted.tables.values(), strict=True)
    }
    keys = key_table(rows, model)
    keys = keys.with_columns(outside.gather(keys.get_column("position")).alias("outside"))
    active = rows.get_column("record_id").is_in(now.get_column("record_id").implode())
    place = pl.DataFrame({"place": range(rows.height), "active": active}).with_columns(pl.col("place").cast(pl.UInt32))
    within = pairs_of(keys.filter(~pl.col("outside")).drop("outside"), model)
    scored = pl.concat(
        [
            score(rows, within, frozen, model),
            score(rows, pairs_of(keys, model), Statistics(frozen.records, tables), model),
        ]
    ).sort("a", "b")
    gone = place.filter(~pl.col("active")).get_column("place").implode()
    scored = scored.filter(~pl.col("a").is_in(gone) & ~pl.col("b").is_in(gone))
    judged = pl.DataFrame(schema={"a": pl.UInt32, "b": pl.UInt32, "word": pl.String, "again": pl.Boolean})
    found = cluster(rows.height, scored, judged, clustering_of(model))
    name = rows.get_column("record_id")
    groups = pl.DataFrame([name, name.gather(found.label).alias("component")]).filter(active)
    weights = scored.select(
        name.gather(scored.get_column("a")).alias("record_a"),
        name.gather(scored.get_column("b")).alias("record_b"),
        pl.exclude("a", "b"),
    )
    return All(groups, weights.filter(pl.col("millibits") >= model.thresholds.suppress).sort("record_a", "record_b"))


@few(6)
@given(lists, lists, st.sets(st.integers(0, 13), max_size=4))
def test_an_increment_finds_what_one_pass_finds(old: Rows, new: Rows, gone: set[int]) -> None:
    """Some records leave, some come: clusters and weights are those of a comparison of everybody with everybody."""
    then = people_of(old)
    stay = then.filter(~pl.col("record_id").is_in([f"r{number:06}" for number in gone]))
    now = pl.concat([stay, people_of(new, first=len(old))])
    expected = in_one_pass(then, now)
    found = under(open_epoch(then, leads(), base_words()), now)
    assert_frame_equal(expected.groups, found.groups)
    assert_frame_equal(expected.weights, found.links.drop("link"))


@few(4)
@given(lists, lists, words_said, st.integers(0, 99))
def test_the_order_of_arrival_changes_nothing(old: Rows, new: Rows, said: Said, seed: int) -> None:
    """Records in any order, judgements in any order: the same clusters and links."""
    epoch = open_epoch(people_of(old), leads(), base_words())
    people, judgements = people_of([*old, *new]), judgements_of(said)
    mixed = people.sample(fraction=1, shuffle=True, seed=seed)
    same(under(epoch, people, judgements), under(epoch, mixed, judgements.reverse()))


@few(4)
@given(lists, words_said)
def test_people_are_obeyed_under_an_epoch_and_without(rows: Rows, said: Said) -> None:
    """With an epoch of everybody nothing is left to compare, and what people said is obeyed all the same."""
    people, judgements = people_of(rows), judgements_of(said)
    epoch = open_epoch(people, leads(), base_words())
    same(match(people, leads(), base_words(), judgements), under(epoch, people, judgements))


@few(5)
@given(lists, words_said)
def test_what_people_said_is_in_clusters_and_links(rows: Rows, said: Said) -> None:
    """Nobody is together with whom people called different, and no link of theirs is left."""
    people = people_of(rows)
    found = match(people, leads(), base_words(), judgements_of(said))
    component = dict(found.groups.iter_rows())
    apart = [(f"r{a:06}", f"r{b:06}") for (a, b), (word, _) in said.items() if word == "different"]
    assert all(component[a] != component[b] for a, b in apart if b in component)
    assert not set(found.links.select("record_a", "record_b").iter_rows()) & set(apart)


def test_a_record_that_says_something_else_is_a_new_one() -> None:
    """The record id stays, the row reads otherwise: it is compared as it reads now."""
    people = many_people(300)
    epoch = open_epoch(people, leads(), base_words())
    changed = people.with_columns(
        pl.when(pl.col("record_id") == "r000017").then(pl.lit("Zoe Aberg")).otherwise("full_name").alias("full_name")
    )
    arrived, gone = arrivals(epoch, changed)
    assert arrived.get_column("record_id").to_list() == ["r000017"]
    assert gone.to_list() == [17]
    found = under(epoch, changed)
    assert found.groups.height == people.height
    assert found.groups.get_column("record_id").is_unique().all()


def test_a_stored_epoch_is_the_epoch(tmp_path: Path) -> None:
    """Written down and read in parts, it gives what it gave in memory."""
    people = many_people(1_000)
    epoch = open_epoch(people.head(900), leads(), base_words())
    for name, frame in epoch.frames().items():
        frame.sink_parquet(tmp_path / f"{name}.parquet")
    stored = Epoch.of({path.stem: pl.scan_parquet(path) for path in tmp_path.iterdir()})
    assert stored.usable()
    same(under(epoch, people.tail(950)), under(stored, people.tail(950)))


def test_an_increment_tells_only_what_changed() -> None:
    """Clusters that nobody touched are not told again."""
    people = many_people(1_000)
    epoch = open_epoch(people.head(990), leads(), base_words())
    arrived, gone = arrivals(epoch, people)
    changed = increment(epoch, arrived, gone, NOBODY, leads(), base_words())
    assert changed.groups.height < 100
    same(under(epoch, people), whole(epoch, changed, NOBODY, leads()))
