"""Ten million numbers against a do-not-call registry of 250 million: the stored registry beside DuckDB's anti-join.

Both answer the same question, which of the numbers are not listed, and write the answer down as a column of numbers;
both begin with nothing in memory, each in a process of its own, and take turns. DuckDB reads the registry from Parquet,
sorted, one unsigned integer a row. Numbers are plain integers spread evenly over a range as wide as the North American
plan; they are nobody's.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import duckdb
import numpy as np
import polars as pl

from benchmarks._measuring import load
from flows.registries.building import Gathered, build, distinct
from flows.registries.snapshot import open_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["main"]

LISTED: Final = 250_000_000
ASKED: Final = 10_000_000
_LOW, _HIGH = 12_000_000_000, 20_000_000_000
_STRETCH: Final = 4_000_000  # numbers made at a time
_REGISTRY, _PARQUET, _ASKED = "registry.numbers", "registry.parquet", "asked.parquet"


@dataclass(frozen=True, slots=True)
class _Took:
    """Seconds on the clock, seconds of CPU, megabytes of memory at the most, and what came out."""

    wall: float
    cpu: float
    peak: float
    left: int


def main() -> None:
    """Make the registry, then ask it in both ways, in turns."""
    parser = argparse.ArgumentParser(description="Screening against a registry beside DuckDB's anti-join.")
    parser.add_argument("--rows", type=int, default=LISTED, help="numbers on the registry")
    parser.add_argument("--asked", type=int, default=ASKED, help="numbers to be screened")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", choices=sorted(_CHILDREN), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where the large files go, deleted at the end")
    said = parser.parse_args()
    if said.child:
        print(json.dumps(_CHILDREN[said.child](said.folder, said.rows)))
        return
    with tempfile.TemporaryDirectory(prefix="tactful-registry-", dir=said.folder) as name:
        _compare(Path(name), said.rows, said.asked, said.rounds)


def _compare(folder: Path, rows: int, asked: int, rounds: int) -> None:
    print(f"{asked:,} numbers against {rows:,}; {load()}")
    built = _apart("build", folder, rows)
    sizes = [(folder / name).stat().st_size / 1e6 for name in (_REGISTRY, _PARQUET)]
    print(f"stored in {_figures(built)}: {sizes[0]:,.0f} MB; as Parquet {sizes[1]:,.0f} MB")
    dice = np.random.default_rng(2)
    numbers = dice.integers(_LOW, _HIGH, asked, dtype=np.uint64)
    pl.DataFrame({"phone": numbers}).write_parquet(folder / _ASKED)
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_apart("registry", folder, rows))
        theirs.append(_apart("duckdb", folder, rows))
        print(f"  registry {_figures(ours[-1])}   duckdb {_figures(theirs[-1])}   {load()}", flush=True)
        if ours[-1].left != theirs[-1].left:
            message = f"The answers differ: {ours[-1].left:,} and {theirs[-1].left:,} are not listed."
            raise SystemExit(message)
    ratio = {name: _middle(theirs, name) / _middle(ours, name) for name in ("wall", "cpu", "peak")}
    print(f"not listed: {ours[-1].left:,}, both ways")
    print("DuckDB takes " + ", ".join(f"{value:.1f} times the {name}" for name, value in ratio.items()))


def _middle(took: list[_Took], name: str) -> float:
    return float(median(getattr(one, name) for one in took))


def _figures(took: _Took) -> str:
    return f"{took.wall:6.2f} s, CPU {took.cpu:6.2f} s, peak {took.peak:5.0f} MB"


def _apart(what: str, folder: Path, rows: int) -> _Took:
    """Run one way in a process of its own; its figures are those the system keeps of it."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.registry",
        "--child",
        what,
        "--folder",
        str(folder),
        "--rows",
        str(rows),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return _Took(**json.loads(done.stdout))


def _measured(call: Callable[[], int]) -> dict[str, Any]:
    """Figures of a call: time of the call alone, the process's peak memory with everything it has imported."""
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    left = call()
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": time.perf_counter() - wall, "cpu": spent, "peak": after.ru_maxrss / 1024, "left": left}


def _build(folder: Path, rows: int) -> dict[str, Any]:
    """The registry as intake stores it, from numbers as they come; then the same numbers as sorted Parquet."""
    figures = _measured(lambda: _stored(folder, rows))
    parts = folder / "parts"
    parts.mkdir()
    for place, numbers in enumerate(_stretches(rows)):
        pl.DataFrame({"phone": distinct([numbers])}).write_parquet(parts / f"{place:05d}.parquet")
    pl.scan_parquet(parts / "*.parquet").sink_parquet(folder / _PARQUET, compression="zstd", row_group_size=1_000_000)
    for part in parts.iterdir():
        part.unlink()
    return figures


def _stored(folder: Path, rows: int) -> int:
    gathered = Gathered(folder, "added")
    for numbers in _stretches(rows):
        gathered.add(numbers)
    count = build(folder / _REGISTRY, None, gathered.runs(), ())
    for run in folder.glob("*.run"):
        run.unlink()
    return count


def _stretches(rows: int) -> Iterator[np.ndarray[tuple[int], np.dtype[np.uint64]]]:
    """The registry's numbers, lowest stretch first; the same every time."""
    pieces = max(1, rows // _STRETCH)
    width = (_HIGH - _LOW) // pieces
    dice = np.random.default_rng(1)
    for piece in range(pieces):
        low = _LOW + piece * width
        yield dice.integers(low, low + width, rows // pieces, dtype=np.uint64)


def _registry(folder: Path, _: int) -> dict[str, Any]:
    def ask() -> int:
        asked = pl.read_parquet(folder / _ASKED).sort("phone")
        listed = open_snapshot(folder / _REGISTRY).listed(asked.get_column("phone").to_numpy())
        left = asked.filter(~pl.Series(listed))
        left.write_parquet(folder / "left-registry.parquet")
        return left.height

    return _measured(ask)


def _duckdb(folder: Path, _: int) -> dict[str, Any]:
    asked, listed, left = (folder / name for name in (_ASKED, _PARQUET, "left-duckdb.parquet"))
    anti_join = (
        f"COPY (SELECT a.phone FROM read_parquet('{asked}') AS a "  # noqa: S608  # our own folder
        f"ANTI JOIN read_parquet('{listed}') AS b ON a.phone = b.phone) TO '{left}' (FORMAT parquet)"
    )

    def ask() -> int:
        with duckdb.connect() as connection:
            connection.sql(anti_join).fetchall()
        return int(pl.scan_parquet(left).select(pl.len()).collect().item())

    return _measured(ask)


_CHILDREN: Final[dict[str, Callable[[Path, int], dict[str, Any]]]] = {
    "build": _build,
    "duckdb": _duckdb,
    "registry": _registry,
}

if __name__ == "__main__":
    main()
