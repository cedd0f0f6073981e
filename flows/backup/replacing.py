"""Putting a restored ledger in the place of another one. The other is moved aside, never deleted.

In SQLite the new file is made whole beside the old one and takes its name in one step, while nobody else has the old
one open; whoever waited for it is refused and tries again (database_sqlite.py). In PostgreSQL the old tables move into
a schema of their own within the transaction that makes the new ones. Killed at any moment, one of the two is in force.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import sqlalchemy as sa

from flows.files import fsync, mending
from flows.ledger.database import database_at
from flows.ledger.database_sqlite import SqliteDatabase
from flows.ledger.tables import events, metadata
from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.ledger.database import Database

__all__ = ["PATIENCE", "replace_ledger"]

PATIENCE: Final = 10.0  # seconds to wait for other commands to close the ledger
_BESIDE: Final = ("-wal", "-shm", "-journal")
_UNREADABLE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})
_FUNCTIONS: Final = ("tactful_refuse", "tactful_next")


def replace_ledger(place: str, fill: Callable[[sa.Connection], None], head: int | None, stamp: str) -> str:
    """Put what ``fill`` writes in the place of the ledger there; gives where that one is now.

    ``head`` is the number of its last event as it was read, None where it cannot be read; ``stamp`` names it aside.
    Raises ``LedgerError`` ``ledger_in_use`` where other commands hold it, ``ledger_changed`` where something was
    recorded since it was read.
    """
    database = database_at(place)
    try:
        if isinstance(database, SqliteDatabase):
            return _replace_file(database, fill, head, stamp)
        return _replace_tables(database, fill, head, stamp)
    finally:
        database.close()


def _replace_file(database: SqliteDatabase, fill: Callable[[sa.Connection], None], head: int | None, stamp: str) -> str:
    path = database.path
    made = path.with_name(f".{path.name}.restored-{stamp}")
    aside = path.with_name(f"{path.name}.replaced-{stamp}")
    for left in path.parent.glob(f".*{path.name}.restored-*"):  # by a restore that was interrupted
        left.unlink(missing_ok=True)
    fresh = SqliteDatabase(made)
    try:
        fresh.create(fill)
        fresh.close()
        with mending(path), _alone(path, head):
            fsync(made)
            for ending in _BESIDE:  # of a damaged ledger only: SQLite has taken those of a sound one in
                beside = path.with_name(path.name + ending)
                if beside.exists():
                    beside.rename(aside.with_name(aside.name + ending))
            aside.hardlink_to(path)
            made.replace(path)
            fsync(path.parent)
    finally:
        fresh.close()
        made.unlink(missing_ok=True)
    return str(aside)


@contextmanager
def _alone(path: Path, head: int | None) -> Iterator[None]:
    """Hold the old file so that nobody else can even read it; its write-ahead log is taken in first.

    A file too damaged to be opened is held by nobody.
    """
    uri = f"file:{quote(str(path.absolute()))}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE").close()
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            connection.execute("BEGIN EXCLUSIVE").close()
            last = connection.execute("SELECT COALESCE(MAX(seq), 0) FROM events").fetchone()[0]
        except sqlite3.Error as error:
            primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if primary not in _UNREADABLE:
                raise _in_use() from None
            connection.close()
            yield
            return
        if mode != "delete":
            raise _in_use()
        if head is not None and last != head:
            raise _changed()
        yield
        connection.execute("ROLLBACK").close()


def _replace_tables(database: Database, fill: Callable[[sa.Connection], None], head: int | None, stamp: str) -> str:
    aside = f"tactful_replaced_{''.join(sign for sign in stamp.lower() if sign.isalnum())}"
    with database.write() as connection:
        last = connection.scalar(sa.select(sa.func.max(events.c.seq))) or 0
        if head is not None and last != head:
            raise _changed()
        connection.exec_driver_sql(f"CREATE SCHEMA {aside}")
        # those that are referred to last: PostgreSQL takes indexes, constraints and triggers along
        for table in ("alembic_version", *sorted(metadata.tables)):
            connection.exec_driver_sql(f"ALTER TABLE {table} SET SCHEMA {aside}")
        for function in _FUNCTIONS:
            connection.exec_driver_sql(f"ALTER FUNCTION {function}() SET SCHEMA {aside}")
        fill(connection)
    return f"schema {aside}"


def _in_use() -> LedgerError:
    return LedgerError(
        "ledger_in_use",
        "Other commands have the ledger open, so it cannot be replaced.",
        "End them, then restore again. Nothing was changed.",
    )


def _changed() -> LedgerError:
    return LedgerError(
        "ledger_changed",
        "Something was recorded in the ledger while it was being compared with the backup.",
        "Restore again. Nothing was changed.",
    )
