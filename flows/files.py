"""Durable, private writes: what is said to be on disk is on disk, and nobody but its owner can read it.

A file is replaced whole or not at all (written beside its place, synced, renamed), a folder appears whole by one
rename. Trouble of the disk becomes a :class:`~policies.errors.WorkspaceError` with what to do about it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from policies.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "FILE_MODE",
    "FOLDER_MODE",
    "PARTIAL_PREFIX",
    "disk_error",
    "fsync",
    "fsync_tree",
    "is_at_work",
    "make_folder",
    "mending",
    "move_file",
    "native_errno",
    "new_file",
    "partial_name",
    "remove_partials",
    "sha256_file",
    "tree_files",
    "write_bytes",
]

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
PARTIAL_PREFIX: Final = ".tactful-part-"  # unfinished files; whoever holds the workspace lock may remove them

_OS_ERROR = re.compile(r"os error (\d+)")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextlib.contextmanager
def mending(place: Path) -> Iterator[None]:
    """Turn trouble of the disk at ``place`` into a ``WorkspaceError`` that says what to do."""
    try:
        yield
    except OSError as error:
        raise disk_error(error.errno or native_errno(error), place) from error


def native_errno(error: Exception) -> int | None:
    """The system error number in an error of native code, whose text ends in "(os error N)"; else none."""
    match = _OS_ERROR.search(str(error))
    return int(match.group(1)) if match else None


def disk_error(code: int | None, place: Path) -> WorkspaceError:
    """The error for a system error number met at ``place``, which is named by its last part only."""
    where, details = place.name, {"place": place.name}
    if code in _FULL:
        text = f"The disk is full: `{where}` could not be written. Nothing was changed."
        return WorkspaceError("disk_full", text, "Free some space and run the command again.", details)
    if code in _REFUSED:
        text = f"No permission for `{where}`."
        return WorkspaceError("no_permission", text, "Give your user read and write access to the workspace.", details)
    if code == errno.ENOENT:
        text = f"`{where}` is not there."
        return WorkspaceError("file_missing", text, "Put it back, or run `tactful status`.", details)
    reason = os.strerror(code) if code else "unknown error"
    text = f"`{where}` could not be read or written: {reason}."
    return WorkspaceError("disk_error", text, "Check the disk and run the command again.", details)


def make_folder(folder: Path) -> Path:
    """Make a folder and the ones above it, each closed to other users; one that is there stays as it is."""
    with mending(folder):
        if not folder.is_dir():
            if folder.parent != folder:
                make_folder(folder.parent)
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    return folder


def new_file(path: Path) -> int:
    """Make an empty file closed to other users, open for writing; raises ``FileExistsError`` if it is there."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)


def partial_name(path: Path) -> Path:
    """A name beside ``path`` for a file that is not finished."""
    return path.with_name(f"{PARTIAL_PREFIX}{uuid4().hex}")


def write_bytes(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` whole: a reader sees the old bytes or the new ones, also after a crash."""
    with mending(path):
        make_folder(path.parent)
        partial = partial_name(path)
        try:
            with open(new_file(partial), "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        fsync(path.parent)


def move_file(source: Path, target: Path) -> None:
    """Move a file, replacing ``target``; durable on both ends, and whole also between two disks.

    A link is moved as a link: what it points to keeps its place and its permissions.
    """
    with mending(target):
        make_folder(target.parent)
        if not source.is_symlink():
            source.chmod(FILE_MODE)
        try:
            source.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV or source.is_symlink() or not source.is_file():
                raise
            _copy_over(source, target)
            source.unlink()
        fsync(target.parent)
        fsync(source.parent)


def _copy_over(source: Path, target: Path) -> None:
    partial = partial_name(target)
    try:
        with source.open("rb") as reader, open(new_file(partial), "wb") as writer:
            shutil.copyfileobj(reader, writer)
            writer.flush()
            os.fsync(writer.fileno())
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def fsync(path: Path) -> None:
    """Put a file or folder on disk for good."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_tree(folder: Path) -> None:
    """Put every file and folder under ``folder`` on disk for good, the folder itself last."""
    with mending(folder):
        for here, _, files in os.walk(folder, topdown=False):
            for name in files:
                fsync(folder.joinpath(here, name))
            fsync(folder.joinpath(here))


def tree_files(folder: Path) -> list[Path]:
    """Every file under ``folder``, ordered by its path below it."""
    return sorted(
        (path for path in folder.rglob("*") if path.is_symlink() or path.is_file()),
        key=lambda path: path.relative_to(folder).as_posix(),
    )


def remove_partials(folder: Path) -> int:
    """Remove the unfinished files of interrupted writes in one folder; gives their number."""
    if not folder.is_dir():
        return 0
    partials = sorted(folder.glob(f"{PARTIAL_PREFIX}*"))
    with mending(folder):
        for partial in partials:
            partial.unlink(missing_ok=True)
    return len(partials)


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with mending(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_at_work(process: str) -> bool:
    """Whether a process of this number is there; a text that is no number is none."""
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
