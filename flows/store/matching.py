"""What matching found, kept so that it need not be found again: derived, and gone without loss.

A state is a folder of Parquet files named by whatever it was made from. It appears whole, by one rename, so that
readers need no lock and two writers of the same state do no harm; one that is damaged counts as not there. States hold
names in the form they are compared by: whoever takes facts away takes all of them away.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from uuid import uuid4

import polars as pl

from flows.files import FOLDER_MODE, is_at_work, make_folder, mending, sha256_file, write_bytes
from flows.store.lists import STAGE_PREFIX
from flows.store.parquet import read_parquet, write_parquet
from policies.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = ["StateKind", "drop_states", "keep_state", "states", "stored_state", "verified_states"]

StateKind: TypeAlias = Literal["epoch", "result", "marks"]

_HASHES: Final = "hashes.json"
# the latest in use, of others nobody asks again; marks are one for each large list
_KEPT: Final[dict[StateKind, int]] = {"epoch": 1, "result": 6, "marks": 500}
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_GONE: Final = f"{STAGE_PREFIX}gone-"


def stored_state(ws: Workspace, kind: StateKind, name: str, *, lazy: bool = False) -> dict[str, pl.LazyFrame] | None:
    """The frames of a state by name, or None where it is not there whole.

    With ``lazy`` they are read from disk when they are used, and only what is used of them.
    """
    folder = ws.store_matching / kind / name
    try:
        hashes: dict[str, str] = json.loads((folder / _HASHES).read_bytes())
        frames = {part: _frame(folder / f"{part}.parquet", sha256, lazy=lazy) for part, sha256 in hashes.items()}
        os.utime(folder)  # in use: others are pruned first
    except (OSError, ValueError, AttributeError, TypeError, WorkspaceError):
        return None
    return frames


def states(ws: Workspace, kind: StateKind) -> list[str]:
    """The names of the states there are, the latest in use first."""
    folder = ws.store_matching / kind
    found = []
    with contextlib.suppress(OSError):
        for entry in folder.iterdir() if folder.is_dir() else ():
            if _NAME.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    found.append((-entry.stat().st_mtime_ns, entry.name))
    return [name for _, name in sorted(found)]


def keep_state(ws: Workspace, kind: StateKind, name: str, frames: Mapping[str, pl.DataFrame | pl.LazyFrame]) -> None:
    """Keep a state; one of that name that is there whole stays. The oldest of its kind go.

    Nothing depends on it, so a disk that is full or read only is no trouble.
    """
    place = ws.store_matching / kind
    stage = place / f"{STAGE_PREFIX}{os.getpid()}-{uuid4().hex}"
    try:
        make_folder(place)
        _write(stage, frames)
        target = place / name
        if target.is_dir() and stored_state(ws, kind, name, lazy=True) is None:
            _remove(target)
        with contextlib.suppress(OSError):  # another command was faster, with the same content
            stage.rename(target)
    except (OSError, WorkspaceError):
        return
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    _prune(ws, kind)


def drop_states(ws: Workspace) -> None:
    """Take all states away, before facts they were made from are gone for good; raises ``WorkspaceError``.

    Whoever reads one meanwhile finds it not there.
    """
    with mending(ws.store_matching):
        for kind in _KEPT:
            _remove(ws.store_matching / kind)
        for left in ws.store_matching.glob(f"{STAGE_PREFIX}*") if ws.store_matching.is_dir() else ():
            _remove_tree(left)


def verified_states(ws: Workspace) -> list[tuple[Path, bool]]:
    """Every state there is, and whether it is as it was written."""
    found = [(kind, name) for kind in _KEPT for name in states(ws, kind)]
    return [(ws.store_matching / kind / name, _is_whole(ws.store_matching / kind / name)) for kind, name in found]


def _frame(path: Path, sha256: str, *, lazy: bool) -> pl.LazyFrame:
    if not lazy:
        return read_parquet(path, sha256).lazy()
    if sha256_file(path) != sha256:
        raise ValueError(path.name)
    return pl.scan_parquet(path, glob=False)


def _write(stage: Path, frames: Mapping[str, pl.DataFrame | pl.LazyFrame]) -> None:
    stage.mkdir(mode=FOLDER_MODE)
    for part, frame in frames.items():
        write_parquet(frame, stage / f"{part}.parquet")
    # each part by its name: a folder taken away and made anew meanwhile lacks those written before
    write_bytes(stage / _HASHES, _hashes([stage / f"{part}.parquet" for part in frames]))


def _hashes(parts: Iterable[Path]) -> bytes:
    found = {path.stem: sha256_file(path) for path in parts}
    return (json.dumps(found, sort_keys=True, indent=1) + "\n").encode()


def _is_whole(folder: Path) -> bool:
    try:
        return (folder / _HASHES).read_bytes() == _hashes(folder.glob("*.parquet"))
    except (OSError, WorkspaceError):
        return False


def _remove(folder: Path) -> None:
    """Take a folder away at once for everybody, then piece by piece; another command may do so at the same time."""
    gone = folder.with_name(f"{_GONE}{os.getpid()}-{uuid4().hex}")
    with contextlib.suppress(FileNotFoundError):
        folder.rename(gone)
    _remove_tree(gone)


def _remove_tree(folder: Path) -> None:
    def unless_gone(_: object, __: object, raised: tuple[object, BaseException, object]) -> None:
        if not isinstance(raised[1], FileNotFoundError):
            raise raised[1]

    shutil.rmtree(folder, onerror=unless_gone)


def _prune(ws: Workspace, kind: StateKind) -> None:
    """Remove states that nobody used lately, and what processes left that are there no more."""
    folder = ws.store_matching / kind
    with contextlib.suppress(OSError):
        for name in states(ws, kind)[_KEPT[kind] :]:
            _remove(folder / name)
        for left in folder.glob(f"{STAGE_PREFIX}*"):
            if not is_at_work(left.name.split("-")[-2]):
                shutil.rmtree(left, ignore_errors=True)
