"""``backup`` and ``restore``: one file that holds everything but the keys, and the way back."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows import messages
from flows.commands.backup_texts import backup_text, recovered_text, restored_text
from flows.commands.common import AsJson, WorkspaceDir, answer, open_workspace, reporting
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.backup.reconciling import Recovered
    from flows.backup.restoring import Restored

__all__ = ["backup", "restore"]


def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, show_default=False, help="Where to write it: a new file.")],
    *,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Write everything but the keys into one file, and look it through. Events may be recorded meanwhile."""
    from flows.backup.writing import make_backup

    ws = open_workspace(workspace)
    with reporting() as progress:
        done = make_backup(ws, file.expanduser().absolute(), step=progress or _silent)
    answer({**asdict(done), "not_included": ["keys"]}, messages.paragraph(backup_text(done)), as_json=as_json)


def restore(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, show_default=False, help="A file that backup wrote.")
    ] = None,
    *,
    database_url: Annotated[
        str | None,
        typer.Option("--database-url", metavar="URL", help="Of a new workspace: put its ledger into this database."),
    ] = None,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="After a restore: bring back what is on disk and let runs go on.")
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="With --reconcile: who answers for it.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="With --reconcile: why runs may go on.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into this workspace, or make a workspace from it in an empty folder.

    No stop is lost by it: what the ledger there and the journal know besides is kept. Where something newer lies beside
    the restored ledger, runs wait for `restore --reconcile`.
    """
    if reconcile:
        _reconcile(file, by, reason, workspace, as_json=as_json)
        return
    if file is None:
        raise UsageError("usage", "No backup is named.", "Name the file that `tactful backup` wrote.")
    from flows.backup.restoring import restore as restore_backup

    root = workspace or Path(os.environ.get("TACTFUL_WORKSPACE") or Path.cwd())
    with reporting() as progress:
        step = progress or _silent
        done = restore_backup(root, file, os.environ, database_url=database_url, step=step)
        found = _recovered(root, done, step)
    value = {**asdict(done), "recovered": None if found is None else asdict(found)}
    answer(value, restored_text(done, found), as_json=as_json)


def _recovered(root: Path, done: "Restored", step: "Callable[[str], None]") -> "Recovered | None":
    """What lies on disk and the restored ledger does not know; looked for where something newer does."""
    from flows.backup.reconciling import recover

    return recover(open_workspace(root), step=step) if done.behind else None


def _reconcile(file: Path | None, by: str | None, reason: str | None, workspace: Path | None, *, as_json: bool) -> None:
    if file is not None:
        raise UsageError(
            "usage", "--reconcile takes no file.", "Restore the backup first, then reconcile the workspace."
        )
    from flows.backup.reconciling import reconcile

    ws = open_workspace(workspace)
    with reporting() as progress:
        done = reconcile(ws, by, reason, step=progress or _silent)
    answer(asdict(done), recovered_text(done), as_json=as_json)


def _silent(_: str) -> None:
    """Report to nobody."""
