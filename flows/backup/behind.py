"""Is this ledger the newest there is? Asked before every run: an older one has forgotten people who said no.

Three things know better than a ledger that was put in place of a newer one: the journal of stops, the runs on disk, and
the mark that a restore leaves in the ledger until somebody has looked at what is missing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from flows.ledger.journal import Journal
from flows.ledger.queries import publication_bodies
from flows.ledger.tables import events
from flows.runs.publish import published_mark, run_folders
from policies.errors import HeldError, WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger import Ledger
    from flows.workspace import Workspace

__all__ = ["RECONCILED", "RESTORED", "Behind", "look_behind", "require_reconciled", "unknown_runs"]

RESTORED: Final = "restored"
RECONCILED: Final = "reconciled"


@dataclass(frozen=True, slots=True)
class Behind:
    """What shows that something is missing from the ledger."""

    restored: bool  # a restore marked it, and nobody has reconciled it since
    journal: bool  # the journal ends in an event that is not here
    runs: tuple[str, ...]  # published runs on disk that are not known here

    def __bool__(self) -> bool:
        """Whether anything does."""
        return self.restored or self.journal or bool(self.runs)


def look_behind(ws: Workspace, connection: sa.Connection) -> Behind:
    """Compare the ledger with what lies beside it."""
    marks = dict(
        connection.execute(
            sa.select(events.c.kind, sa.func.max(events.c.seq))
            .where(events.c.kind.in_((RESTORED, RECONCILED)))
            .group_by(events.c.kind)
        )
        .tuples()
        .all()
    )
    waits = marks.get(RESTORED, 0) > marks.get(RECONCILED, 0)
    settled = _settled(connection, marks.get(RECONCILED))
    runs = [run for run in unknown_runs(ws, connection) if run not in settled and _was_published(ws, connection, run)]
    return Behind(waits, not Journal(ws.journal_file).follows(connection), tuple(runs))


def require_reconciled(ws: Workspace, ledger: Ledger) -> None:
    """Raise ``HeldError`` (``ledger_behind``) where the ledger is older than what lies beside it."""
    found = ledger.ask(lambda connection: look_behind(ws, connection))
    if not found:
        return
    raise HeldError(
        "ledger_behind",
        "The ledger was brought back from an older state than this workspace had: people who said no since may be "
        "missing from it. Nothing is published until somebody has looked at that.",
        'Run `tactful restore --reconcile --by NAME --reason "..."`: it brings back what is on disk, says what it '
        "could not bring back, and lets runs go on.",
        {"restored": found.restored, "journal": found.journal, "runs": list(found.runs)},
    )


def unknown_runs(ws: Workspace, connection: sa.Connection) -> list[str]:
    """Runs on disk that the ledger does not know, by name."""
    known = {body["run_id"] for body in publication_bodies(connection)}
    return [folder.name for folder in run_folders(ws) if folder.name not in known]


def _was_published(ws: Workspace, connection: sa.Connection, run_id: str) -> bool:
    """Whether a run unknown here was published by another ledger, not merely left behind by an interrupted command."""
    if published_mark(ws, run_id).exists():
        return True
    last = _manifest(ws.run_folder(run_id)).get("depends_on", {}).get("last_event")
    if not isinstance(last, list) or not last or not last[0]:
        return False
    found = connection.scalar(sa.select(events.c.hash).where(events.c.seq == last[0]))
    return bool(found != last[-1])


def _settled(connection: sa.Connection, mark: int | None) -> frozenset[str]:
    """Runs that the last reconciliation could not bring back and left as they are."""
    if mark is None:
        return frozenset()
    body = json.loads(connection.scalar(sa.select(events.c.body).where(events.c.seq == mark)) or "{}")
    return frozenset(body.get("left", ()))


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run; nothing where it is missing or damaged."""
    from flows.runs.manifest import read_manifest

    try:
        return read_manifest(folder)
    except (WorkspaceError, ValueError):
        return {}
