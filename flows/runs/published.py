"""Reading back what a run published, by the hashes of its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.runs.manifest import read_manifest
from flows.store.parquet import damaged, read_parquet

if TYPE_CHECKING:
    import polars as pl

    from flows.workspace import Workspace

__all__ = ["read_published"]


def read_published(ws: Workspace, run_id: str, name: str) -> pl.DataFrame:
    """One Parquet file of a published run; raises ``WorkspaceError`` where it is not as it was written."""
    folder = ws.run_folder(run_id)
    try:
        written = {entry["name"]: entry["sha256"] for entry in read_manifest(folder)["outputs"]}
        sha256 = written[name]
    except (ValueError, KeyError, TypeError):
        raise damaged(folder / name) from None
    return read_parquet(folder / name, sha256)
