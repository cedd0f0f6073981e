"""What lies in the drop folders and is ready to be read: whole files, no leftovers of copying or editing."""

from __future__ import annotations

import os
import stat
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.clock import machine_now
from flows.files import mending
from policies.errors import RefusedFile, TactfulError, UsageError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = [
    "GROWING",
    "SETTLE_SECONDS",
    "Dropped",
    "LeftAlone",
    "check_plain",
    "dropped_files",
    "is_settled",
    "settled",
    "steady",
]

SETTLE_SECONDS: Final = 1.0  # a file written to within this time may still be on its way
_UNFINISHED: Final = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".swp", "~")
GROWING: Final = "Nothing: it is taken in with the next intake, once it is whole."
_ZIP: Final = b"PK\x03\x04"
_ZIP_END: Final = b"PK\x05\x06"
_END_WITHIN: Final = 65_557  # bytes: the end of a zip archive with the longest comment
_PARQUET: Final = b"PAR1"
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

    Files touched just now, and those that lack the end their kind must have, are looked at again after a moment: one
    dropped right before the command is taken, one that is still growing is left for the next time. Whatever changed
    meanwhile is growing, however old it says it is. Files long at rest cost no waiting.
    """
    before = {path: shape for path in paths if (shape := _shape(path)) is not None}
    now = machine_now().timestamp()
    waits = [shape.changed + seconds - now for shape in before.values() if not is_settled(shape.changed, now, seconds)]
    waits += [seconds for path, shape in before.items() if shape.plain and _lacks_its_end(path)]
    if waits:
        time.sleep(min(seconds, max(waits)))  # until the youngest is old enough
    growing = {path for path, shape in before.items() if waits and _shape(path) != shape}
    return [path for path in paths if path in before and path not in growing], [p for p in paths if p in growing]


@contextmanager
def steady(path: Path) -> Iterator[None]:
    """Read a file inside: what was read counts only if nobody wrote to the file, or took it away, meanwhile.

    Raises ``LeftAlone`` where somebody did, or where the file may not be read, and as :func:`check_plain`.
    """
    before = _shape(path)
    try:
        check_plain(path)
        yield
    except (RefusedFile, UsageError):  # half a file is damaged in many ways
        _refuse_changed(path, before)
        raise
    except WorkspaceError as error:
        _refuse_changed(path, before)
        if error.code == "no_permission" and error.details.get("place") == path.name:
            raise LeftAlone(
                "file_unreadable",
                "The file may not be read.",
                "Give your user the right to read it; it is taken in with the next intake.",
            ) from None
        raise
    _refuse_changed(path, before)


class LeftAlone(TactfulError):
    """A file that can be neither taken nor refused now; it stays where it lies."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What tells whether a file was written to."""

    size: int
    changed: float  # seconds since the epoch
    number: int
    plain: bool


def _refuse_changed(path: Path, before: _Shape | None) -> None:
    now = _shape(path)
    if now is None:
        message = "The file was taken away while it was read."
        raise LeftAlone("file_gone", message, "Drop it again if it is meant.")
    if now != before:
        raise LeftAlone("file_growing", "The file is still being written.", GROWING)


def _shape(path: Path) -> _Shape | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return _Shape(found.st_size, found.st_mtime, found.st_ino, stat.S_ISREG(found.st_mode))


def _lacks_its_end(path: Path) -> bool:
    """Whether a workbook or a Parquet file breaks off: the first bytes say what it is, the last do not."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
            begins = stream.read(4)
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(size - _END_WITHIN, 0))
            ends = stream.read()
    except OSError:
        return False
    return (begins == _ZIP and _ZIP_END not in ends) or (begins == _PARQUET and not ends.endswith(_PARQUET))


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
