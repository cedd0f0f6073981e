"""Appending: numbers without gaps, the clock that was given, and no event twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from flows.ledger import Cut, NewEvent
from flows.ledger.contacts import read_contact
from flows.ledger.events import Consent, consent_event
from flows.ledger.tables import metadata
from tests.effort import few
from tests.flows.ledger.ledgers import KEYRING, LISTS, NOW, Clock, new_ledger, optout
from tests.flows.ledger.publications import claim
from tests.postgres import DATABASES, place_in

if TYPE_CHECKING:
    import random
    from pathlib import Path

ANN = read_contact("ann@acme.example", LISTS)
WITHDRAWN = Consent(contact=ANN, channel="email", purpose="news", state="withdrawn", captured_at=NOW)
CONTACTS = [f"{name}@{domain}.example" for name in ("ann", "ben", "cem") for domain in ("acme", "bolt")]


def test_numbers_and_times(ledger_place: str) -> None:
    """Numbers go on without gaps; recorded_at is the given clock's, effective_at the event's own."""
    clock = Clock()
    ledger = new_ledger(ledger_place, clock)
    assert ledger.append([optout("ann@acme.example"), optout("ben@acme.example")]) == [2, 3]
    clock.forward(days=1)
    assert ledger.append([optout("cem@acme.example", at=NOW - timedelta(days=30))]) == [4]
    events = ledger.permission_events().unique("seq").sort("seq")
    assert events.get_column("recorded_at").to_list() == [NOW, NOW, NOW + timedelta(days=1)]
    assert events.get_column("effective_at").to_list() == [NOW, NOW, NOW - timedelta(days=30)]


def test_nothing_is_written_twice(ledger_place: str) -> None:
    """The same statement gets the same number, within a batch and later; an event without a key is always new."""
    ledger = new_ledger(ledger_place)
    same = optout("ann@acme.example")
    assert ledger.append([same, same, optout("ben@acme.example")]) == [2, 2, 3]
    assert ledger.append([optout("ben@acme.example"), same]) == [3, 2]
    keyless = NewEvent(kind="export", effective_at=NOW, body={})
    assert ledger.append([keyless, keyless]) == [4, 5]
    assert ledger.append([]) == []
    assert ledger.verify() == []


@few(6)
@given(st.lists(st.lists(st.sampled_from(CONTACTS), max_size=6), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_batches_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[str]], chance: random.Random
) -> None:
    """However statements are cut into batches, and in whatever order, the same people have opted out."""
    first, second = (new_ledger(tmp_path_factory.mktemp("ledger")) for _ in range(2))
    for batch in batches:
        first.append([optout(contact) for contact in batch])
    everything = [contact for batch in batches for contact in batch]
    chance.shuffle(everything)
    second.append([optout(contact) for contact in everything])
    said = [ledger.permission_events().drop("seq", "word").sort("token") for ledger in (first, second)]
    assert said[0].equals(said[1])
    assert first.verify() == second.verify() == []


def _consent(contact: str) -> NewEvent:
    said = Consent(
        contact=read_contact(contact, LISTS),
        channel="email",
        purpose="direct_marketing",
        state="ConsentGiven",
        captured_at=NOW,
    )
    return consent_event(KEYRING, said)


def test_a_statement_without_a_date_counts_anew_after_a_consent(ledger_place: str) -> None:
    """The same undated entry in another file, with a consent in between, may be a new refusal; in the same file not."""
    ledger = new_ledger(ledger_place)
    january, june, july = (
        optout("ann@acme.example", undated=True, source={"file_sha256": name}) for name in ("january", "june", "july")
    )
    assert ledger.append([january]) == [2]
    assert ledger.append([june, january]) == [2, 2]
    ledger.append([_consent("ann@acme.example")])
    assert ledger.append([january]) == [2]
    assert ledger.append([june]) == [5]  # 3 notes that june said it as well
    assert ledger.append([june, july, january]) == [5, 6, 2]
    assert ledger.append([june, july, january]) == [5, 6, 2]
    assert ledger.append([optout("ben@acme.example", undated=True, source={"file_sha256": "june"})]) == [7]


def test_a_consent_of_somebody_else_renews_nothing(ledger_place: str) -> None:
    """Only a consent under a contact point of the statement itself makes it count anew."""
    ledger = new_ledger(ledger_place)
    ledger.append([optout("ann@acme.example", undated=True, source={"file_sha256": "january"})])
    ledger.append([_consent("ben@acme.example")])
    assert ledger.append([optout("ann@acme.example", undated=True, source={"file_sha256": "june"})]) == [2]


def test_cuts(ledger_place: str) -> None:
    """A cut sees what was recorded by then, by number or by time, whatever an event says about when it holds."""
    clock = Clock()
    ledger = new_ledger(ledger_place, clock)
    ledger.append([optout("ann@acme.example")])
    later = clock.forward(hours=1)
    ledger.append([optout("ben@acme.example", at=NOW - timedelta(days=9))])

    def seqs(cut: Cut) -> set[int]:
        return set(ledger.permission_events(cut).get_column("seq"))

    assert seqs(Cut()) == {2, 3}
    assert seqs(Cut(seq=2)) == {2}
    assert seqs(Cut(recorded_by=NOW)) == {2}
    assert seqs(Cut(recorded_by=later)) == {2, 3}
    assert seqs(Cut(seq=2, recorded_by=NOW - timedelta(seconds=1))) == set()
    token = optout("ben@acme.example").tokens[0].token
    assert [event.seq for event in ledger.contact_events([token])] == [3]
    assert ledger.contact_events([token], Cut(seq=2)) == []
    assert [ledger.relevant_head(cut) for cut in (Cut(), Cut(seq=2), Cut(recorded_by=NOW))] == [3, 2, 2]


def test_only_what_decisions_rest_on_moves_the_relevant_head(ledger_place: str) -> None:
    """Keys, commitments, releases, exports and feed markers do not make a run decide again."""
    ledger = new_ledger(ledger_place)
    assert (ledger.head(), ledger.relevant_head()) == (1, 0)
    ledger.append([optout("ann@acme.example")])
    ledger.append([NewEvent(kind=kind, effective_at=NOW, body={}) for kind in ("commitment", "release", "export")])
    assert (ledger.head(), ledger.relevant_head()) == (5, 2)
    assert ledger.event_hash(2) != ledger.event_hash(5)
    assert ledger.event_hash(0) == "0" * 64
    with pytest.raises(KeyError):
        ledger.event_hash(6)


def test_events_and_runs_are_chained_apart(ledger_place: str) -> None:
    """A run's record has its own number, and cutting off the end of the events behind it is noticed."""
    ledger = new_ledger(ledger_place)
    ledger.append([optout("ann@acme.example")])
    assert ledger.append_run("run", {"run_id": "r1"}) == 1
    assert ledger.publish_claim(claim(ledger), [], {}) is True
    assert ledger.append_run("run", {"run_id": "r2"}) == 3
    assert ledger.head() == 2
    assert ledger.counts() == {"key": 1, "optout": 1}


