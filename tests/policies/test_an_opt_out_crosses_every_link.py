"""Law 2 over random clusters: an opt-out crosses every link between records, doubtful ones too; a consent crosses none.

Whom a word must stop is worked out a second time, by a search through a graph in plain Python that knows nothing of
frames: records, who was counted as one person, who was so before, what links them, and what people said of that.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from policies.evaluate import decide
from policies.fact_table.table import standing_of
from policies.identity import Generation, Matching
from policies.identity.columns import JUDGEMENTS
from policies.permission import SAID_STOP
from tests.effort import few
from tests.policies.permissions import CLOSED, permission_of, subjects_of
from tests.policies.worlds import Consented, Row, Said, briefs_about, records_of, reordered, world

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.inputs import DecisionInputs

ROLE = "info@acme.example"
PHONES = ("+12025550101", "+12025550102")
SURNAMES = ("Okafor", "Ruiz")
MOST = 7  # records
KINDS = ("merge", "review", "suppress")
Point = tuple[int, str]  # a row and its channel


def email(number: int) -> str:
    """The mailbox of a row."""
    return f"person{number}@acme.example"


@dataclass(frozen=True)
class Case:
    """Rows, the clusters they stand in now and stood in before, links, judgements, words and consents."""

    rows: Sequence[Row]
    now: Sequence[int]
    before: Sequence[int]
    links: dict[tuple[int, int], str]
    different: frozenset[tuple[int, int]]
    said: Sequence[Said] = ()
    about: Sequence[tuple[int, Said]] = ()  # said of whoever a row's person is
    given: Sequence[Consented] = field(default=())

    @cached_property
    def ids(self) -> list[str]:
        """The record id of each row."""
        return records_of(self.rows).sort("row_number").get_column("record_id").to_list()

    def matching(self, clusters: Sequence[int]) -> Matching:
        """Rows in clusters, with the links and judgements."""
        groups = pl.DataFrame({"record_id": self.ids, "component": [self.ids[clusters.index(own)] for own in clusters]})
        pairs = [
            (*sorted((self.ids[a], self.ids[b])), 1000 * n, 0, link)
            for n, ((a, b), link) in enumerate(self.links.items())
        ]
        schema = {
            "record_a": pl.String,
            "record_b": pl.String,
            "millibits": pl.Int32,
            "veto": pl.UInt8,
            "link": pl.String,
        }
        judged = [(*sorted((self.ids[a], self.ids[b])), "different", False) for a, b in sorted(self.different)]
        return Matching(
            groups.sort("record_id"),
            pl.DataFrame(pairs, schema=schema, orient="row"),
            pl.DataFrame(judged, schema=JUDGEMENTS, orient="row"),
        )

    def inputs(self, *, consented: bool = True) -> DecisionInputs:
        """The world of the case, in which the clusters of before were committed by a run."""
        then = world(self.rows, matching=replace(self.matching(self.before), judged=pl.DataFrame(schema=JUDGEMENTS)))
        prior = subjects_of(then).generation
        matching = self.matching(self.now)
        now = subjects_of(world(self.rows, prior=prior, matching=matching))
        person = dict(now.records.select("record_id", "person_id").iter_rows())
        told = [replace(word, contact=person[self.ids[row]]) for row, word in self.about]
        consents = self.given if consented else ()
        return world(self.rows, [*self.said, *told], consents, prior=prior, matching=matching)


@st.composite
def cases(draw: st.DrawFn, *, consents: bool = False) -> Case:
    """A few people, most of their rows with a mailbox of their own, some with one mailbox or number for several."""
    size = draw(st.integers(2, MOST))
    numbers = range(size)
    rows = [
        Row(
            draw(st.sampled_from((ROLE, email(0), *[email(number)] * 6))),
            draw(st.sampled_from((None, None, None, *PHONES))),
            draw(st.sampled_from(SURNAMES)),
            source=f"list{number}",
        )
        for number in numbers
    ]
    labels = st.lists(st.integers(0, size - 1), min_size=size, max_size=size)
    now, before = draw(labels), draw(labels)
    pairs = list(combinations(numbers, 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=5))
    links = {pair: draw(st.sampled_from(KINDS)) for pair in chosen}
    told_apart = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2))
    different = frozenset((a, b) for a, b in told_apart if now[a] != now[b])
    contacts = st.sampled_from(
        sorted({row.email for row in rows if row.email} | {row.phone for row in rows if row.phone})
    )
    word = st.builds(
        Said,
        contact=contacts,
        kind=st.sampled_from((*SAID_STOP, "optout", "bounce")),
        channel=st.sampled_from(("any", "any", "email", "phone")),
        scope=st.sampled_from(("person", "person", "address")),
        days_ago=st.integers(1, 30),
    )
    of_person = st.builds(Said, contact=st.just(""), kind=st.sampled_from(SAID_STOP), days_ago=st.integers(1, 30))
    return Case(
        rows=rows,
        now=now,
        before=before,
        links=links,
        different=different,
        said=draw(st.lists(word, min_size=1, max_size=2)),
        about=draw(st.lists(st.tuples(st.sampled_from(numbers), of_person), max_size=1)),
        given=draw(_consents(rows)) if consents else (),
    )


def _consents(rows: Sequence[Row]) -> st.SearchStrategy[list[Consented]]:
    mailboxes = sorted({row.email for row in rows if row.email})
    consent = st.builds(Consented, contact=st.sampled_from(mailboxes), days_ago=st.integers(0, 30))
    return st.lists(consent, min_size=1, max_size=3, unique_by=lambda given: given.contact)


class Oracle:
    """Who must be stopped, by search."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._groups = set(case.now)
        self._apart = {frozenset((case.now[a], case.now[b])) for a, b in case.different}
        self._ties = set(case.links) | set(self._sharing())

    def stopped(self) -> set[Point]:
        """Every contact point that a word stops."""
        case = self._case
        by_contact = [point for word in case.said for point in self._said(word)]
        by_person = [point for row, word in case.about for point in self._covered(case.now[row], word, by_id=True)]
        return {*by_contact, *by_person}

    def _said(self, word: Said) -> Iterator[Point]:
        for number, row in enumerate(self._case.rows):
            for channel, contact in (("email", row.email), ("phone", row.phone)):
                if contact == word.contact:
                    of_nobody = contact == ROLE or word.kind == "bounce"
                    if word.scope == "address" or of_nobody:
                        yield from self._points([number], word, only=channel)
                    else:
                        yield from self._covered(self._case.now[number], word)

    def _covered(self, group: int, word: Said, *, by_id: bool = False) -> Iterator[Point]:
        """By id any part of whom it ever stood for may have spoken, whoever was judged different since."""
        reached = set(self._once_one(group, set() if by_id else self._apart))
        near = frozenset(reached)
        for one in near:
            for other in self._groups - near:
                if self._linked(one, other) and frozenset((one, other)) not in self._apart:
                    own = one if by_id else group
                    parts = self._once_one(other, self._apart)
                    reached |= {part for part in parts if frozenset((own, part)) not in self._apart}
        members = [number for number, own in enumerate(self._case.now) if own in reached]
        yield from self._points(members, word)

    def _points(self, numbers: Sequence[int], word: Said, only: str | None = None) -> Iterator[Point]:
        for number in numbers:
            row = self._case.rows[number]
            for channel, contact in (("email", row.email), ("phone", row.phone)):
                if contact and only in (None, channel) and word.channel in ("any", channel):
                    yield number, channel

    def _once_one(self, group: int, apart: set[frozenset[int]]) -> set[int]:
        """The group and those it was once one person with, over any number of splits, but for those told apart."""
        found, waiting = {group}, [group]
        while waiting:
            here = waiting.pop()
            then = {self._case.before[number] for number, own in enumerate(self._case.now) if own == here}
            for number, own in enumerate(self._case.now):
                if self._case.before[number] in then and own not in found:
                    found.add(own)
                    waiting.append(own)
        return {part for part in found if frozenset((group, part)) not in apart}

    def _linked(self, one: int, other: int) -> bool:
        return any({self._case.now[a], self._case.now[b]} == {one, other} for a, b in self._ties)

    def _sharing(self) -> Iterator[tuple[int, int]]:
        """Rows with one mailbox that is somebody's own, or with one number and surname."""
        for (a, one), (b, other) in combinations(enumerate(self._case.rows), 2):
            same_mailbox = one.email == other.email != ROLE
            if same_mailbox or (one.phone and one.phone == other.phone and one.surname == other.surname):
                yield a, b


