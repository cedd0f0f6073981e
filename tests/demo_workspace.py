"""The sample workspace, published once for all tests that look at it, and the real command in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock

from flows.scaffold import make_demo
from flows.workspace import load

if TYPE_CHECKING:
    import pytest

    from flows.workspace import Workspace

__all__ = ["AS_OF", "copy_of", "files_of", "new_demo", "published_demo", "start", "tactful"]

AS_OF: Final = "2026-10-14T06:30:00Z"
_ROOT: Final = Path(__file__).parent.parent
_MAIN: Final = "from flows.cli import main\nmain()"
_POLARS: Final = "from tests.small_workspace import gates_in_polars\ngates = gates_in_polars()\ngates.__enter__()\n"
_LONG_AGO: Final = 1_000_000_000


def start(
    *words: str, largest_file: int | None = None, both_gates: bool = True, **environment: str
) -> subprocess.Popen[str]:
    """Start the command; ``largest_file`` is a number of bytes beyond which no file can grow, as on a full disk.

    Without ``both_gates`` the gates are asked in Polars alone.
    """
    env = {**os.environ, "PYTHONPATH": str(_ROOT), "NO_COLOR": "1", **environment}
    if largest_file is not None:
        env["PYTHONDONTWRITEBYTECODE"] = "1"  # a module compiled by halves would stay for all who come after
    limit = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({largest_file}, -1))\n"
    code = ("" if largest_file is None else limit) + ("" if both_gates else _POLARS) + _MAIN
    command = [sys.executable, "-c", code, *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=env)


def tactful(
    *words: str, largest_file: int | None = None, both_gates: bool = True, **environment: str
) -> tuple[int, str, str]:
    """Run the command to its end, as :func:`start`: exit code, what it said, and what it said on the side."""
    with start(*words, largest_file=largest_file, both_gates=both_gates, **environment) as process:
        said, aside = process.communicate(timeout=250)
    return process.returncode, said, aside


def published_demo(factory: pytest.TempPathFactory) -> Path:
    """The folder of a sample workspace that ``tactful demo`` made and ran; nobody may change it."""
    base = factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "published-demo"
    with FileLock(shared / "published-demo.lock"):
        if not folder.exists():
            code, _, aside = tactful("demo", str(folder))
            assert code == 0, aside
    return folder


def copy_of(demo: Path, folder: Path) -> Workspace:
    """A copy of a workspace that a test may do anything to."""
    shutil.copytree(demo, folder)
    return load(folder)


def new_demo(folder: Path) -> Workspace:
    """The sample workspace before its first run, its files dropped long ago."""
    ws = make_demo(folder)
    for file in ws.inbox.rglob("*"):
        if file.is_file():
            os.utime(file, (_LONG_AGO, _LONG_AGO))
    return ws


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
