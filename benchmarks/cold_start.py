"""CPU seconds of the commands people wait for, each started cold, beside a bare ``import polars`` of the same round.

Own is what the command's process used; children are the processes it started, which for a run is the gate alone:
Great Expectations. Rounds are interleaved, so that a busy minute of the machine falls on all of them; the ratio to the
reference says more than the seconds.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks._measuring import Cost, load, measure, middle
from flows.scaffold import make_demo

__all__ = ["main"]

TACTFUL: Final = str(Path(sys.executable).with_name("tactful"))
AIM: Final = 1.5  # CPU seconds of a cold look-up
ROUNDS: Final = 5
_REFERENCE: Final = "import polars"
_LOOK_UPS: Final = ("why", "policy check")
_ADD: Final = "optout add"
_RUN: Final = "run"


def main() -> None:
    """Measure in rounds: the reference, a look-up, the check of the rules, an opt-out, a run of the fresh sample."""
    costs: dict[str, list[Cost]] = {name: [] for name in (_REFERENCE, *_LOOK_UPS, _ADD, _RUN)}
    with tempfile.TemporaryDirectory() as folder:
        known = _made(Path(folder) / "known")
        measure([TACTFUL, "run", *known])
        who = _somebody(Path(known[1]))
        for number in range(ROUNDS):
            fresh = _made(Path(folder) / f"fresh-{number}")
            costs[_REFERENCE].append(measure([sys.executable, "-c", _REFERENCE]))
            costs["why"].append(measure([TACTFUL, "why", who, *known]))
            costs["policy check"].append(measure([TACTFUL, "policy", "check", *known]))
            costs[_ADD].append(measure([TACTFUL, "optout", "add", f"nobody-{number}@example.net", *known]))
            costs[_RUN].append(measure([TACTFUL, "run", *fresh]))
    _print({name: middle(found) for name, found in costs.items()})


def _made(folder: Path) -> list[str]:
    """A new sample workspace, as options of a command."""
    make_demo(folder)
    return ["--workspace", str(folder)]


def _somebody(workspace: Path) -> str:
    with (workspace / "data/queue/today.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["contact_point"]


def _print(costs: dict[str, Cost]) -> None:
    reference = costs[_REFERENCE].own
    names = {_REFERENCE: "reference: python -c 'import polars'", _RUN: "tactful run, the sample from its inbox"}
    print(f"{'cold, median of ' + str(ROUNDS) + ' rounds':<42}{'own':>7}{'gates':>7}{'clock':>7}{'x reference':>13}")
    for name, cost in costs.items():
        shown = names.get(name, f"tactful {name}")
        aim = f"   aim {AIM:.1f}" if name in _LOOK_UPS else ""
        print(f"{shown:<42}{cost.own:>7.2f}{cost.children:>7.2f}{cost.wall:>7.2f}{cost.own / reference:>13.1f}{aim}")
    print(f"Seconds of CPU, seconds on the clock; {load()}.")


if __name__ == "__main__":
    main()
