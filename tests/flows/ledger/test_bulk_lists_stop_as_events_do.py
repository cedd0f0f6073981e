"""A bulk list stops whom the same list would stop as single events: nobody less, nobody more."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.event_files.bulk import read_bulk
from flows.event_files.optouts import optout_table, read_optout_table
from flows.filing.bulk_lists import record_bulk_list
from flows.ledger import Key, Keyring, Ledger
from flows.ledger.contacts import Contact, read_contact
from flows.ledger.erasure import Forgotten, erasure_event
from flows.ledger.events import Consent, consent_event
from flows.ledger.one_key import OneKey
from flows.ledger.screening import contact_tokens, lookup_tokens
from flows.ledger.snapshot_proof import snapshot_faults
from flows.ledger.snapshots import Snapshots
from flows.ledger.tokens import person_id
from policies.errors import LedgerError
from policies.identity import Generation
from policies.permission import PERMISSION_FACTS
from policies.standing import Known, Standing, standing
from tests.effort import few
from tests.flows.event_file_samples import CONTEXT, write
from tests.flows.ledger.ledgers import KEYRING, LISTS, Clock
from tests.policies.exact_matching import exactly_matched
from tests.policies.worlds import Row, base_rules, records_of
from tests.postgres import DATABASES, place_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.event_files import EventContext, EventReading

PEOPLE = (
    Row(email="ann@acme.example", phone="+442079460123", country="GB", surname="Ames"),
    Row(email="Ann.Ames@bolt.example", phone="+442079460123", country="GB", surname="Ames"),
    Row(email="ben+news@acme.example", surname="Bell"),
    Row(email="info@sub.acme.example", surname="Cole"),
    Row(email="dee@core.example", phone="+442079460124", country="GB", surname="Dahl"),
    Row(email="eve@core.example", surname="Egan", others=("eve@else.example",)),
)
_ADDRESSES = [row.email or "" for row in PEOPLE]
_DIGESTS = [hashlib.sha256(address.lower().encode()).hexdigest() for address in _ADDRESSES]
_CONTACTS = [
    *_ADDRESSES,
    *(
        "BEN@acme.example",
        "eve@else.example",
        "nobody@else.example",
        "+442079460123",
        "+442079460124",
        "Dee <dee@core.example>",
    ),
    *_DIGESTS,
    *("acme.example", "core.example", "gmail.com", "who knows", ""),
]


class Side:
    """A ledger, and the way lists come into it."""

    def __init__(self, place: str, folder: Path, *, bulk: bool, keyring: Keyring = KEYRING) -> None:
        self.clock = Clock()
        self.folder = folder
        self.bulk = bulk
        self.ledger = Ledger.create(place, keyring, self.clock)
        self.ledger.snapshots = Snapshots(folder / "optouts")

    def take(self, text: str) -> EventReading:
        """A list comes in."""
        path = write(self.folder, text, "stops.csv")
        table = optout_table(path, self.context)
        reading = read_bulk(table, self.context) if self.bulk else read_optout_table(table, self.context)
        events = list(reading.events)
        if reading.bulk is not None:
            source = {"file_sha256": reading.file_sha256}
            events += record_bulk_list(self.ledger, reading.bulk, source, self.clock())
        self.ledger.append(sorted(events, key=lambda event: (event.effective_at, event.dedup_key or "")))
        return reading

    def consent(self, contact: str, days_ago: int = 0, state: str = "ConsentGiven") -> None:
        """Somebody says yes to e-mail, or takes it back."""
        said = Consent(
            contact=read_contact(contact, LISTS),
            channel="email",
            purpose="direct_marketing",
            state=state,
            captured_at=self.clock() - timedelta(days=days_ago),
        )
        self.ledger.append([consent_event(self.ledger.keyring, said)])

    @property
    def context(self) -> EventContext:
        """How files are read at this moment."""
        return replace(CONTEXT, now=self.clock(), keyring=self.ledger.keyring, country="GB")

    def stands(self, rows: Sequence[Row] = PEOPLE, *, filtered: bool = True) -> Standing:
        """Where the people stand now."""
        records = records_of(rows)
        own = OneKey(self.ledger.keyring, records, self.ledger.token_kinds())
        events = self.ledger.permission_events(people=own.as_made if filtered else None)
        known = Known(records, own.tokens, own.named(events), own.named(self.ledger.consents()), self.ledger.touches())
        lists = base_rules().settings["lists"]
        return standing(
            known,
            exactly_matched(records, lists),
            Generation.none(),
            lists,
            mint=lambda ids: [person_id(self.ledger.keyring, record) for record in ids],
            as_of=self.clock(),
            on=self.clock().date(),
        )

    def stopped(self) -> set[str]:
        """The contacts that are closed."""
        stands = self.stands()
        closed = stands.permission.facts.filter(pl.any_horizontal(PERMISSION_FACTS)).select("record_id", "channel")
        return set(stands.points.join(closed, on=["record_id", "channel"]).get_column("contact"))


def told(stands: Standing) -> tuple[list[Any], list[Any]]:
    """What is comparable between two ledgers: facts and suppressions, whatever the numbers of events."""
    said = stands.permission.suppressions.drop("seq", "word").unique()
    return stands.permission.facts.rows(), said.sort(said.columns).rows()


@st.composite
def _texts(draw: st.DrawFn) -> str:
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(_CONTACTS),
                st.sampled_from(["", "", "objection", "complaint", "bounce"]),
                st.sampled_from(["", "", "email", "phone"]),
                st.sampled_from(["", "", "address"]),
                st.sampled_from(["", "", "2026-10-01", "2026-10-15T06:00:00Z"]),
            ),
            min_size=1,
            max_size=6,
        )
    )
    return "\n".join(
        ["value,kind,channel,scope,received_at", *(",".join(f'"{cell}"' for cell in row) for row in rows), ""]
    )


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("list"), _texts()),
        st.tuples(st.just("again"), st.integers(0, 3)),
        st.tuples(st.just("consent"), st.sampled_from(_ADDRESSES)),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.timeout(1800)  # hundreds of histories in the long profile
@pytest.mark.parametrize("database", DATABASES)
def test_a_bulk_list_stops_whom_single_events_would(tmp_path_factory: pytest.TempPathFactory, database: str) -> None:
    """Over any history of lists, the same ones again, and consents: the same facts, the same suppressions."""

    @few(6)
    @given(_STEPS)
    def over(steps: list[tuple[str, Any]]) -> None:
        folders = [tmp_path_factory.mktemp("side") for _ in range(2)]
        single, bulk = (Side(place_in(database, folder), folder, bulk=folder is folders[1]) for folder in folders)
        lists: list[str] = []
        for what, value in steps:
            for side in (single, bulk):
                side.clock.forward(hours=12)
                if what == "consent":
                    side.consent(value)
                elif what == "list":
                    side.take(value)
                elif lists:
                    side.take(lists[value % len(lists)])
            lists += [value] if what == "list" else []
        assert told(single.stands()) == told(bulk.stands())
        assert told(bulk.stands(filtered=False)) == told(bulk.stands())
        assert bulk.ledger.verify() == []
        for side in (single, bulk):
            side.ledger.close()

    over()


@pytest.fixture
def side(ledger_place: str, tmp_path: Path) -> Side:
    """A ledger that bulk lists come into."""
    return Side(ledger_place, tmp_path, bulk=True)


def test_a_bulk_list_is_one_event(side: Side) -> None:
    """It names the snapshot by its hash and counts entries and tokens; nobody else may read the file."""
    before = side.ledger.head()
    side.take("email\nann@acme.example\nben@acme.example\n")
    assert side.ledger.head() == before + 1
    [snapshot] = side.ledger.bulk_lists()
    place = side.ledger.snapshots.place_of(snapshot)
    assert (snapshot.entries, snapshot.tokens, snapshot.token_kinds) == (2, 4, ("email", "email_equiv"))
    assert hashlib.sha256(place.read_bytes()).hexdigest() == snapshot.sha256
    assert {path.stat().st_mode & 0o777 for path in place.parent.iterdir()} == {0o600}
    assert b"acme.example" not in place.read_bytes()
    assert side.ledger.relevant_head() == before + 1


def test_the_same_list_again_changes_nothing(side: Side) -> None:
    """Nor does a longer one record anew what is known of it."""
    side.take("email\nann@acme.example\nben@acme.example\nann@acme.example\n")
    head = side.ledger.head()
    side.clock.forward(days=1)
    side.take("email\nann@acme.example\nben@acme.example\nann@acme.example\n")
    assert side.ledger.head() == head
    side.take("email\nben@acme.example\ndee@core.example\nann@acme.example\n")
    assert [snapshot.entries for snapshot in side.ledger.bulk_lists()] == [2, 1]


@pytest.mark.parametrize(
    ("first", "second", "freed"),
    [
        ("email\nann@acme.example\n", "email\nann@acme.example\n", True),  # the very same file
        ("email\nann@acme.example\n", "email\nann@acme.example\nzoe@x.example\n", False),  # may be a new refusal
        ("email,received_at\nann@acme.example,2026-10-01\n", "received_at,email\n2026-10-01,ann@acme.example\n", True),
        ("email,received_at\nann@acme.example,2026-10-01\n", "received_at,email\n2026-10-16,ann@acme.example\n", False),
    ],
)
def test_a_list_after_a_consent(side: Side, *, first: str, second: str, freed: bool) -> None:
    """An undated entry of another file counts anew; the same file, and the same dated word, do not."""
    side.take(first)
    assert "ann@acme.example" in side.stopped()
    side.clock.forward(days=1)
    side.consent("ann@acme.example")
    assert "ann@acme.example" not in side.stopped()
    side.clock.forward(days=2)
    side.take(second)
    assert ("ann@acme.example" not in side.stopped()) is freed


def test_a_consent_lifts_one_entry_of_a_list(side: Side) -> None:
    """The others of the same list stay where they are."""
    side.take("email\nann@acme.example\ndee@core.example\neve@core.example\n")
    side.clock.forward(days=1)
    side.consent("dee@core.example")
    assert {"ann@acme.example", "eve@core.example"} <= side.stopped()
    assert "dee@core.example" not in side.stopped()
    assert "+442079460124" in side.stopped()  # the consent was for e-mail


@pytest.mark.parametrize("harm", ["missing", "cut", "exchanged"])
def test_a_list_that_is_not_as_it_was_stops_all_reading(side: Side, harm: str) -> None:
    """Missing or altered never means that nobody opted out."""
    side.take("email\nann@acme.example\nben@acme.example\n")
    [snapshot] = side.ledger.bulk_lists()
    place = side.ledger.snapshots.place_of(snapshot)
    if harm == "missing":
        place.unlink()
    else:
        place.write_bytes(place.read_bytes()[:-9] if harm == "cut" else b"PAR1")
    for reading in (
        side.ledger.permission_events,
        lambda: side.ledger.contact_events(["0" * 64]),
        lambda: side.ledger.optout_list(["0" * 64]),
        lambda: side.take("email\neve@core.example\n"),
    ):
        with pytest.raises(LedgerError) as caught:
            reading()
        assert caught.value.code == ("snapshot_missing" if harm == "missing" else "snapshot_damaged")
    [*_, (named, what)] = [found for found in _faults(side) if found[1]]
    assert (named, what) == (place, "is missing" if harm == "missing" else "was altered")


def test_a_ledger_without_its_folder_is_not_read(side: Side) -> None:
    """Whoever opens a ledger without saying where its lists are learns nothing from it."""
    assert Ledger.create(place_in("sqlite", side.folder / "b"), KEYRING, side.clock).permission_events().is_empty()
    side.take("email\nann@acme.example\n")
    side.ledger.snapshots = Snapshots(None)
    with pytest.raises(LedgerError, match="nobody said where they are kept"):
        side.ledger.permission_events()


def test_an_interrupted_recording_is_repeated(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without its event counts for nothing; the same list again writes the same file, and its event."""
    with monkeypatch.context() as patch:
        patch.setattr(side.ledger, "append", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            side.take("email\nann@acme.example\n")
    [left] = (side.folder / "optouts").glob("*[0-9a-f].parquet")
    assert side.ledger.permission_events().is_empty()
    side.clock.forward(days=3)
    side.take("email\nann@acme.example\n")
    [snapshot] = side.ledger.bulk_lists()
    assert side.ledger.snapshots.place_of(snapshot) == left
    assert side.stopped() >= {"ann@acme.example"}


def test_a_list_under_an_older_key_still_stops(side: Side) -> None:
    """After the key was changed the same list brings nothing new, and nobody is freed."""
    side.take("email\nann@acme.example\n")
    newer = Key(b"n" * 32)
    side.ledger.rotate(newer)
    side.clock.forward(days=1)
    side.take("email\nann@acme.example\ndee@core.example\n")
    assert [(snapshot.entries, snapshot.key_ids) for snapshot in side.ledger.bulk_lists()] == [
        (1, (KEYRING.current.key_id,)),
        (1, (newer.key_id,)),
    ]
    assert {"ann@acme.example", "dee@core.example"} <= side.stopped()


@pytest.mark.parametrize("bulk", [False, True])
def test_a_list_after_a_consent_and_a_new_key(ledger_place: str, tmp_path: Path, *, bulk: bool) -> None:
    """What was said under the older key is known: an undated entry of another file counts anew all the same."""
    side = Side(ledger_place, tmp_path, bulk=bulk)
    side.take("email\nann@acme.example\n")
    side.clock.forward(days=1)
    side.consent("ann@acme.example")
    assert "ann@acme.example" not in side.stopped()
    side.ledger.rotate(Key(b"n" * 32))
    side.clock.forward(days=2)
    side.take("email\nann@acme.example\nzoe@x.example\n")
    assert "ann@acme.example" in side.stopped()


def test_entries_are_found_by_their_contact(side: Side) -> None:
    """For people without records as well, with what was said in plain text until it is erased."""
    side.take("email,full_name,words\nzoe@else.example,Zoe Doe,Never again\nann@acme.example,Ann Ames,\n")
    tokens = lookup_tokens(side.ledger.keyring, "email", "zoe@else.example")
    [event] = side.ledger.contact_events(tokens)
    assert (event.kind, event.entry, event.body["scope"]) == ("optout", 1, "person")
    [row] = side.ledger.optout_list(tokens).to_dicts()
    assert (row["contact"], row["words"], row["entry"]) == ("zoe@else.example", "Never again", 1)
    [line] = side.ledger.optout_list().to_dicts()
    assert (line["kind"], line["entries"], line["contact"]) == ("optout_snapshot", 2, None)
    [snapshot] = side.ledger.bulk_lists()
    assert [what for _, what in _faults(side)] == [None, None]
    side.ledger.snapshots.erase_plain_text(snapshot, [1])
    assert side.ledger.optout_list(tokens).get_column("contact").to_list() == [None]
    assert [what for _, what in _faults(side)] == [None, None]  # an erasure is no fault
    plain = side.ledger.snapshots.plain_text(snapshot).with_columns(pl.lit("eve@core.example").alias("contact"))
    plain.write_parquet(side.ledger.snapshots.plain_place_of(snapshot))
    assert [what for _, what in _faults(side)] == [None, "was altered"]


def test_no_plain_text_of_who_was_erased_under_another_key(side: Side) -> None:
    """Erased, then a new key, then a long list that names them; or the list, a new key, then the erasure."""
    ann, zoe = Contact("email", "ann@acme.example"), Contact("email", "zoe@else.example")
    first = erasure_event(KEYRING, Forgotten(contacts=[ann]), "DSR-1", side.clock())
    side.ledger.append([first])
    side.ledger.rotate(Key(b"n" * 32))
    side.take("email,words\nAnn@acme.example,Never\nzoe@else.example,No\neve@core.example,Nor I\n")
    [snapshot] = side.ledger.bulk_lists()
    assert side.ledger.snapshots.plain_text(snapshot).get_column("words").sort().to_list() == ["No", "Nor I"]
    side.ledger.rotate(Key(b"o" * 32))
    side.ledger.append([erasure_event(side.ledger.keyring, Forgotten(contacts=[zoe]), "DSR-2", side.clock())])
    side.ledger.forget_plain_text(side.ledger.erased())
    assert side.ledger.snapshots.plain_text(snapshot).get_column("words").to_list() == ["Nor I"]
    assert [what for _, what in _faults(side)] == [None, None]


def test_only_what_concerns_the_people_asked_about_is_read(side: Side) -> None:
    """Of a long list the entries of others stay on disk."""
    side.take("email\n" + "".join(f"user{number}@else.example\n" for number in range(200)) + "ann@acme.example\n")
    tokens = contact_tokens(side.ledger.keyring, records_of(PEOPLE), side.ledger.token_kinds())
    assert side.ledger.permission_events().get_column("word").n_unique() == 201
    assert side.ledger.permission_events(people=tokens).get_column("word").n_unique() == 1


def test_statements_come_in_order(side: Side) -> None:
    """By statement and token, whatever lists and single events they stand in."""
    for first in (0, 60):
        side.take(
            "email,full_name\n" + "".join(f"user{number}@else.example,Ann\n" for number in range(first, first + 90))
        )
        side.consent("ann@acme.example", state="ConsentWithdrawn")
    events = side.ledger.permission_events()
    assert events.equals(events.sort("word", "token", nulls_last=True))
    assert events.get_column("word").n_unique() == 151


def _faults(side: Side) -> list[tuple[Path, str | None]]:
    return list(snapshot_faults(side.ledger.snapshots, side.ledger.bulk_lists(), side.ledger.keyring))


def _interrupted(_: object) -> list[int]:
    raise KeyboardInterrupt
