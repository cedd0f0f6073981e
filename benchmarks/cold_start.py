"""CPU seconds of the commands people wait for, each started cold, and of the sample's run with its gates apart.

Own is what the command's process used, children what the processes it started used: the gate is one of them.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Cost", "main", "measure"]

TACTFUL: Final = Path(sys.executable).with_name("tactful")
AIM: Final = 1.5  # CPU seconds of a cold look-up
REPEATS: Final = 5
_UTIME: Final = 11  # place of user time in /proc/<pid>/stat, counted behind the name; system and children's follow


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one call: CPU of the process, CPU of its children, and on the clock."""

    own: float
    children: float
    wall: float


def measure(command: list[str]) -> Cost:
    """Run ``command``, which must succeed, and say what it cost. Reads /proc, so Linux only."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    # The process has ended but is not taken off the table yet, so that its figures can still be read.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    wall = time.perf_counter() - begin
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    user, system, children_user, children_system = (int(field) for field in fields[_UTIME : _UTIME + 4])
    if process.wait() != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    tick = os.sysconf("SC_CLK_TCK")
    return Cost((user + system) / tick, (children_user + children_system) / tick, wall)


def _median(command: list[str]) -> Cost:
    costs = [measure(command) for _ in range(REPEATS)]
    return sorted(costs, key=lambda cost: cost.own)[len(costs) // 2]


def _show(what: str, cost: Cost, aim: float | None = None) -> None:
    against = "" if aim is None else f"   aim {aim:.1f}"
    print(f"{what:<34}{cost.own:>8.2f}{cost.children:>10.2f}{cost.wall:>8.2f}{against}")


def _somebody(workspace: Path) -> str:
    with (workspace / "data/queue/today.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["contact_point"]


def main() -> None:
    """Make the sample, then look up somebody in its queue and check its rules, again and again."""
    print(f"{'CPU seconds':<34}{'own':>8}{'children':>10}{'wall':>8}")
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "sample"
        _show("demo: intake and run of the sample", measure([str(TACTFUL), "demo", str(workspace)]))
        place = ["--workspace", str(workspace)]
        _show("why, cold", _median([str(TACTFUL), "why", _somebody(workspace), *place]), AIM)
        _show("policy check, cold", _median([str(TACTFUL), "policy", "check", *place]), AIM)


if __name__ == "__main__":
    main()
