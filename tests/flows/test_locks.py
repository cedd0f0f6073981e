"""A lock is held by one process at a time, goes with the process that holds it, and says when it has to wait."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flows.locks import queue_lock, workspace_lock
from policies.errors import WorkspaceError
from tests.flows.workspaces import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from flows.locks import workspace_lock
from flows.workspace import load
with workspace_lock(load(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def hold(root: Path) -> subprocess.Popen[str]:
    """A process that holds the workspace lock until it is ended."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_held_workspace_is_waited_for_then_refused(tmp_path: Path) -> None:
    """The callback is called once, the queue lock is free meanwhile, a killed holder holds nothing."""
    ws, waits = make_workspace(tmp_path), []
    with hold(ws.root) as process:
        with pytest.raises(WorkspaceError) as caught, workspace_lock(ws, lambda: waits.append(1), timeout=0.1):
            pass
        assert (caught.value.code, waits) == ("workspace_busy", [1])
        with queue_lock(ws, lambda: waits.append(2)):
            pass
        process.kill()
    with workspace_lock(ws, lambda: waits.append(3), timeout=10):
        pass
    assert waits == [1]


def test_a_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    """Whatever ends the work, the lock goes with it."""
    ws = make_workspace(tmp_path)
    with pytest.raises(ZeroDivisionError), workspace_lock(ws):
        _ = 1 // 0
    with workspace_lock(ws, timeout=0.1):
        pass
