"""A ledger in a file: SQLite.

It is opened in WAL mode with synchronous=FULL: once an append has returned, the event survives a kill -9. Writers
take the lock at the start of their transaction and wait for each other, so no two ever see the same head.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from flows.ledger.database import BUSY_SECONDS, Database, ledger_missing
from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["SqliteDatabase"]

_WRITE: Final = "tactful_write"


class SqliteDatabase(Database):
    """One SQLite file holding a ledger."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self.name = str(path)
        self._busy_seconds = busy_seconds
        # hide_parameters: what is in a statement never enters an error message
        self._engine = sa.create_engine(
            "sqlite://", creator=self._connect, poolclass=QueuePool, pool_size=2, hide_parameters=True
        )
        sa.event.listen(self._engine, "begin", _begin)
        self._writer = self._engine.execution_options(**{_WRITE: True})
        self._inode: tuple[int, int] | None = None

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A snapshot of the ledger."""
        with self._plainly(), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One serialised transaction."""
        with self._plainly(), self._writer.begin() as connection:
            self._refuse_replaced()
            yield connection

    def create(self, fill: Callable[[sa.Connection], None]) -> None:
        """Make the ledger whole beside its place, readable by its owner only, and move it there in one step."""
        self._refuse_existing()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        os.close(descriptor)
        made = SqliteDatabase(Path(name), busy_seconds=self._busy_seconds)
        try:
            with made.write() as connection:
                fill(connection)
            made.close()
            self._move_here(made.path)
        finally:
            made.close()
            made.path.unlink(missing_ok=True)

    def is_empty(self) -> bool:
        """Whether there is no file at all."""
        return not self.path.exists()

    def close(self) -> None:
        """Close the connections; the next reading opens new ones."""
        self._engine.dispose()

    def _move_here(self, made: Path) -> None:
        """A link, unlike a rename, never replaces a ledger that somebody else made in the meantime."""
        try:
            self.path.hardlink_to(made)
        except FileExistsError:
            self._refuse_existing()
        except OSError:  # a file system without links
            self._refuse_existing()
            made.rename(self.path)

    def _refuse_existing(self) -> None:
        if self.path.exists():
            raise LedgerError(
                "ledger_exists",
                f"There is a ledger at {self.path} already.",
                "Use it; a new one would forget everybody who ever opted out.",
            )

    def _connect(self) -> sqlite3.Connection:
        uri = f"file:{quote(str(self.path.absolute()))}?mode=rw"
        connection = sqlite3.connect(
            uri, uri=True, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
                connection.execute(f"PRAGMA {pragma}").close()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def _plainly(self) -> Iterator[None]:
        """Turn what the database reports into a ``LedgerError`` that says what happened and what to do."""
        self._check_same_file()
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise _plain(error.orig) from None
        except sqlite3.Error as error:
            raise _plain(error) from None

    def _refuse_replaced(self) -> None:
        """Who waited for the lock may have waited for a restore, and holds the file that it moved aside."""
        status = self.path.stat() if self.path.exists() else None
        if status is None or (status.st_dev, status.st_ino) != self._inode:
            raise LedgerError(
                "ledger_replaced",
                "The ledger was put elsewhere, or replaced by a restored one, while this command waited for it.",
                "Run the command again. Nothing was recorded.",
            )

    def _check_same_file(self) -> None:
        """An open connection outlives its file; an event written into a deleted file would be lost."""
        try:
            status = self.path.stat()
        except OSError:
            raise ledger_missing(f"at {self.path}") from None
        inode = (status.st_dev, status.st_ino)
        if self._inode != inode:
            self._engine.dispose()
            self._inode = inode


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


# By primary result code of SQLite: code, message, fix.
_PLAIN: Final[dict[int, tuple[str, str, str]]] = {
    sqlite3.SQLITE_BUSY: (
        "ledger_locked",
        "The ledger is locked: another process has been writing for too long.",
        "Wait for it to finish, or end it, then run the command again. Nothing was lost.",
    ),
    sqlite3.SQLITE_FULL: (
        "ledger_disk_full",
        "The ledger cannot grow: the disk is full.",
        "Free some space, then run the command again. Everything acknowledged so far is kept.",
    ),
    sqlite3.SQLITE_IOERR: (
        "ledger_io",
        "The disk reported an error while the ledger was in use.",
        "Check the disk, then run `tactful audit verify`; restore the backup if it finds a fault.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "ledger_damaged",
        "The ledger's file is damaged.",
        "Restore the last backup. Do not start a new ledger: it would forget everybody who opted out.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "ledger_damaged",
        "The ledger's file is not a database, or was damaged.",
        "Restore the last backup. Do not start a new ledger: it would forget everybody who opted out.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "ledger_unopenable",
        "The ledger's file cannot be opened.",
        "Check that it exists and that you may read and write it and its folder.",
    ),
    sqlite3.SQLITE_READONLY: (
        "ledger_read_only",
        "The ledger cannot be written to.",
        "Check the permissions of its file and folder, and whether the disk is mounted read-only.",
    ),
    sqlite3.SQLITE_CONSTRAINT: (
        "ledger_refused",
        "The ledger refused a change: what stands in it is never altered or taken out.",
        "Append what is to hold from now on; `tactful audit verify` tells whether the ledger is sound.",
    ),
}
_PLAIN[sqlite3.SQLITE_LOCKED] = _PLAIN[sqlite3.SQLITE_BUSY]
_UNKNOWN: Final = (
    "ledger_unusable",
    "The ledger cannot be used: its database answers with an error.",
    "Run `tactful audit verify`; restore the backup if it finds a fault.",
)


def _plain(error: BaseException | None) -> LedgerError:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    code, message, fix = _PLAIN.get(primary, _UNKNOWN)
    return LedgerError(code, message, fix, {"database": getattr(error, "sqlite_errorname", type(error).__name__)})
