"""Taking in one file from anywhere: a copy of it goes through the same steps as a dropped one."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flows.event_files.beside import sidecar_of
from flows.files import make_folder, mending
from flows.filing import IntakeSummary, new_events
from flows.filing.dropped import check_plain
from flows.filing.events import read_events, record_events
from flows.filing.model import refused
from flows.store import STAGE_PREFIX, quarantine
from policies.errors import RefusedFile, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flows.ledger import Ledger
    from flows.workspace import Workspace

__all__ = ["import_copy"]


def import_copy(ws: Workspace, ledger: Ledger, lists: Mapping[str, Any], kind: str, path: Path) -> IntakeSummary:
    """File a copy of ``path`` as one of ``kind``; the file itself stays where it is."""
    before = ledger.counts()
    summary = IntakeSummary()
    with mending(path):
        check_plain(path)
        # a folder of its own: taking in opt-outs waits for nobody, so that two imports may run at once
        folder = make_folder(ws.data / f"{STAGE_PREFIX}import-{os.getpid()}-{uuid4().hex[:8]}")
        copy = folder / path.name
        shutil.copyfile(path, copy)
        if kind == "optouts" and sidecar_of(path).is_file():
            shutil.copyfile(sidecar_of(path), sidecar_of(copy))
    try:
        file = read_events(ws, ledger, lists, copy, kind)
        record_events(ws, ledger, [file])
        summary.add(file.outcome())
    except (RefusedFile, UsageError) as error:
        quarantine(ws, copy, error)
        summary.add(refused(path, kind, None, error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    summary.events = new_events(before, ledger.counts())
    return summary
