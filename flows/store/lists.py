"""Accepted lists: each stands whole in ``data/store/lists/<sha256>/`` or not at all.

The rename of the stage folder is the moment of acceptance. What comes after it, the rejects file and the original's
way into the archive, is completed by :func:`complete_list` however often it was interrupted. A list leaves the same
way: by one rename, after which the rest can be completed at any time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.exports.csv import write_csv
from flows.files import fsync, fsync_tree, make_folder, mending, move_file, sha256_file, write_bytes
from flows.store.parquet import damaged, read_parquet, write_parquet
from policies.schema import RECORDS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = [
    "STAGE_PREFIX",
    "ListMeta",
    "Withdrawn",
    "accept_list",
    "accepted_list",
    "active_lists",
    "archive_original",
    "archived_path",
    "complete_list",
    "load_records",
    "rejects_path",
    "remove_withdrawn",
    "withdraw_list",
    "withdrawn_lists",
]

STAGE_PREFIX: Final = ".stage-"
_WITHDRAWN_PREFIX: Final = ".undo-"
_WITHDRAWN = re.compile(r"\.undo-(?P<head>[0-9]{1,18})-(?P<sha256>[0-9a-f]{64})")
_RECORDS_FILE: Final = "records.parquet"
_META_FILE: Final = "list.json"
_REJECTS_FILE: Final = "rejects.csv"  # on its way to data/rejects
_ENDING = re.compile(r"[a-z0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class ListMeta:
    """What is known of an accepted list besides its records; stored as ``list.json``."""

    sha256: str  # of the original's bytes
    source: str  # id of the source contract
    extension: str  # ending of the original's name, lower case, without the dot
    dropped_as: str  # where it was dropped, below the data folder
    rows: int  # data rows, rejected ones included
    rejected: int
    ignored_lines: int
    accepted_at: datetime
    obtained_on: date | None
    contract_sha256: str  # of the source contract it was read under
    reading: Mapping[str, object] = field(default_factory=dict)  # dialect, mapping and counts, as JSON values
    records_sha256: str = ""  # set on acceptance

    def as_json(self) -> bytes:
        """The text of ``list.json``."""
        values = {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(self).items()}
        # a file name may hold bytes that are no text
        text = json.dumps(values, sort_keys=True, ensure_ascii=False, indent=1)
        return (text + "\n").encode(errors="backslashreplace")

    @classmethod
    def parse(cls, raw: bytes) -> ListMeta:
        """Read the text of ``list.json``."""
        values: dict[str, Any] = json.loads(raw)
        values["accepted_at"] = datetime.fromisoformat(values["accepted_at"])
        values["obtained_on"] = date.fromisoformat(values["obtained_on"]) if values["obtained_on"] else None
        return cls(**values)


def accept_list(
    ws: Workspace, meta: ListMeta, records: pl.DataFrame, rejects: pl.DataFrame, original: Path
) -> ListMeta:
    """Take a list in: its ``RECORDS``, its refused rows as they are to be written, and the dropped file itself.

    Returns the list as stored; one that was accepted before stays as it is. Needs the workspace lock. Raises
    ``WorkspaceError`` on disk trouble, with nothing accepted or with only moves left to complete.
    """
    known = accepted_list(ws, meta.sha256)
    if known is not None:
        archive_original(ws, original, known.sha256)
        return complete_list(ws, known)
    stage = make_folder(ws.store / f"{STAGE_PREFIX}{meta.sha256}-{os.getpid()}")
    try:
        stored = _stage(stage, meta, records, rejects)
        make_folder(ws.store_lists)
        with mending(ws.store_lists):
            stage.rename(ws.store_lists / meta.sha256)
            fsync(ws.store_lists)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    archive_original(ws, original, stored.sha256)
    return complete_list(ws, stored)


def _stage(stage: Path, meta: ListMeta, records: pl.DataFrame, rejects: pl.DataFrame) -> ListMeta:
    write_parquet(conform(records.sort("row_number"), RECORDS), stage / _RECORDS_FILE)
    if rejects.height:
        write_csv(rejects, stage / _REJECTS_FILE)
    stored = replace(meta, records_sha256=sha256_file(stage / _RECORDS_FILE))
    write_bytes(stage / _META_FILE, stored.as_json())
    fsync_tree(stage)
    return stored


def complete_list(ws: Workspace, meta: ListMeta) -> ListMeta:
    """Bring an accepted list's rejects file and original to their places, where an interruption left them behind."""
    waiting = ws.store_lists / meta.sha256 / _REJECTS_FILE
    if waiting.is_file():
        move_file(waiting, rejects_path(ws, meta))
    dropped = ws.data / meta.dropped_as
    inside = dropped.resolve().is_relative_to(ws.data.resolve())
    if inside and dropped.is_file() and sha256_file(dropped) == meta.sha256:
        archive_original(ws, dropped, meta.sha256)
    return meta


