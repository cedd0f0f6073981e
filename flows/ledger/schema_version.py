"""Which schema a ledger has, and bringing it to the one this version of Tactful writes.

The version is compared by plain SQL; Alembic, which costs half a second to import, comes in only for a real change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from flows.ledger.database import ledger_missing
from flows.ledger.database_sqlite import SqliteDatabase
from flows.ledger.migrations.guards import guard_names
from policies.errors import LedgerError

if TYPE_CHECKING:
    from alembic.config import Config

    from flows.ledger.database import Database

__all__ = ["HEAD", "alembic_config", "ensure_head", "missing_triggers", "upgrade"]

HEAD: Final = "v0001"
_KNOWN: Final = frozenset({HEAD})  # older revisions that may be brought to the head stand here as well

_THERE: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' AND tgrelid IN (to_regclass('events'),"
    " to_regclass('event_tokens'), to_regclass('runs'), to_regclass('claims'), to_regclass('keys'))",
}


def ensure_head(database: Database) -> None:
    """Leave the ledger at the head of the schema.

    Raises ``LedgerError``: ``ledger_missing`` when nothing of a ledger is there, ``ledger_foreign`` when something else
    is, ``ledger_newer`` when a newer version of Tactful wrote it.
    """
    with database.read() as connection:
        revision = _revision(connection)
    if revision == HEAD:
        return
    if revision is None:
        raise _no_ledger(database)
    if revision not in _KNOWN:
        raise LedgerError(
            "ledger_newer",
            "The ledger was written by a newer version of Tactful.",
            "Update Tactful; an older version cannot read what the newer one recorded.",
        )
    with database.write() as connection:
        upgrade(connection)


def upgrade(connection: sa.Connection) -> None:
    """Bring a ledger, or an empty database, to the head within the transaction of the connection."""
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: sa.Connection) -> Config:
    """The configuration of Alembic for one connection, without a file."""
    from importlib.resources import files

    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("flows.ledger") / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def missing_triggers(connection: sa.Connection) -> list[str]:
    """The triggers that ought to guard the tables and are not there, or were switched off."""
    dialect = connection.dialect.name
    there = set(connection.exec_driver_sql(_THERE[dialect]).scalars())
    return [name for name in guard_names(dialect) if name not in there]


def _revision(connection: sa.Connection) -> str | None:
    there = sa.inspect(connection)
    if not there.has_table("alembic_version") or not there.has_table("event_tokens"):
        return None
    revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision


def _no_ledger(database: Database) -> LedgerError:
    if not isinstance(database, SqliteDatabase) and database.is_empty():
        return ledger_missing(f"in {database.name}")
    return LedgerError(
        "ledger_foreign",
        f"{database.name[:1].upper()}{database.name[1:]} holds no ledger.",
        "Name the ledger's own file or database, or restore it from the backup.",
    )
