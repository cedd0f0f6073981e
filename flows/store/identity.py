"""Identity generations: who is the same person, written down once per committed change and never altered.

A generation is named by the hash of its content, so that writing the same one twice gives one, and its name vouches
for it in the run id.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING

from flows.files import fsync, fsync_tree, make_folder, mending, sha256_file, write_bytes
from flows.store.content import frame_sha256, pairs_sha256
from flows.store.lists import STAGE_PREFIX
from flows.store.parquet import damaged, read_parquet, write_parquet
from policies.identity import Generation
from policies.schema import ALIASES, ASSIGNMENTS, CROSSED, SPLITS, conform

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from flows.workspace import Workspace

__all__ = ["generation_id", "load_generation", "write_generation"]

_HASHES = "hashes.json"
_SCHEMAS = {"assignments": ASSIGNMENTS, "aliases": ALIASES, "splits": SPLITS, "crossed": CROSSED}
_ONLY_WITH_ROWS = ("crossed",)  # parts that earlier releases did not know: without rows they are not written
_PAIR = ("record_a", "record_b")
_LINKS = "links"  # its columns follow the model that was in force


def generation_id(generation: Generation) -> str:
    """SHA-256 over the content of a generation, in hex."""
    parts = [
        pairs_sha256(frame) if part == _LINKS else frame_sha256(frame) for part, frame in _parts(generation).items()
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def write_generation(ws: Workspace, generation: Generation) -> str:
    """Store a generation whole, by one rename; gives its id. One that is there stays as it is."""
    name = generation_id(generation)
    target = ws.store_identity / name
    if target.is_dir():
        return name
    stage = make_folder(ws.store / f"{STAGE_PREFIX}{name}-{os.getpid()}")
    try:
        for part, frame in _parts(generation).items():
            write_parquet(frame, stage / f"{part}.parquet")
        write_bytes(stage / _HASHES, _hashes(stage))
        fsync_tree(stage)
        make_folder(ws.store_identity)
        with mending(ws.store_identity):
            stage.rename(target)
            fsync(ws.store_identity)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    return name


def load_generation(ws: Workspace, name: str | None, *, links: bool = False, pairs: bool = False) -> Generation:
    """Read a generation; none is the state before the first run. Raises ``WorkspaceError`` where it is damaged.

    With ``links`` those of its matching as well, with ``pairs`` no more of them than the records they lie between: they
    are many, and needed only where stops are spread.
    """
    if name is None:
        return Generation.none()
    folder = ws.store_identity / name
    with mending(folder):
        try:
            hashes: dict[str, str] = json.loads((folder / _HASHES).read_bytes())
            there = [part for part in _SCHEMAS if part in hashes or part not in _ONLY_WITH_ROWS]
            parts = {part: (folder / f"{part}.parquet", hashes[part]) for part in there}
            linked = (folder / f"{_LINKS}.parquet", hashes[_LINKS]) if (links or pairs) and _LINKS in hashes else None
        except (ValueError, KeyError, TypeError):
            raise damaged(folder / _HASHES) from None
    frames = {part: conform(read_parquet(*place), _SCHEMAS[part]) for part, place in parts.items()}
    return Generation(**frames, links=read_parquet(*linked, None if links else _PAIR) if linked else None)


def _parts(generation: Generation) -> dict[str, pl.DataFrame]:
    """The frames of a generation that are written down, by name."""
    frames = {part: conform(getattr(generation, part), schema) for part, schema in _SCHEMAS.items()}
    known = {part: frame for part, frame in frames.items() if part not in _ONLY_WITH_ROWS or frame.height}
    return known if generation.links is None else {**known, _LINKS: generation.links}


def _hashes(folder: Path) -> bytes:
    """Hashes of a generation's files, looked at before one of them is parsed."""
    found = {path.stem: sha256_file(path) for path in sorted(folder.glob("*.parquet"))}
    return (json.dumps(found, sort_keys=True, indent=1) + "\n").encode()