def test_same_statements_give_the_same_ledger(tmp_path: Path) -> None:
    """The same key, clock and statements give the same rows and hashes, on either database and in batches of any size.

    So two fresh workspaces make the same run id, and a ledger moved to another database is still the one it was.
    """
    said = [optout(f"p{number}@acme.example", words="No.\x00 \ud800 \u00e9\U0001f600") for number in range(60)]
    said += [
        consent_event(KEYRING, WITHDRAWN),
        NewEvent(kind="notice", effective_at=NOW, body={"text_version": "\x00 \udcff"}),
        NewEvent(kind="notice", effective_at=NOW, body={"b": [True, None, 2**60], "a": {"\u00fc": '"\\/\n'}}),
    ]
    ledgers = [new_ledger(place_in(database, tmp_path)) for database in DATABASES]
    ledgers[0].append(said)
    for start in range(0, len(said), 7):
        ledgers[1].append(said[start : start + 7])
    rows = []
    for ledger in ledgers:
        assert ledger.publish_claim(claim(ledger), [], {"manifest_sha256": "m"}) is True
        assert ledger.verify() == []
        with ledger._database.read() as connection:
            tables = (sa.select(table).order_by(*table.primary_key) for table in metadata.sorted_tables)
            rows.append([[tuple(row) for row in connection.execute(query)] for query in tables])
    assert rows[0] == rows[1]
    assert sum(map(len, rows[0])) > 250
