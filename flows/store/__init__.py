"""The store of facts about people: everything other modules need of it, under one name.

Facts are files named by their content; each appears whole, by one rename. Only commands that hold the workspace lock
write here.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.files import is_at_work, mending, remove_partials
from flows.locks import queue_lock
from flows.store.briefs import accept_brief, briefs_of, load_briefs
from flows.store.identity import generation_id, load_generation, write_generation
from flows.store.lists import (
    STAGE_PREFIX,
    ListMeta,
    Withdrawn,
    accept_list,
    accepted_list,
    active_lists,
    archive_original,
    archived_path,
    complete_list,
    load_records,
    rejects_path,
    remove_withdrawn,
    withdraw_list,
    withdrawn_lists,
)
from flows.store.parquet import read_parquet, write_parquet
from flows.store.quarantine import orphaned_reasons, quarantine, quarantined, write_reason

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = [
    "STAGE_PREFIX",
    "ListMeta",
    "Swept",
    "Withdrawn",
    "accept_brief",
    "accept_list",
    "accepted_list",
    "active_lists",
    "archive_original",
    "archived_path",
    "briefs_of",
    "generation_id",
    "load_briefs",
    "load_generation",
    "load_records",
    "quarantine",
    "quarantined",
    "read_parquet",
    "rejects_path",
    "remove_withdrawn",
    "sweep",
    "withdraw_list",
    "withdrawn_lists",
    "write_generation",
    "write_parquet",
    "write_reason",
]


@dataclass(frozen=True, slots=True)
class Swept:
    """What an interrupted command had left behind, in numbers."""

    stages: int
    partials: int
    reasons: int


def sweep(ws: Workspace) -> Swept:
    """Clear away what interrupted commands left, and complete the moves of lists accepted before the interruption.

    Needs the workspace lock: a stage folder that is in use looks the same as one left behind. Raises
    ``WorkspaceError`` on disk trouble.
    """
    stages = _remove_stages(ws.store) + _remove_stages(ws.runs) + _remove_abandoned_imports(ws.data)
    folders = (ws.data, ws.archive, ws.quarantine, ws.rejects, ws.store_briefs)
    partials = sum(remove_partials(folder) for folder in folders)
    with queue_lock(ws):  # an opt-out rewrites the queue without waiting for the workspace
        partials += remove_partials(ws.queue)
    reasons = orphaned_reasons(ws)
    with mending(ws.quarantine):
        for why in reasons:
            why.unlink(missing_ok=True)
    for meta in active_lists(ws):
        complete_list(ws, meta)
    return Swept(stages, partials, len(reasons))


def _remove_abandoned_imports(folder: Path) -> int:
    """Remove copies that imports left whose process is gone; an import takes no lock, so one may be at work now."""
    found = sorted(folder.glob(f"{STAGE_PREFIX}import-*")) if folder.is_dir() else []
    abandoned = [stage for stage in found if not is_at_work(stage.name.split("-")[2])]
    with mending(folder):
        for stage in abandoned:
            shutil.rmtree(stage)
    return len(abandoned)


def _remove_stages(folder: Path) -> int:
    """Remove the stage folders of interrupted commands below ``folder``; gives their number."""
    stages = sorted(folder.glob(f"{STAGE_PREFIX}*")) if folder.is_dir() else []
    with mending(folder):
        for stage in stages:
            shutil.rmtree(stage)
    return len(stages)
