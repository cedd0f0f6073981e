"""The database under the ledger: short serialised writes, snapshot reads, and errors a user understands.

What the ledger rests on, whichever database it is: a reading sees one moment of it; writers come one after the other,
so that no two ever see the same head; and once a write has returned, what it wrote survives a kill -9 of this process
and, as far as the disk keeps its word, a power cut. The two databases are in database_sqlite.py and
database_postgres.py; the second is imported only where a workspace names it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Final

from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    import sqlalchemy as sa

__all__ = ["BUSY_SECONDS", "Database", "database_at", "holds_password", "is_file", "ledger_missing"]

BUSY_SECONDS: Final = 30.0
_SQLITE: Final = "sqlite:///"
_POSTGRES: Final = ("postgresql", "postgresql+psycopg")


class Database(ABC):
    """A place for one ledger. ``name`` is what messages call it; it never holds a password."""

    name: str

    @abstractmethod
    def read(self) -> AbstractContextManager[sa.Connection]:
        """A snapshot of the ledger; raises ``LedgerError`` when it cannot be read."""

    @abstractmethod
    def write(self) -> AbstractContextManager[sa.Connection]:
        """One serialised transaction: all of it is there for good once the block has ended, or nothing of it.

        Raises ``LedgerError``: ``ledger_locked`` when another writer does not come to an end, and what the database
        reports.
        """

    @abstractmethod
    def create(self, fill: Callable[[sa.Connection], None]) -> None:
        """Make the place hold what ``fill`` writes into it, whole or not at all.

        Raises ``LedgerError`` ``ledger_exists`` when there is a ledger already, ``ledger_foreign`` when something else
        stands in its way.
        """

    @abstractmethod
    def is_empty(self) -> bool:
        """Whether there is nothing of a ledger at this place; raises ``LedgerError`` when that cannot be seen."""

    @abstractmethod
    def close(self) -> None:
        """Close the connections; the next reading opens new ones."""


def database_at(place: str | Path, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """The database at a path or URL: ``sqlite:///``, ``postgresql://`` or ``postgresql+psycopg://``; not yet touched.

    ``busy_seconds`` is how long a writer waits for the others. Raises ``LedgerError`` ``ledger_database_unknown``.
    """
    from flows.ledger.database_sqlite import SqliteDatabase

    if is_file(place):
        return SqliteDatabase(Path(str(place).removeprefix(_SQLITE)), busy_seconds=busy_seconds)
    scheme = str(place).partition("://")[0]
    if scheme not in _POSTGRES:
        raise LedgerError(
            "ledger_database_unknown",
            f"The ledger cannot be kept in a database of the kind {scheme}.",
            "Give a path, sqlite:///<path> or postgresql://<role>@<host>/<database> as database_url in tactful.toml.",
        )
    from flows.ledger.database_postgres import PostgresDatabase

    return PostgresDatabase(str(place), busy_seconds=busy_seconds)


def ledger_missing(where: str) -> LedgerError:
    """The error for a place where a ledger ought to be and none is; ``where`` is "at ..." or "in ..."."""
    return LedgerError(
        "ledger_missing",
        f"There is no ledger {where}.",
        "Bring it back from the backup with `tactful restore`; `tactful backup` and `restore` also carry a ledger from"
        " one database to another. Starting a new one would forget everybody who ever opted out.",
    )


def holds_password(url: str) -> bool:
    """Whether a URL holds a password, beside the role or among its options."""
    if is_file(url):
        return False
    from urllib.parse import parse_qs, urlsplit

    parts = urlsplit(url)
    return parts.password is not None or "password" in parse_qs(parts.query)


def is_file(place: str | Path) -> bool:
    """Whether a place is a file of this machine: a path or a ``sqlite:///`` URL."""
    return isinstance(place, Path) or place.startswith(_SQLITE) or "://" not in place
