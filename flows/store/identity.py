"""Identity generations: who is the same person, written down once per committed change and never altered.

A generation is named by the hash of its content, so that writing the same one twice gives one, and its name vouches
for it in the run id.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

from flows.files import fsync, fsync_tree, make_folder, mending
from flows.store.content import frame_sha256
from flows.store.lists import STAGE_PREFIX
from flows.store.parquet import read_parquet, write_parquet
from policies.identity import Generation
from policies.schema import ALIASES, ASSIGNMENTS, SPLITS, conform

if TYPE_CHECKING:
    from flows.workspace import Workspace

__all__ = ["generation_id", "load_generation", "write_generation"]

_SCHEMAS = {"assignments": ASSIGNMENTS, "aliases": ALIASES, "splits": SPLITS}


def generation_id(generation: Generation) -> str:
    """SHA-256 over the content of a generation, in hex."""
    parts = [frame_sha256(conform(getattr(generation, name), schema)) for name, schema in _SCHEMAS.items()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def write_generation(ws: Workspace, generation: Generation) -> str:
    """Store a generation whole, by one rename; gives its id. One that is there stays as it is."""
    name = generation_id(generation)
    target = ws.store_identity / name
    if target.is_dir():
        return name
    stage = make_folder(ws.store / f"{STAGE_PREFIX}{name}-{os.getpid()}")
    try:
        for part, schema in _SCHEMAS.items():
            write_parquet(conform(getattr(generation, part), schema), stage / f"{part}.parquet")
        fsync_tree(stage)
        make_folder(ws.store_identity)
        with mending(ws.store_identity):
            stage.rename(target)
            fsync(ws.store_identity)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    return name


def load_generation(ws: Workspace, name: str | None) -> Generation:
    """Read a generation; none is the state before the first run. Raises ``WorkspaceError`` where it is damaged."""
    if name is None:
        return Generation.none()
    folder = ws.store_identity / name
    return Generation(**{part: conform(read_parquet(folder / f"{part}.parquet"), _SCHEMAS[part]) for part in _SCHEMAS})
