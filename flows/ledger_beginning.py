"""A ledger for a workspace in which nothing happened yet, in the database that tactful.toml names.

Whoever writes ``database_url`` into the settings of a workspace just made means a ledger there. Anywhere else a missing
ledger is never made anew: an empty one would have forgotten everybody who ever opted out.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from flows.ledger_access import create_ledger
from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import sqlalchemy as sa

    from flows.workspace import Workspace

__all__ = ["begin_elsewhere"]


def begin_elsewhere(ws: Workspace) -> bool:
    """Make the ledger where the settings want it, if nothing happened in this workspace so far; else False.

    The empty ledger that ``init`` made in the data folder goes with it: nobody shall ever take it for the real one.
    Raises ``LedgerError`` where the named database cannot be used.
    """
    from flows.ledger.database import is_file

    default = ws.ledger_file
    elsewhere = not is_file(ws.database_url) or ws.database_url != f"sqlite:///{default}"
    if not elsewhere or _anything_there(ws):
        return False
    try:
        with _held(default) as connection:
            if connection is not None and not _says_nothing(connection):
                return False
            create_ledger(ws)
            default.unlink(missing_ok=True)
        for rest in ("-wal", "-shm"):
            default.with_name(default.name + rest).unlink(missing_ok=True)
    except LedgerError as error:
        if error.code == "ledger_exists":  # another command was faster
            return True
        raise
    return True


def _anything_there(ws: Workspace) -> bool:
    """Whether a file was ever taken in or refused, a run made, or a stop recorded in any database."""
    folders = (ws.archive, ws.quarantine, ws.rejects, ws.runs, ws.queue, ws.store)
    return any(path.is_file() for folder in folders if folder.is_dir() for path in folder.rglob("*"))


@contextmanager
def _held(path: Path) -> Iterator[sa.Connection | None]:
    """The ledger in the data folder, with all writers kept out; None where there is none."""
    from flows.ledger.database_sqlite import SqliteDatabase

    if not path.exists():
        yield None
        return
    with closing(SqliteDatabase(path, busy_seconds=5)) as database, database.write() as connection:
        yield connection


def _says_nothing(connection: sa.Connection) -> bool:
    """Whether a ledger holds its keys and nothing else."""
    import sqlalchemy as sa

    from flows.ledger.tables import events, runs

    said = connection.scalar(sa.select(sa.func.count()).select_from(events).where(events.c.kind != "key"))
    ran = connection.scalar(sa.select(sa.func.count()).select_from(runs))
    return not said and not ran