def closed(case: Case, inputs: DecisionInputs) -> set[Point]:
    """What the fold closes."""
    facts = permission_of(inputs)[0].facts.filter(pl.any_horizontal(sorted(CLOSED)))
    place = {record: number for number, record in enumerate(case.ids)}
    return {(place[record], channel) for record, channel in facts.select("record_id", "channel").iter_rows()}


@few(15)
@given(cases())
def test_a_word_stops_whom_a_search_through_all_links_finds(case: Case) -> None:
    """All of the person, of whom they were one with, and of whoever one link of any kind leads to; nobody else."""
    assert closed(case, case.inputs()) == Oracle(case).stopped()


@few(6)
@given(cases(consents=True))
def test_a_consent_crosses_no_link(case: Case) -> None:
    """It frees its own contact point of what was said under that, at most: no other record, whatever links the two."""
    freed = closed(case, case.inputs(consented=False)) - closed(case, case.inputs())
    for number, channel in freed:
        own = [given for given in case.given if given.contact == case.rows[number].email]
        said = [word for word in case.said if word.contact == case.rows[number].email and word.kind in SAID_STOP]
        assert channel == "email"
        assert any(given.days_ago < word.days_ago for given in own for word in said)


@few(4)
@given(cases(consents=True), st.integers(0, 2**16))
def test_the_order_of_records_links_and_judgements_changes_nothing(case: Case, seed: int) -> None:
    """The same facts, and the same ways told of every suppression."""
    inputs = case.inputs()
    mixed = [
        frame.sample(fraction=1.0, shuffle=True, seed=seed)
        for frame in (inputs.matching.groups, inputs.matching.links, inputs.matching.judged)
    ]
    other = replace(reordered(inputs, seed), matching=Matching(*mixed))
    one, two = permission_of(inputs)[0], permission_of(other)[0]
    assert_frame_equal(one.facts, two.facts)
    assert_frame_equal(one.suppressions, two.suppressions)


