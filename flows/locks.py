"""Two locks: a long one for whatever changes facts, a short one for the queue files.

The workspace lock covers intake, publishing, undo and erasure; adding an event never takes it, so that an opt-out
does not wait for a run. The queue lock is held for the moments in which the queue files are rewritten. Both go with
the process that holds them, however it ends. Who needs both takes the workspace lock first.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from flows.files import FILE_MODE, make_folder, mending
from policies.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from filelock import FileLock

    from flows.workspace import Workspace

__all__ = ["queue_lock", "workspace_lock"]

_WORKSPACE_PATIENCE: Final = 900.0  # seconds; a run of a million records is over by then
_QUEUE_PATIENCE: Final = 60.0


@contextlib.contextmanager
def workspace_lock(
    ws: Workspace, on_wait: Callable[[], None] | None = None, timeout: float = _WORKSPACE_PATIENCE
) -> Iterator[None]:
    """Hold the workspace alone; ``on_wait`` is called once when another command holds it.

    Raises ``WorkspaceError`` (``workspace_busy``) after ``timeout`` seconds.
    """
    with _held(ws.lock_file, on_wait, timeout):
        yield


@contextlib.contextmanager
def queue_lock(
    ws: Workspace, on_wait: Callable[[], None] | None = None, timeout: float = _QUEUE_PATIENCE
) -> Iterator[None]:
    """Hold the queue files alone for a moment; errors as :func:`workspace_lock`."""
    with _held(ws.queue_lock_file, on_wait, timeout):
        yield


@contextlib.contextmanager
def _held(file: Path, on_wait: Callable[[], None] | None, timeout: float) -> Iterator[None]:
    from filelock import FileLock  # most commands take no lock

    make_folder(file.parent)
    lock = FileLock(file, mode=FILE_MODE, fallback_to_soft=False)
    with mending(file):
        _acquire(lock, on_wait, timeout)
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: FileLock, on_wait: Callable[[], None] | None, timeout: float) -> None:
    from filelock import Timeout

    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait is not None:
            on_wait()
    else:
        return
    try:
        lock.acquire(timeout=timeout)
    except Timeout:
        raise WorkspaceError(
            "workspace_busy",
            f"Another command has held this workspace for {timeout:.0f} seconds.",
            "Wait until it is done, or end it, then run this command again.",
        ) from None
