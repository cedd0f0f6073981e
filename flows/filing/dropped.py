"""What lies in the drop folders and is ready to be read: whole files, no leftovers of copying or editing."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.clock import machine_now
from flows.files import mending
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = ["SETTLE_SECONDS", "Dropped", "check_plain", "dropped_files", "is_settled", "settled"]

SETTLE_SECONDS: Final = 1.0  # a file written to within this time may still be on its way
_UNFINISHED: Final = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".swp", "~")
_SYSTEM: Final = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True, order=True)
class Dropped:
    """One file in a drop folder, and the first folder below it that holds the file (the source of a list)."""

    path: Path
    folder: str | None


def dropped_files(ws: Workspace, kind: str) -> list[Dropped]:
    """Every file in one drop folder, by path; hidden, temporary and unfinished ones are left out.

    Links and special files are included: they are to be refused (:func:`check_plain`), not overlooked. A link to a
    folder is not followed.
    """
    root = ws.inbox_of(kind)
    with mending(root):
        paths = sorted(_walk(root))
    return [Dropped(path, _folder(path, root)) for path in paths]


def check_plain(path: Path) -> None:
    """Raise ``RefusedFile`` for anything but an ordinary file: a link could lead out of the workspace."""
    with mending(path):
        mode = path.lstat().st_mode
    if not stat.S_ISREG(mode):
        raise RefusedFile(
            "not_a_file",
            "This is a link or a special file, not a file with content of its own.",
            "Drop the file itself: copy what the link points to.",
        )


def is_settled(changed: float, now: float, seconds: float = SETTLE_SECONDS) -> bool:
    """Whether a file written to at ``changed`` has been left alone for ``seconds`` at ``now`` (both epoch seconds).

    A time further in the future than that comes from another clock and says nothing: it counts as settled.
    """
    return abs(now - changed) >= seconds


def settled(paths: Sequence[Path], seconds: float = SETTLE_SECONDS) -> tuple[list[Path], list[Path]]:
    """Split files into those whole and those still being written.

    Files touched just now are looked at again once they could be ``seconds`` old: one dropped right before the command
    is taken, one that is still growing is left for the next time. Files long at rest cost no waiting.
    """
    before = {path: _shape(path) for path in paths}
    now = machine_now().timestamp()
    fresh = {
        path: shape[1] for path, shape in before.items() if shape is not None and not is_settled(shape[1], now, seconds)
    }
    if fresh:
        time.sleep(min(seconds, max(fresh.values()) + seconds - now))  # until the youngest is old enough
    growing = {path for path in fresh if _shape(path) != before[path]}
    gone = {path for path, shape in before.items() if shape is None}
    return [path for path in paths if path not in growing | gone], [path for path in paths if path in growing]


def _shape(path: Path) -> tuple[int, float] | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime


def _walk(root: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if root.joinpath(here, name).is_symlink()]
        yield from (root.joinpath(here, name) for name in (*files, *links) if _is_meant(name))


def _is_meant(name: str) -> bool:
    lower = name.lower()
    return not (lower.startswith((".", "~$")) or lower.endswith(_UNFINISHED) or lower in _SYSTEM)


def _folder(path: Path, root: Path) -> str | None:
    parts = path.relative_to(root).parts
    return parts[0] if len(parts) > 1 else None