@few(5)
@given(cases(), st.data())
def test_more_links_open_nobody_and_a_judgement_frees_no_stated_word(case: Case, data: st.DataObject) -> None:
    """Law 1: what links add only stops more; 'different' takes back what was inferred, and never what was stated."""
    fewer = data.draw(st.sets(st.sampled_from(sorted(case.links)))) if case.links else set()
    without = replace(case, links={pair: link for pair, link in case.links.items() if pair not in fewer})
    found = closed(case, case.inputs())
    assert closed(without, without.inputs()) <= found
    undecided = replace(case, different=frozenset())
    stated = permission_of(undecided.inputs())[0].suppressions.filter(pl.col("stated_or_inferred") == "stated")
    place = {record: number for number, record in enumerate(case.ids)}
    said = {(place[record], channel) for record, channel in stated.select("record_id", "channel").iter_rows()}
    assert said <= found


TWO = (Row(email(0), surname="Okafor"), Row(email(1), surname="Okafor", source="guild"))


def pair(link: str | None, *, different: bool = False, said: Sequence[Said] = (), rows: Sequence[Row] = TWO) -> Case:
    """Two people with a link between them, or none."""
    return Case(
        rows=rows,
        now=(0, 1),
        before=(0, 1),
        links={(0, 1): link} if link else {},
        different=frozenset({(0, 1)} if different else ()),
        said=said,
    )


@pytest.mark.parametrize("link", KINDS)
@pytest.mark.parametrize(
    ("word", "crosses"),
    [
        (Said(email(0)), True),
        (Said(email(0), kind="objection"), True),
        (Said(email(0), kind="complaint"), True),
        (Said(email(0), kind="erasure"), False),
        (Said(email(0), kind="bounce"), False),
        (Said(email(0), kind="doubt"), False),
        (Said(email(0), scope="address"), False),
        (Said(email(0), channel="phone"), False),
        (Said("@acme.example", scope="domain"), True),  # it names both
    ],
)
def test_what_a_person_said_crosses_a_link_and_nothing_else_does(link: str, word: Said, *, crosses: bool) -> None:
    """Of any kind of link, for as long as nobody said that they are two."""
    case = pair(link, said=[word])
    assert ((1, "email") in closed(case, case.inputs())) == crosses


def test_different_releases_what_was_inferred() -> None:
    """And the link no longer counts, whichever of their records it lies between."""
    case = pair("review", different=True, said=[Said(email(0))])
    assert closed(case, case.inputs()) == {(0, "email")}


def test_whoever_was_one_person_follows_until_somebody_says_different() -> None:
    """A split carries the stop along; the judgement ends it."""
    parted = replace(pair(None, said=[Said(email(0))]), before=(0, 0))
    assert closed(parted, parted.inputs()) == {(0, "email"), (1, "email")}
    judged = replace(parted, different=frozenset({(0, 1)}))
    assert closed(judged, judged.inputs()) == {(0, "email")}


