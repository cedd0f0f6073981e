"""Rewriting facts without somebody erased, so that an interruption at any moment can be completed.

The new records stand beside the old ones first; the list's own file then names their hash, and a rename puts them into
place. Whoever holds the workspace lock completes what was begun.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from flows.files import fsync, mending, sha256_file, write_bytes
from flows.store.lists import ListMeta, accepted_list
from flows.store.parquet import write_parquet
from policies.schema import RECORDS, conform

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from flows.workspace import Workspace

__all__ = ["Redaction", "StagedList", "begin", "complete_redactions", "erasing", "finish", "put_in_place", "stage_list"]

_RECORDS: Final = "records.parquet"
_META: Final = "list.json"
_STAGED: Final = "records.redacted.parquet"
_MARKER: Final = ".erasing"


@dataclass(frozen=True, slots=True)
class Redaction:
    """One file about to be rewritten: its place below the data folder, its SHA-256 now and then (None: removed)."""

    path: str
    old: str
    new: str | None


@dataclass(frozen=True, slots=True)
class StagedList:
    """A list whose new records stand beside the old ones."""

    meta: ListMeta
    redactions: tuple[Redaction, ...]


def begin(ws: Workspace) -> None:
    """Leave the mark that an erasure was begun: until it is gone, every command completes what is left."""
    write_bytes(_marker(ws), b"An erasure is under way; the next command completes it.\n")


def erasing(ws: Workspace) -> bool:
    """Whether an erasure was begun and not completed."""
    return _marker(ws).is_file()


def finish(ws: Workspace) -> None:
    """Take the mark away."""
    with mending(ws.store):
        _marker(ws).unlink(missing_ok=True)


def stage_list(ws: Workspace, meta: ListMeta, records: pl.DataFrame) -> StagedList:
    """Write the new records of a list beside the old ones; :func:`complete_redactions` puts them into place."""
    folder = ws.store_lists / meta.sha256
    staged = folder / _STAGED
    write_parquet(conform(records.sort("row_number"), RECORDS), staged)
    fsync(staged)
    new = replace(meta, records_sha256=sha256_file(staged))
    place = folder.relative_to(ws.data).as_posix()
    return StagedList(
        new,
        (
            Redaction(f"{place}/{_RECORDS}", meta.records_sha256, new.records_sha256),
            Redaction(f"{place}/{_META}", sha256_file(folder / _META), _sha256(new.as_json())),
        ),
    )


def put_in_place(ws: Workspace, staged: StagedList) -> None:
    """Let a list name its new records, then put them where the old ones were."""
    write_bytes(ws.store_lists / staged.meta.sha256 / _META, staged.meta.as_json())
    complete_redactions(ws)


def complete_redactions(ws: Workspace) -> None:
    """Put new records that their list names already into place, and take others away."""
    for staged in sorted(ws.store_lists.glob(f"*/{_STAGED}")):
        meta = accepted_list(ws, staged.parent.name)
        with mending(staged):
            if meta is not None and sha256_file(staged) == meta.records_sha256:
                staged.rename(staged.with_name(_RECORDS))
                fsync(staged.parent)
            else:
                staged.unlink()


def _marker(ws: Workspace) -> Path:
    return ws.store / _MARKER


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
