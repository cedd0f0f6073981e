"""Restoring a backup: into an empty folder, into a workspace that lost its ledger, over one that is damaged or older.

Nothing is ever forgotten by it. A ledger that holds all of the backup is left as it is. What continues the backup's
chain is kept, what says stop in a damaged or forked ledger and in the journal is recorded again, and the ledger that
was there is moved aside. All of that is one step: interrupted, the old state or the new one is in force.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from flows.backup.behind import RESTORED, look_behind
from flows.backup.container import open_backup
from flows.backup.ledger_rows import insert_events, insert_runs, load_ledger
from flows.backup.present import look_at
from flows.backup.reappending import Reappended, reappend, require_keys
from flows.backup.replacing import replace_ledger
from flows.backup.restored_files import bring_back, make_place, missing_files, settle_place
from flows.clock import machine_now, now
from flows.filing.erasing import nothing_comes_back, take_away
from flows.ledger.appending import append_events
from flows.ledger.database import database_at
from flows.ledger.journal import Journal
from flows.ledger.model import NewEvent
from flows.ledger.schema_version import upgrade
from flows.ledger.tables import erasable, events
from flows.ledger_access import keyring_of, open_ledger
from flows.locks import workspace_lock
from policies.errors import LedgerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flows.backup.container import BackupReader
    from flows.backup.present import Present
    from flows.backup.restored_files import Place
    from flows.ledger import Keyring
    from flows.workspace import Workspace

__all__ = ["Restored", "restore"]

_NEEDLESS: Final = "restore_needless"


@dataclass
class Restored:
    """What was restored, in numbers.

    ``kept`` are events of the ledger that was there and that continued the backup's; ``carried`` those that say stop,
    from it and from the journal. ``known_until`` is when the last event was recorded: what was said since and is on no
    disk is lost. ``behind``: something newer lies beside the ledger, and runs wait until it is reconciled.
    """

    made_at: str
    events: int
    runs: int
    files: int = 0
    kept: int = 0
    carried: dict[str, int] = field(default_factory=dict)
    unplaced: int = 0
    journal_unreadable: int = 0
    known_until: str = ""
    aside: str | None = None
    behind: bool = False


def restore(
    root: Path,
    file: Path,
    env: Mapping[str, str],
    *,
    database_url: str | None = None,
    step: Callable[[str], None],
) -> Restored:
    """Restore a backup into the workspace at ``root``, or make one there where there is none.

    ``database_url`` puts the ledger of a new workspace somewhere else than the backup's own; a workspace
    that is there keeps its files, for what was taken out or erased since must not come back. Raises ``HeldError`` where
    a key is not at hand, ``UsageError`` ``backup_foreign`` for another workspace's backup, ``LedgerError``
    ``restore_needless`` where the ledger there holds everything already, and ``WorkspaceError`` for a damaged backup;
    nothing is changed then.
    """
    place = make_place(root, env)
    with open_backup(file, place.keyring) as backup:
        step("checking the backup")
        backup.check()
        place.keyring.of_ledger({key["key_id"]: key["check_value"] for key in backup.manifest["keys"]})
        if place.workspace is not None:
            _refuse_foreign(place.workspace, backup)
            _refuse_url(database_url)
            with workspace_lock(place.workspace, on_wait=lambda: step("waiting for another command")):
                return _into(place.workspace, backup, files=missing_files(place.workspace), step=step)
        return _into_new(place, backup, database_url, step)


def _into_new(place: Place, backup: BackupReader, database_url: str | None, step: Callable[[str], None]) -> Restored:
    """Make a workspace. Interrupted, it is completed by restoring the same backup again."""
    ws = settle_place(place, backup, database_url)
    if not place.half_made and database_url is None:
        _refuse_occupied(ws, place)
    with workspace_lock(ws):
        try:
            done = _into(ws, backup, files=True, step=step)
        except LedgerError as error:
            if error.code != _NEEDLESS:
                raise
            heads = backup.manifest["ledger"]
            done = Restored(backup.manifest["made_at"], heads["events"], heads["runs"])
            with nothing_comes_back(ws):
                done.files = bring_back(ws, backup, everything=True)
                _derive(ws)
        place.finish()
    return done


def _into(ws: Workspace, backup: BackupReader, *, files: bool, step: Callable[[str], None]) -> Restored:
    """Restore into a workspace; files first, so that a ledger never names what is not there.

    Of erased people the backup brings texts back: they go again before this is over.
    """
    filling = _Filling(ws, backup, keyring_of(ws))
    database = database_at(ws.database_url)
    try:
        there = None if database.is_empty() else look_at(database, backup, filling.keyring)
    finally:
        database.close()
    if there is not None:
        _refuse_needless(there, backup)
    with nothing_comes_back(ws):
        step("bringing files back")
        filling.done.files = bring_back(ws, backup, everything=files)
        step("restoring the ledger")
        _put_in_place(ws, filling, there)
        _derive(ws)
    return filling.done


def _put_in_place(ws: Workspace, filling: _Filling, there: Present | None) -> None:
    """Make the ledger, or put it where another one was."""
    if there is not None:
        filling.there = there
        stamp = f"{machine_now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        filling.done.aside = replace_ledger(ws.database_url, filling.fill, there.head, stamp)
        return
    fresh = database_at(ws.database_url)
    try:
        fresh.create(filling.fill)
    finally:
        fresh.close()


def _derive(ws: Workspace) -> None:
    """Opening the ledger brings journal and queue files up to it; what the backup has of erased people goes."""
    with open_ledger(ws) as ledger:
        take_away(ws, ledger)


class _Filling:
    """What goes into the new ledger, written in one transaction."""

    def __init__(self, ws: Workspace, backup: BackupReader, keyring: Keyring) -> None:
        self.ws = ws
        self.backup = backup
        self.keyring = keyring
        self.there: Present | None = None
        heads = backup.manifest["ledger"]
        self.done = Restored(backup.manifest["made_at"], heads["events"], heads["runs"])

    def fill(self, connection: sa.Connection) -> None:
        """The backup's ledger; what continued it; what says stop elsewhere; the mark, where something is missing."""
        upgrade(connection)
        ring = self.keyring.of_ledger({key["key_id"]: key["check_value"] for key in self.backup.manifest["keys"]})
        load_ledger(connection, self.backup, ring)
        if self.there is not None and self.there.follows:
            self._keep(connection, self.there)
        behind = look_behind(self.ws, connection)
        self._carry(connection)
        lost = self.there is not None and (not self.there.sound or bool(self.there.others))
        self.done.known_until = self._last_recorded(connection)
        self.done.behind = lost or bool(behind)
        if self.done.behind and not behind.restored:
            self._mark(connection)

    def _keep(self, connection: sa.Connection, there: Present) -> None:
        """Events and runs that continue the backup's chains, as they stood."""
        from flows.ledger.tables import keys

        self.done.kept = insert_events(connection, there.follows)
        position = len(self.backup.manifest["keys"])
        for line in there.follows:
            if line.row["kind"] == "key":
                position += 1
                body = line.body
                row = {"position": position, "key_id": body["key_id"], "check_value": body["check_value"]}
                connection.execute(sa.insert(keys), [row])
        kept = {line.seq for line in there.follows}
        texts = [
            {"ref": seq, "kind": kind, "value": value}
            for seq, said in there.texts.items()
            if seq in kept
            for kind, value in said.items()
        ]
        if texts:
            connection.execute(sa.insert(erasable), texts)
        self.done.runs += insert_runs(connection, there.runs)

    def _carry(self, connection: sa.Connection) -> None:
        """What says stop in the ledger that was there, then in the journal."""
        at = now(self.ws.settings)
        carried = Reappended()
        if self.there is not None and self.there.others:
            others = [line for line in self.there.others if line.holds() or line.row["kind"] not in ("void", "erasure")]
            carried = reappend(connection, others, self.keyring, at, self.there.texts, self.there.shared)
        lines, self.done.journal_unreadable = Journal(self.ws.journal_file).lines()
        proven = [line for line in lines if line.holds()]
        self.done.journal_unreadable += len(lines) - len(proven)
        carried = carried.plus(reappend(connection, proven, self.keyring, at))
        self.done.carried = dict(sorted(carried.kinds.items()))
        self.done.unplaced = carried.unplaced

    def _last_recorded(self, connection: sa.Connection) -> str:
        head = self.done.events + self.done.kept
        return connection.scalar(sa.select(events.c.recorded_at).where(events.c.seq == head)) or self.done.made_at

    def _mark(self, connection: sa.Connection) -> None:
        """Runs wait until somebody has looked at what is missing."""
        at = now(self.ws.settings)
        body: dict[str, Any] = {
            "backup_sha256": self.backup.sha256,
            "made_at": self.done.made_at,
            "events": self.done.events,
            "known_until": self.done.known_until,
        }
        ring = require_keys(connection, (), self.keyring, at)
        append_events(connection, [NewEvent(kind=RESTORED, effective_at=at, body=body)], ring.current, at)


