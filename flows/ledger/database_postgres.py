"""A ledger in PostgreSQL, through psycopg.

A write holds one advisory lock from its first statement to its commit, so that writers come one after the other; a
reading is a snapshot (REPEATABLE READ, READ ONLY) and waits for nobody. Commits wait for the disk whatever the server's
default is: once an append has returned, the event survives a kill -9 of this process and of the server.
"""

from __future__ import annotations

import contextlib
import weakref
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from flows.ledger.database import BUSY_SECONDS, Database
from flows.ledger.database_postgres_errors import foreign, not_text, plainly_told, without_schema
from flows.ledger.tables import metadata
from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["PostgresDatabase"]

_CONNECT_SECONDS: Final = 10
_BEGIN_READ: Final = sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
# The first statement of every write. The lock belongs to the schema the ledger lies in, or would be made in: ledgers in
# other schemas do not wait for it, and who waited while a restore put other tables in its place still holds the right
# one. synchronous_commit is only ever made stricter.
_BEGIN_WRITE: Final = sa.text(
    "SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'"
    " ELSE current_setting('synchronous_commit') END, true),"
    " set_config('lock_timeout', :patience, true),"
    " pg_advisory_xact_lock(1952540524, CAST(COALESCE("
    "(SELECT relnamespace FROM pg_class WHERE oid = to_regclass('events')),"
    " CAST(to_regnamespace(quote_ident(current_schema())) AS oid), 0) AS integer))"
)
_OUR_TABLES: Final = ("alembic_version", *sorted(metadata.tables))


class PostgresDatabase(Database):
    """A PostgreSQL database, or one schema of it, holding a ledger."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        target = _url(url)
        self.name = f"the database {target.database}" if target.database else "the PostgreSQL database"
        self._patience = f"{max(1, round(busy_seconds * 1000))}ms"
        # hide_parameters: what is in a statement never enters an error message
        # pool_pre_ping: a server that was restarted in between is connected to anew
        self._engine = sa.create_engine(
            target,
            connect_args=_defaults(target),
            isolation_level="READ COMMITTED",  # whatever the server's default: a writer sees what its lock waited for
            pool_size=2,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        weakref.finalize(self, self._engine.dispose)  # connections are closed with whoever opened them

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A snapshot of the ledger."""
        with plainly_told(self.name), self._engine.begin() as connection:
            connection.execute(_BEGIN_READ)
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One serialised transaction."""
        with plainly_told(self.name), self._engine.begin() as connection:
            connection.execute(_BEGIN_WRITE, {"patience": self._patience})
            yield connection

    def create(self, fill: Callable[[sa.Connection], None]) -> None:
        """Make the ledger in one transaction; other tables may stand beside it, as long as none has a name of ours."""
        with self.write() as connection:
            self._refuse_unfit(connection)
            there = _tables_there(connection)
            if "event_tokens" in there and "alembic_version" in there:
                raise LedgerError(
                    "ledger_exists",
                    f"There is a ledger in {self.name} already.",
                    "Use it; a new one would forget everybody who ever opted out.",
                )
            if there:
                raise foreign(self.name)
            fill(connection)

    def is_empty(self) -> bool:
        """Whether none of the ledger's tables is there."""
        with self.read() as connection:
            return not _tables_there(connection)

    def close(self) -> None:
        """Close the connections; the next reading opens new ones."""
        self._engine.dispose()

    def _refuse_unfit(self, connection: sa.Connection) -> None:
        query = "SELECT current_setting('server_encoding'), current_schema()"
        encoding, schema = connection.exec_driver_sql(query).one()
        if encoding != "UTF8":
            raise not_text(self.name)
        if schema is None:
            raise without_schema(self.name)


def _url(url: str) -> sa.URL:
    try:
        return sa.make_url(url).set(drivername="postgresql+psycopg")
    except (sa.exc.ArgumentError, ValueError):
        raise LedgerError(
            "ledger_database_unknown",
            "database_url is no URL of a PostgreSQL database.",
            "Write postgresql://<role>@<host>/<database>; characters like @ or / in a password are written %40 or %2F.",
        ) from None


def _defaults(url: sa.URL) -> dict[str, Any]:
    """What the URL leaves open."""
    defaults: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS, "application_name": "tactful"}
    return {name: value for name, value in defaults.items() if name not in url.query} | {"client_encoding": "utf8"}


def _tables_there(connection: sa.Connection) -> frozenset[str]:
    """Which tables with names of the ledger's stand in the schema it would be made in.

    A ledger in a later schema of the search path counts as well: a schema made before it would hide it.
    """
    query = sa.text(
        "SELECT relname FROM pg_class WHERE relname = ANY(:names)"
        " AND (relnamespace = to_regnamespace(quote_ident(current_schema()))"
        " OR to_regclass('event_tokens') IS NOT NULL AND oid = to_regclass(quote_ident(relname)))"
    )
    return frozenset(connection.execute(query, {"names": list(_OUR_TABLES)}).scalars())