def test_a_word_about_an_id_stays_with_every_part_that_is_judged_different() -> None:
    """The id may have gone to a part that never spoke: so no judgement takes the word from any of them."""
    judged = replace(pair(None, different=True), before=(0, 0), about=((1, Said("")),))
    assert closed(judged, judged.inputs()) == {(0, "email"), (1, "email")}


def test_from_behind_a_shared_mailbox_no_link_is_crossed() -> None:
    """Nobody in particular spoke: the address stops, those under it are in doubt, and others hear nothing of it."""
    rows = (Row(ROLE), Row(email(1), source="guild"))
    case = pair("review", said=[Said(ROLE)], rows=rows)
    facts = permission_of(case.inputs())[0].facts
    assert closed(case, case.inputs()) == {(0, "email")}
    doubted = facts.filter("opted_out_by_shared_mailbox").get_column("record_id").to_list()
    assert doubted == [case.ids[0]]


def test_a_suppression_over_a_link_is_inferred_and_names_both_of_its_records() -> None:
    """So that its path can be told."""
    case = pair("suppress", said=[Said(email(0))])
    found = permission_of(case.inputs())[0].suppressions.sort("stated_or_inferred")
    columns = ("record_id", "via_record_id", "crossed_from", "crossed_to", "stated_or_inferred")
    one, other = case.ids
    assert found.select(columns).rows() == [
        (other, one, one, other, "inferred"),
        (one, one, None, None, "stated"),
    ]


def test_generations_before_count_once() -> None:
    """People who were never committed are nobody's kin."""
    inputs = pair(None, said=[Said(email(0))]).inputs()
    assert subjects_of(replace(inputs, prior=Generation.none())).ties.splits.is_empty()


def test_what_was_inferred_in_a_committed_run_does_not_run_out() -> None:
    """More records may make a likeness common, and the link is gone: the stop stays until somebody says different."""
    linked = pair("suppress", said=[Said(email(0))])
    inputs = linked.inputs()
    generation = standing_of(inputs).subjects.generation
    assert generation.crossed.rows() == [tuple(sorted(linked.ids))]
    later = replace(inputs, prior=generation, matching=pair(None).matching((0, 1)))
    assert closed(linked, later) == {(0, "email"), (1, "email")}
    assert standing_of(later).subjects.generation.crossed.equals(generation.crossed)
    judged = replace(later, matching=pair(None, different=True).matching((0, 1)))
    assert closed(linked, judged) == {(0, "email")}
    unsaid = replace(later, events=later.events.clear())
    assert closed(linked, unsaid) == set()


def test_one_mailbox_gets_one_message_a_day_whoever_it_is_about() -> None:
    """Two people under one address, who may be one: the second waits for another day."""
    rows = (Row(email(0)), Row(email(0), surname="Ruiz", company="Bolt Inc", source="guild"))
    case = pair("review", rows=rows)
    briefed = pl.concat([briefs_about(email(0)), briefs_about(email(0), name="Ada Ruiz")])
    decision = decide(replace(case.inputs(), briefs=briefed))
    assert sorted(decision.people.get_column("person_verdict")) == ["deferred", "queued"]


@pytest.mark.parametrize(
    ("judged", "of", "released"),
    [(False, [0], False), (True, [0], True), (True, [0, None], False), (True, [], False), (True, None, False)],
)
def test_what_was_written_down_as_spread_ends_with_a_judgement_about_whoever_said_it(
    *, judged: bool, of: Sequence[int | None] | None, released: bool
) -> None:
    """It repeats what another said: where somebody who may have said it is gone or unknown, no judgement ends it."""
    case = pair(None, different=judged, said=[Said(email(0)), Said(email(1), days_ago=9)])
    inputs = case.inputs()
    speakers = None if of is None else " ".join("gone" if row is None else case.ids[row] for row in of)
    repeats = pl.col("seq") == 2
    said = inputs.events.with_columns(
        pl.when(repeats).then(pl.lit("spread")).otherwise("method").alias("method"),
        pl.when(repeats).then(pl.col("word").min()).alias("origin"),
        pl.when(repeats).then(pl.lit(speakers, dtype=pl.String)).alias("spread_from"),
    )
    assert ((1, "email") in closed(case, replace(inputs, events=said))) != released
