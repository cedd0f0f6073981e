"""CPU seconds of commands and of calls, and the median of several rounds."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Cost", "cpu", "load", "measure", "middle"]

_UTIME: Final = 11  # place of user time in /proc/<pid>/stat, counted behind the name; system and children's follow


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one call: CPU of the process, CPU of the processes it started, and on the clock."""

    own: float
    children: float
    wall: float


def measure(command: Sequence[str]) -> Cost:
    """Run ``command``, which must succeed, and say what it cost. Reads /proc, so Linux only."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as said:  # shown when it fails, not before
        return _measured(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said), said, begin)


def _measured(process: subprocess.Popen[bytes], said: IO[bytes], begin: float) -> Cost:
    """Wait for a process and read its figures."""
    # The process has ended but is not taken off the table yet, so that its figures can still be read.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    wall = time.perf_counter() - begin
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    user, system, children_user, children_system = (int(field) for field in fields[_UTIME : _UTIME + 4])
    if process.wait() != 0:
        said.seek(0)
        raise subprocess.CalledProcessError(process.returncode, process.args, stderr=said.read())
    tick = os.sysconf("SC_CLK_TCK")
    return Cost((user + system) / tick, (children_user + children_system) / tick, wall)


def cpu(call: Callable[[], object]) -> float:
    """CPU seconds of ``call`` in this process, all its threads together."""
    begin = time.process_time()
    call()
    return time.process_time() - begin


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure by itself."""
    return Cost(
        own=median(cost.own for cost in costs),
        children=median(cost.children for cost in costs),
        wall=median(cost.wall for cost in costs),
    )


def load() -> str:
    """How busy the machine is: CPU seconds grow by a fifth and more when others use it as well."""
    return f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
