"""A run's folder appears whole: staged under a hidden name, put on disk for good, then renamed once (design D8).

A folder in ``data/runs`` whose run the ledger does not know was renamed but never claimed; it was not published, and
:func:`sweep_runs` takes it away. The same inputs make the same folder again.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from flows.files import FILE_MODE, FOLDER_MODE, fsync, fsync_tree, make_folder, mending, tree_files, write_bytes
from flows.runs.manifest import MANIFEST_FILE
from flows.store.lists import STAGE_PREFIX
from policies.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = [
    "discard_stage",
    "finish_run",
    "mark_published",
    "published_mark",
    "run_folders",
    "stage_run",
    "sweep_runs",
]

_TAKEN: Final = frozenset({errno.ENOTEMPTY, errno.EEXIST})
_PUBLISHED: Final = "published"


def stage_run(ws: Workspace, run_id: str) -> Path:
    """A new empty hidden folder for the files of one run."""
    name = ws.run_folder(run_id).name
    return make_folder(ws.runs / f"{STAGE_PREFIX}{name}-{os.getpid()}-{uuid4().hex[:8]}")


def discard_stage(stage: Path) -> None:
    """Remove the stage folder of a run that is not to be published; one that is gone is no fault."""
    shutil.rmtree(stage, ignore_errors=True)


def finish_run(ws: Workspace, stage: Path, run_id: str) -> Path:
    """Put a staged run on disk for good and give it its name in one step; gives the run's folder.

    A folder of the same run that is there already is kept when its manifest has the same bytes. Raises
    ``WorkspaceError`` (``run_differs``) when it has others, with both left as they are.
    """
    target = ws.run_folder(run_id)
    _close_to_others(stage)
    fsync_tree(stage)
    with mending(target):
        try:
            stage.rename(target)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            _keep_existing(stage, target)
        fsync(ws.runs)
    return target


def sweep_runs(ws: Workspace, published: Collection[str], ledger_head: int) -> list[str]:
    """Take away run folders that were never claimed; gives their run ids. Needs the workspace lock.

    ``published`` are the run ids of the ledger's publications, ``ledger_head`` its last sequence number. What a newer
    ledger may know, or was published once, stays: it is all that is left of it (see ``flows.backup``).
    """
    unknown = [folder for folder in run_folders(ws) if folder.name not in published]
    orphans = [
        folder for folder in unknown if _head_of(folder) <= ledger_head and not published_mark(ws, folder.name).exists()
    ]
    with mending(ws.runs):
        for orphan in orphans:
            hidden = orphan.with_name(f"{STAGE_PREFIX}{orphan.name}-orphan")
            orphan.rename(hidden)  # gone for readers at once, even if removing it is interrupted
            shutil.rmtree(hidden)
    return [orphan.name for orphan in orphans]


def run_folders(ws: Workspace) -> list[Path]:
    """The folders of runs, published or not, by name."""
    return [entry for entry in sorted(ws.runs.iterdir()) if _is_run(entry)] if ws.runs.is_dir() else []


def published_mark(ws: Workspace, run_id: str) -> Path:
    """The file that tells a published run from one whose command was interrupted, should the ledger be lost."""
    return ws.store / _PUBLISHED / ws.run_folder(run_id).name


def mark_published(ws: Workspace, run_id: str) -> None:
    """Remember beside the ledger that a run was published."""
    write_bytes(published_mark(ws, run_id), b"")


def _is_run(entry: Path) -> bool:
    return entry.is_dir() and not entry.is_symlink() and not entry.name.startswith(".")


def _head_of(run: Path) -> int:
    """The last event a run on disk was decided at; 0 where its manifest is missing or damaged (audit names it)."""
    try:
        manifest = json.loads((run / MANIFEST_FILE).read_bytes())
    except (FileNotFoundError, ValueError):
        return 0
    head = manifest.get("ledger_head") if isinstance(manifest, dict) else None
    return head if isinstance(head, int) else 0


def _close_to_others(stage: Path) -> None:
    """Whoever wrote them: files of people are closed to other users, and nothing points out of the folder."""
    with mending(stage):
        for path in tree_files(stage):
            if path.is_symlink():
                raise WorkspaceError("link_in_run", f"`{path.name}` is a link.", "Remove it and run again.")
            path.chmod(FILE_MODE)
        for folder in (stage, *(path for path in stage.rglob("*") if path.is_dir())):
            folder.chmod(FOLDER_MODE)


def _keep_existing(stage: Path, target: Path) -> None:
    ours, theirs = stage / MANIFEST_FILE, target / MANIFEST_FILE
    same = ours.is_file() and theirs.is_file() and ours.read_bytes() == theirs.read_bytes()
    if not same:
        raise WorkspaceError(
            "run_differs",
            f"The folder of run {target.name} is there already, with other content.",
            "Run `tactful audit verify`; if the folder was altered, move it away and run again.",
            {"run_id": target.name},
        )
    discard_stage(stage)
