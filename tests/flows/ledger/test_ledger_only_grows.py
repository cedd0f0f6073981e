"""What stands in the ledger stays: guards refuse changes, and the chain names the spot where somebody got past them."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from flows.ledger import Ledger
from flows.ledger.migrations import versions
from flows.ledger.tables import APPEND_ONLY, metadata
from policies.errors import LedgerError
from tests.flows.ledger.ledgers import KEYRING, NOW, Clock, executed, new_ledger, optout, unguarded
from tests.flows.ledger.publications import claim
from tests.postgres import place_in


@pytest.fixture
def ledger(ledger_place: str) -> Ledger:
    """A ledger with three opt-outs and a publication."""
    return _filled(ledger_place)


def _filled(place: str) -> Ledger:
    made = new_ledger(place)
    made.append([optout(f"{name}@acme.example", words="Please stop.") for name in ("ann", "ben", "cem")])
    made.publish_claim(claim(made), [], {"manifest_sha256": "m"})
    return made


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    ("database", "change"),
    [
        ("sqlite", "UPDATE {table} SET {column} = {column}"),
        ("sqlite", "DELETE FROM {table}"),
        ("sqlite", "INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
        ("postgresql", "UPDATE {table} SET {column} = {column}"),
        ("postgresql", "DELETE FROM {table} WHERE false"),
        ("postgresql", "TRUNCATE {table} CASCADE"),
        ("postgresql", "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET {column} = 'x'"),
        ("postgresql", "INSERT INTO {table} SELECT * FROM {table}"),
        ("postgresql", "SET session_replication_role = replica; DELETE FROM {table}"),
    ],
)
def test_guards_refuse_changes(tmp_path: Path, database: str, table: str, change: str) -> None:
    """Nothing is changed, taken out or replaced, by whatever program, whichever way the database offers."""
    place = place_in(database, tmp_path)
    ledger = _filled(place)
    ledger.close()
    column = {"event_tokens": "key_id", "claims": "run_id", "keys": "key_id"}.get(table, "hash")
    key = ", ".join(metadata.tables[table].primary_key.columns.keys())
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.IntegrityError), match=r"only grows|duplicate key"):
        executed(place, change.format(table=table, column=column, key=key))
    assert ledger.verify() == []


@pytest.mark.parametrize(
    ("number", "key"),
    [("seq + 4", "NULL"), ("seq + 3", "dedup_key"), ("seq - 2", "NULL"), ("seq + 3 * (seq - 1)", "NULL")],
    ids=["too far", "known already", "in between", "with a gap"],
)
def test_only_the_next_event_is_taken(ledger: Ledger, ledger_place: str, number: str, key: str) -> None:
    """No number is left out, none comes before the head, and what is known is not said twice."""
    statement = (
        "INSERT INTO events SELECT {number}, kind, recorded_at, effective_at, {key}, body, prev_hash, hash"
        " FROM events WHERE seq IN (2, 3)"
    )
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.IntegrityError)):
        executed(ledger_place, statement.format(number=number, key=key))
    assert ledger.head() == 4
    assert ledger.verify() == []


def test_an_event_cannot_be_replaced_by_its_dedup_key(tmp_path: Path) -> None:
    """A REPLACE by way of the unique key would delete the older event without asking."""
    place = place_in("sqlite", tmp_path)
    ledger = _filled(place)
    replacement = (
        "INSERT OR REPLACE INTO events"
        " SELECT 5, kind, recorded_at, effective_at, dedup_key, body, prev_hash, hash FROM events WHERE seq = 2"
    )
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        executed(place, replacement)
    assert ledger.head() == 4


def test_no_migration_alters_a_table_of_events() -> None:
    """New fields go into the canonical JSON: after the first migration nothing touches what the hashes cover."""
    folder = Path(versions.__file__).parent
    later = [path for path in sorted(folder.glob("v*.py")) if path.name != "v0001_ledger.py"]
    altering = re.compile(r"alter|add_column|drop_|rename|UPDATE|DELETE|TRUNCATE|TRIGGER", re.IGNORECASE)
    named = re.compile(rf"[\"' ]({'|'.join(APPEND_ONLY)})[\"' ,.]")
    touched = {
        path.name: line
        for path in later
        for line in path.read_text("utf-8").splitlines()
        if altering.search(line) and named.search(line)
    }
    assert touched == {}


def test_refused_changes_are_told_plainly(ledger: Ledger) -> None:
    """A change refused by the database reaches the user as an error with a fix, without what was in it."""
    with pytest.raises(LedgerError) as caught, ledger._database.write() as connection:
        connection.execute(sa.text("DELETE FROM events WHERE body <> :name"), {"name": "ann@acme.example"})
    assert caught.value.code == "ledger_refused"
    assert "acme" not in str(caught.value)


@pytest.mark.parametrize(
    ("tampering", "spots"),
    [
        ("UPDATE events SET body = replace(body, 'person', 'Person') WHERE seq = 2", ["events 2"]),
        ("UPDATE events SET kind = 'optouT' WHERE seq = 3", ["events 3"]),
        ("UPDATE events SET effective_at = replace(effective_at, '6', '7') WHERE seq = 2", ["events 2"]),
        ("UPDATE events SET recorded_at = replace(recorded_at, '6', '7') WHERE seq = 4", ["events 4"]),
        ("UPDATE events SET dedup_key = NULL WHERE seq = 2", ["events 2"]),
        ("UPDATE events SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 2", ["events 2", "events 3"]),
        ("UPDATE events SET prev_hash = hash WHERE seq = 3", ["events 3", "events 3"]),
        ("UPDATE event_tokens SET token = replace(token, substr(token, 1, 1), 'x') WHERE seq = 3", ["events 3"]),
        ("UPDATE event_tokens SET exact = (1 = 1) WHERE seq = 3", ["events 3"]),
        ("UPDATE event_tokens SET rule_version = 7 WHERE seq = 3", ["events 3"]),
        ("DELETE FROM event_tokens WHERE seq = 4", ["events 4"]),
        ("INSERT INTO event_tokens VALUES (4, 'email', 'a', (1 = 1), 'k', 0)", ["events 4"]),
        ("INSERT INTO event_tokens VALUES (99, 'email', 'a', (1 = 1), 'k', 0)", ["event_tokens 99"]),
        ("DELETE FROM events WHERE seq = 3", ["events 3", "event_tokens 3", "erasable 3", "erasable 3"]),
        ("DELETE FROM events WHERE seq IN (2, 3)", ["events 2"]),
        ("DELETE FROM event_tokens WHERE seq = 4; DELETE FROM events WHERE seq = 4", ["events 4"]),
        ("UPDATE runs SET body = replace(body, 'm', 'n') WHERE seq = 1", ["runs 1"]),
        ("DELETE FROM runs", ["claims 1"]),
        ("DELETE FROM claims", ["claims 1"]),
        ("UPDATE claims SET revision = 9", ["claims 1", "claims 1"]),
        ("UPDATE keys SET key_id = 'another'", ["keys 1"]),
        ("UPDATE erasable SET value = 'Please go on.' WHERE ref = 2 AND kind = 'words'", ["erasable 2"]),
        ("INSERT INTO erasable VALUES (3, 'full_name', 'Somebody Else')", ["erasable 3"]),
    ],
)
def test_verify_names_the_spot(ledger: Ledger, ledger_place: str, tampering: str, spots: list[str]) -> None:
    """One byte changed, one record gone, one token moved: the fault says where."""
    ledger.close()
    unguarded(ledger_place, *tampering.split("; "))
    found = [str(fault).partition(":")[0] for fault in ledger.verify()]
    assert found[: len(spots)] == spots


@pytest.mark.parametrize(
    ("database", "statement"),
    [
        ("sqlite", "DROP TRIGGER events_no_delete"),
        ("postgresql", "DROP TRIGGER events_no_delete ON events"),
        ("postgresql", "ALTER TABLE events DISABLE TRIGGER events_no_delete"),
        ("postgresql", "ALTER TABLE events ENABLE TRIGGER events_no_delete"),
    ],
)
def test_a_missing_guard_is_a_fault(tmp_path: Path, database: str, statement: str) -> None:
    """Whoever dropped a trigger or switched it off could have changed anything since."""
    place = place_in(database, tmp_path)
    ledger = _filled(place)
    executed(place, statement)
    assert [fault.what for fault in ledger.verify()] == ["the guard events_no_delete is missing"]


def test_plain_text_may_be_erased(ledger: Ledger, ledger_place: str) -> None:
    """Erasing what was said in plain text leaves a ledger that holds, and the opt-out stands."""
    executed(ledger_place, "DELETE FROM erasable WHERE ref = 2")
    assert ledger.verify() == []
    assert ledger.plain_text(2) == {}
    assert ledger.plain_text(3) == {"contact": "ben@acme.example", "words": "Please stop."}
    assert set(ledger.permission_events().get_column("seq")) == {2, 3, 4}


def test_bodies_hold_no_plain_text(tmp_path: Path) -> None:
    """Outside the erasable table nothing names anybody."""
    ledger = _filled(place_in("sqlite", tmp_path))
    ledger.append([optout("+44 20 7946 0123", full_name="Dora Ehrlich", words="No more.", method="shouted at Fred")])
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.execute("DELETE FROM erasable")
        dump = "\n".join(connection.iterdump())
    for text in ("ann@", "acme", "79460123", "Dora", "Ehrlich", "No more", "stop.", "Fred"):
        assert text.lower() not in dump.lower()


def test_an_altered_event_stops_the_reading(ledger: Ledger, ledger_place: str) -> None:
    """A body that is no JSON any more is an error with a fix, not a traceback."""
    ledger.close()
    unguarded(ledger_place, "UPDATE events SET body = '{' WHERE seq = 2")
    with pytest.raises(LedgerError) as caught:
        Ledger.open(ledger_place, KEYRING, Clock(NOW)).permission_events()
    assert caught.value.code == "ledger_damaged"