def _refuse_needless(there: Present, backup: BackupReader) -> None:
    heads = backup.manifest["ledger"]
    if there.sound and not there.others and there.shared == heads["events"]:
        raise LedgerError(
            _NEEDLESS,
            "The ledger here already holds everything that is in this backup, and it is sound.",
            "Nothing is to be done. To bring back files alone, put them into a new folder with "
            "`tactful restore FILE --workspace NEW` and copy them from there.",
        )


def _refuse_foreign(ws: Workspace, backup: BackupReader) -> None:
    if backup.manifest["workspace_id"] != ws.settings.workspace_id:
        raise UsageError(
            "backup_foreign",
            "This backup was made of another workspace.",
            "Name this workspace's own backup, or restore into a new folder with --workspace DIR.",
        )


def _refuse_occupied(ws: Workspace, place: Place) -> None:
    """A workspace made for a drill must not go on writing into the ledger of the real one."""
    database = database_at(ws.database_url)
    try:
        empty = database.is_empty()
    finally:
        database.close()
    if not empty:
        place.give_up()
        raise UsageError(
            "ledger_there",
            "The database that the backup's settings name holds a ledger already.",
            "Say with --database-url where the restored ledger is to stand; to go on with the one that is there, name "
            "that very database.",
        )


def _refuse_url(database_url: str | None) -> None:
    if database_url is not None:
        raise UsageError(
            "usage",
            "--database-url is for a workspace that is yet to be made.",
            "Write database_url into tactful.toml of this one, then restore into it.",
        )
