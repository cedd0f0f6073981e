"""Making a backup: one file, consistent in itself, while others go on recording."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from flows.backup.container import write_backup
from flows.backup.contents import LEFT_OUT, files_to_keep
from flows.backup.ledger_rows import add_ledger
from flows.clock import instant_text, machine_now
from flows.ledger.database import database_at
from flows.ledger.rotation import check_values
from flows.ledger_access import open_ledger
from flows.locks import workspace_lock
from flows.queue.state import load_state
from flows.queue.writing import rescue_edited
from flows.versions import code_version
from policies.errors import LedgerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.backup.container import BackupWriter
    from flows.backup.ledger_rows import Heads
    from flows.workspace import Workspace

__all__ = ["BackupMade", "make_backup"]


@dataclass(frozen=True, slots=True)
class BackupMade:
    """What a backup holds, in numbers; ``keys`` are those it cannot be restored without."""

    file: str
    bytes: int
    events: int
    runs: int
    files: int
    made_at: str
    keys: tuple[str, ...]


def make_backup(ws: Workspace, place: Path, *, step: Callable[[str], None]) -> BackupMade:
    """Write a backup of a workspace and look it through.

    Facts stand still meanwhile (it needs the workspace lock); events may be added: it holds those of one moment.
    Raises ``UsageError`` ``backup_exists`` or ``backup_inside``, ``LedgerError`` ``ledger_damaged`` for a ledger that
    does not verify: it never takes the place of a good backup.
    """
    _refuse_place(ws, place)
    with open_ledger(ws) as ledger, workspace_lock(ws, on_wait=lambda: step("waiting for another command")):
        state = load_state(ws)
        rescue_edited(ws, state.files if state is not None else {})
        ledger.head()
        key = ledger.keyring.current
        made_at = instant_text(machine_now().astimezone(UTC).replace(microsecond=0))
        with write_backup(place, key) as writer:
            step("writing the ledger")
            heads, named = _ledger(ws, writer)
            step("writing files")
            files = 0
            for name, path in files_to_keep(ws):
                writer.add_file(name, path)
                files += 1
            writer.add_manifest(_facts(ws, heads, named, made_at))
            step("looking it through")
    return BackupMade(str(place), place.stat().st_size, heads.events, heads.runs, files, made_at, tuple(named))


def _ledger(ws: Workspace, writer: BackupWriter) -> tuple[Heads, dict[str, str]]:
    database = database_at(ws.database_url)
    try:
        with database.read() as connection:
            return add_ledger(writer, connection), check_values(connection)
    except (ValueError, KeyError, TypeError):
        raise LedgerError(
            "ledger_damaged",
            "The ledger does not verify, so no backup was made of it.",
            "`tactful audit verify` names the spot; restore the last good backup with `tactful restore`.",
        ) from None
    finally:
        database.close()


def _facts(ws: Workspace, heads: Heads, named: dict[str, str], made_at: str) -> dict[str, Any]:
    return {
        "workspace_id": ws.settings.workspace_id,
        "made_at": made_at,
        "made_by": code_version(),
        "ledger": asdict(heads),
        "keys": [{"key_id": key_id, "check_value": check} for key_id, check in named.items()],
        "not_included": list(LEFT_OUT),
    }


def _refuse_place(ws: Workspace, place: Path) -> None:
    if place.exists():
        raise UsageError(
            "backup_exists",
            f"There is a file {place.name} already.",
            "Name another one; a backup is never overwritten.",
        )
    if place.resolve().is_relative_to(ws.data.resolve()):
        raise UsageError(
            "backup_inside",
            "A backup inside the data folder would be lost with it.",
            "Name a place on another disk.",
        )