def accepted_list(ws: Workspace, sha256: str) -> ListMeta | None:
    """The accepted list with these bytes, if there is one."""
    file = ws.store_lists / sha256 / _META_FILE
    with mending(file):
        if not file.is_file():
            return None
        try:
            return ListMeta.parse(file.read_bytes())
        except (ValueError, KeyError, TypeError):
            raise damaged(file) from None


def active_lists(ws: Workspace) -> list[ListMeta]:
    """Every accepted list, ordered by hash: the order in which files came plays no part in a run."""
    if not ws.store_lists.is_dir():
        return []
    found = (accepted_list(ws, folder.name) for folder in sorted(ws.store_lists.iterdir()))
    return [meta for meta in found if meta is not None]


def load_records(ws: Workspace, lists: Sequence[ListMeta]) -> pl.DataFrame:
    """The ``RECORDS`` of some lists, ordered by file hash and row number; raises ``WorkspaceError`` when damaged."""
    ordered = sorted(lists, key=lambda meta: meta.sha256)
    frames = [read_parquet(ws.store_lists / meta.sha256 / _RECORDS_FILE, meta.records_sha256) for meta in ordered]
    return pl.concat([conform(frame, RECORDS) for frame in frames] or [empty(RECORDS)]).rechunk()


def archive_original(ws: Workspace, original: Path, sha256: str) -> Path:
    """Move an accepted file of any kind to ``data/archive/<sha256>.<ext>``; one that is there already just goes."""
    with mending(original):
        kept = next((path for path in sorted(ws.archive.glob(f"{sha256}.*")) if sha256_file(path) == sha256), None)
        target = kept or archived_path(ws, sha256, original.suffix.removeprefix("."))
        if original.is_file() and original != target:
            if kept is not None:
                original.unlink()
            else:
                move_file(original, target)
    return target


def archived_path(ws: Workspace, sha256: str, extension: str) -> Path:
    """The place of an accepted original; an ending that is no plain one becomes ``bin``."""
    ending = extension.lower()
    return ws.archive / f"{sha256}.{ending if _ENDING.fullmatch(ending) else 'bin'}"


def rejects_path(ws: Workspace, meta: ListMeta) -> Path:
    """The place of a list's refused rows."""
    return ws.rejects / f"{meta.source}-{meta.sha256[:8]}.csv"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A list on its way out: the number of the last event before it was taken back, and where its facts lie."""

    sha256: str
    head: int
    folder: Path


def withdraw_list(ws: Workspace, meta: ListMeta, head: int) -> Withdrawn:
    """Take a list out of the store by one rename; the archived original stays. Needs the workspace lock.

    Its refused rows go first: dropped again it brings them anew. Raises ``WorkspaceError`` on disk trouble.
    """
    found = Withdrawn(meta.sha256, head, ws.store / f"{_WITHDRAWN_PREFIX}{head}-{meta.sha256}")
    with mending(ws.store_lists):
        rejects_path(ws, meta).unlink(missing_ok=True)
        (ws.store_lists / meta.sha256).rename(found.folder)
        fsync(ws.store_lists)
        fsync(ws.store)
    return found


def withdrawn_lists(ws: Workspace) -> list[Withdrawn]:
    """Lists on their way out: an interrupted command has left them."""
    folders = sorted(ws.store.glob(f"{_WITHDRAWN_PREFIX}*")) if ws.store.is_dir() else []
    named = ((folder, _WITHDRAWN.fullmatch(folder.name)) for folder in folders)
    return [Withdrawn(name["sha256"], int(name["head"]), folder) for folder, name in named if name]


def remove_withdrawn(withdrawn: Withdrawn) -> None:
    """Remove the facts of a list that was taken out; another command may do so at the same time."""
    shutil.rmtree(withdrawn.folder, ignore_errors=True)
