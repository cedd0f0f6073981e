"""Content hashes: equal for equal content, whatever program version wrote the bytes.

A file's SHA-256 says whether its bytes are untouched. Its content hash says whether it means the same: a frame is
hashed by its cells and types, JSON by its values. What names the run or the program itself is left out, because newer
code deciding the same from the same inputs writes another run id (law 6).
"""

from __future__ import annotations

import hashlib
import json
import weakref
from typing import TYPE_CHECKING, Final

from flows.files import mending, sha256_file
from flows.store.parquet import read_parquet

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

__all__ = ["NOT_CONTENT", "content_sha256", "frame_sha256", "pairs_sha256"]

NOT_CONTENT: Final = frozenset({"run_id", "versions"})
_SLICE: Final = 100_000
_HASHED: dict[int, tuple[weakref.ref[pl.DataFrame], str]] = {}  # the frame hashed last: it is asked for several times


def content_sha256(path: Path) -> str:
    """Content hash of a file: of its cells for Parquet, its values for JSON, its bytes for everything else."""
    if path.suffix == ".parquet":
        return frame_sha256(read_parquet(path))
    if path.suffix == ".json":
        with mending(path):
            return _json_sha256(json.loads(path.read_bytes()))
    return sha256_file(path)


def frame_sha256(frame: pl.DataFrame) -> str:
    """Content hash of a frame: its columns, types and cells in their order, without columns that name the run."""
    content = frame.drop(NOT_CONTENT & set(frame.columns))
    digest = hashlib.sha256(json.dumps([(name, str(dtype)) for name, dtype in content.schema.items()]).encode())
    for part in content.iter_slices(_SLICE):
        digest.update(part.write_ndjson().encode())
    return digest.hexdigest()


def pairs_sha256(frame: pl.DataFrame) -> str:
    """Content hash of a wide frame of ids and numbers: its columns, types and cells in their order.

    Millions of pairs are hashed as text without names, at half the cost of :func:`frame_sha256`, once for each frame.
    """
    known = _HASHED.get(id(frame))
    if known is not None and known[0]() is frame:
        return known[1]
    digest = hashlib.sha256(json.dumps([(name, str(dtype)) for name, dtype in frame.schema.items()]).encode())
    for part in frame.iter_slices(_SLICE):
        digest.update(part.write_csv(include_header=False, quote_style="non_numeric").encode())
    _HASHED.clear()
    _HASHED[id(frame)] = (weakref.ref(frame), digest.hexdigest())
    return digest.hexdigest()


def _json_sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(_content(value), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _content(value: object) -> object:
    if isinstance(value, dict):
        return {key: _content(inner) for key, inner in value.items() if key not in NOT_CONTENT}
    if isinstance(value, list):
        return [_content(inner) for inner in value]
    return value
