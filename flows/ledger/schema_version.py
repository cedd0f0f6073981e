"""Which schema a ledger has, and bringing it to the one this version of Tactful writes.

The version is compared by plain SQL; Alembic, which costs half a second to import, comes in only for a real change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from policies.errors import LedgerError

if TYPE_CHECKING:
    from alembic.config import Config

    from flows.ledger.database import Database

__all__ = ["HEAD", "TRIGGERS", "alembic_config", "ensure_head", "missing_triggers", "upgrade"]

HEAD: Final = "v0001"
_KNOWN: Final = frozenset({HEAD})  # older revisions that may be brought to the head stand here as well
_TABLES: Final = ("events", "event_tokens", "runs", "claims", "keys")
TRIGGERS: Final = tuple(f"{table}_{what}" for table in _TABLES for what in ("next", "no_delete", "no_update"))


def ensure_head(database: Database) -> None:
    """Leave the ledger at the head of the schema.

    Raises ``LedgerError``: ``ledger_foreign`` when the file holds no ledger, ``ledger_newer`` when a newer version of
    Tactful wrote it.
    """
    with database.read() as connection:
        revision = _revision(connection)
    if revision == HEAD:
        return
    if revision is None:
        raise LedgerError(
            "ledger_foreign",
            f"{database.path} holds no ledger.",
            "Name the ledger's own file, or restore it from the backup.",
        )
    if revision not in _KNOWN:
        raise LedgerError(
            "ledger_newer",
            "The ledger was written by a newer version of Tactful.",
            "Update Tactful; an older version cannot read what the newer one recorded.",
        )
    upgrade(database)


def upgrade(database: Database) -> None:
    """Bring a ledger, or an empty file, to the head in one transaction."""
    from alembic import command

    with database.write() as connection:
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
    """The triggers that ought to guard the tables and are not there."""
    there = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars())
    return [name for name in TRIGGERS if name not in there]


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision
