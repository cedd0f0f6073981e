"""Ledgers for tests: a fixed key, a fixed clock, and short ways to make events."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flows.ledger import Key, Keyring, Ledger, NewEvent
from flows.ledger.contacts import ContactLists, read_contact
from flows.ledger.events import OptOut, optout_event
from flows.ledger.migrations.guards import guard_names
from flows.ledger.tables import APPEND_ONLY

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

NOW = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
KEY = Key(b"k" * 32)
KEYRING = Keyring((KEY,))
LISTS = ContactLists(
    free_mail_domains=frozenset({"gmail.com", "btinternet.com"}),
    fictional_phone_prefixes=("+442079460", "+493023125"),
    refusal_patterns=(r"\bstop\b", r"\b(remov|suppress)", r"\b(kein|keine|nicht)\b", r"\bno (contact|calls?)\b"),
)


class Clock:
    """A clock that only the test moves."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The instant it shows."""
        return self.at

    def forward(self, **much: int) -> datetime:
        """Move it and say what it shows then."""
        self.at += timedelta(**much)
        return self.at


def new_ledger(place: Path | str, clock: Clock | None = None, keyring: Keyring = KEYRING) -> Ledger:
    """An empty ledger in a folder, or at a URL."""
    return Ledger.create(place if isinstance(place, str) else place / "ledger.db", keyring, clock or Clock())


def optout(contact: str, keyring: Keyring = KEYRING, at: datetime = NOW, **fields: object) -> NewEvent:
    """An opt-out of one contact; ``fields`` as in ``OptOut``."""
    said = OptOut(contacts=[read_contact(contact, LISTS)], received_at=at, **fields)  # type: ignore[arg-type] # each test names fields that fit
    return optout_event(keyring, said, LISTS)


def unguarded(place: Path | str, *statements: str) -> None:
    """What somebody with the database and its tools could do to it: switch the guards off, then run the statements."""
    if isinstance(place, str) and not place.startswith("sqlite:///"):
        with _connected(place) as server:
            server.execute("SET session_replication_role = replica")  # no foreign keys
            for table in APPEND_ONLY:
                server.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            for statement in statements:
                server.execute(statement.encode())
            for name in guard_names("postgresql"):
                table = name.rpartition("_no_")[0] or name.removesuffix("_next")
                server.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}".encode())
        return
    with closing(sqlite3.connect(str(place).removeprefix("sqlite:///"), isolation_level=None)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("BEGIN")
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in guards:
            connection.execute(sql)
        connection.execute("COMMIT")


def executed(place: str, statement: str) -> None:
    """Run one statement as another program would, guards and all; raises what the database raises."""
    if place.startswith("sqlite:///"):
        with closing(sqlite3.connect(place.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute(statement)
    else:
        with _connected(place) as server:
            server.execute(statement.encode())


def _connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    import psycopg

    return psycopg.connect(url)
