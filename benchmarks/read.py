"""Reading and mapping a list of 1 million rows x 15 columns, beside a Polars scan and sink of the same file.

Every figure comes from a process of its own, in interleaved rounds, so that a busy minute falls on all of them. Each
process tells what its work took after its imports, and the most memory it ever held. A polluted file is read beside the
csv module alone, which only divides it.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from benchmarks._lists import clean_list, polluted_list
from benchmarks._measuring import load
from flows.list_file import read_list_file
from flows.list_intake import read_preview
from flows.list_tables import understood_tables
from flows.rules_on_disk import load_rulebook
from policies.sources.cells import mapped_cells
from policies.sources.refusals import with_refusing_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.list_tables import TableReading

__all__ = ["main"]

ROWS: Final = 1_000_000
POLLUTED_ROWS: Final = 100_000
ROUNDS: Final = 5
AIM: Final = "aim: 3 times the reference or less, under 1,000 MB"
_BATCH: Final = 100_000  # rows that are mapped at once
_FIGURES: Final = ("clock", "cpu", "peak")

Figures = dict[str, float]


def main() -> None:
    """Measure in rounds, or do one piece of work and tell its figures."""
    parser = argparse.ArgumentParser(description="Reading and mapping a large list.")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--whole", action="store_true", help="also the whole reading, with names and contact points")
    parser.add_argument("--work", nargs=2, metavar=("WORK", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        name, file = options.work
        print(json.dumps(_told(_WORK[name], Path(file))))
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), options.rows, options.rounds, whole=options.whole)


def _measure(folder: Path, rows: int, rounds: int, *, whole: bool) -> None:
    clean, polluted = folder / "clean.csv", folder / "polluted.csv"
    clean_list(clean, rows)
    polluted_list(polluted, POLLUTED_ROWS)
    print(f"{rows:,} clean rows x 15 columns, {clean.stat().st_size / 1e6:.0f} MB, median of {rounds} rounds")
    _print(_rounds(("scan", "read", "map", "intake") if whole else ("scan", "read", "map"), clean, rounds))
    print(f"{POLLUTED_ROWS:,} rows, every fortieth damaged or odd")
    _print(_rounds(("csv", "map"), polluted, rounds))
    print(f"Seconds on the clock and of CPU, megabytes at most; {load()}; {AIM}.")


def _rounds(works: tuple[str, ...], file: Path, rounds: int) -> dict[str, Figures]:
    told: dict[str, list[Figures]] = {work: [] for work in works}
    for _ in range(rounds):
        for work in works:
            told[work].append(_apart(work, file))
    return {
        work: {name: median(figures[name] for figures in found) for name in _FIGURES} for work, found in told.items()
    }


def _apart(work: str, file: Path) -> Figures:
    """The figures of a piece of work in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.read", "--work", work, str(file)]
    done = subprocess.run(command, capture_output=True, check=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def _told(work: Callable[[Path], Callable[[], object]], file: Path) -> Figures:
    """What a piece of work took, its preparation left out; processes it started are counted in."""
    call = work(file)
    begin, cpu = time.perf_counter(), _cpu()
    call()
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1e3
    return {"clock": time.perf_counter() - begin, "cpu": _cpu() - cpu, "peak": peak}


def _cpu() -> float:
    spent = (resource.getrusage(kind) for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def _scan(file: Path) -> Callable[[], object]:
    return lambda: pl.scan_csv(file, infer_schema=False).sink_parquet(file.with_suffix(".parquet"))


def _read(file: Path) -> Callable[[], object]:
    settings = load_rulebook(None).settings
    return lambda: read_list_file(file, settings)


def _map(file: Path) -> Callable[[], int]:
    """Read, and lay all rows under our fields, some at a time; nothing is kept of those that are done."""
    settings = load_rulebook(None).settings
    lists = settings["lists"]

    def mapped() -> int:
        tables = understood_tables(read_list_file(file, settings), None, lists)
        return sum(_mapped(table, lists) for table in tables)

    return mapped


def _mapped(reading: TableReading, lists: Mapping[str, Any]) -> int:
    if reading.mapping is None:
        return 0
    mapping = with_refusing_columns(reading.mapping, reading.table.rows, lists)
    batches = reading.table.rows.iter_slices(_BATCH)
    return sum(mapped_cells(rows, mapping, None, lists).height for rows in batches)


def _intake(file: Path) -> Callable[[], object]:
    """The whole reading, as ``tactful read`` does it: names, canonical contact points, reasons of rejects."""
    settings = load_rulebook(None).settings
    return lambda: read_preview(file, None, settings)


def _csv(file: Path) -> Callable[[], int]:
    def divide() -> int:
        csv.field_size_limit(1 << 30)
        with file.open(encoding="utf-8", errors="surrogateescape", newline="") as text:
            return sum(1 for _ in csv.reader(text))

    return divide


_WORK: Final[dict[str, Callable[[Path], Callable[[], object]]]] = {
    "scan": _scan,
    "read": _read,
    "map": _map,
    "intake": _intake,
    "csv": _csv,
}
_NAMES: Final = {
    "scan": "reference: Polars scan and sink to Parquet",
    "read": "read",
    "map": "read and map",
    "intake": "whole reading: names, contact points",
    "csv": "reference: csv module alone",
}


def _print(found: dict[str, Figures]) -> None:
    reference = next(iter(found.values()))
    print(f"{'':<44}{'clock':>7}{'CPU':>7}{'MB':>7}{'x clock':>9}{'x CPU':>7}")
    for work, figures in found.items():
        ratios = (figures[name] / reference[name] for name in ("clock", "cpu"))
        shown = "".join(f"{ratio:>{width}.1f}" for ratio, width in zip(ratios, (9, 7), strict=True))
        print(f"{_NAMES[work]:<44}{figures['clock']:>7.2f}{figures['cpu']:>7.2f}{figures['peak']:>7.0f}{shown}")


if __name__ == "__main__":
    main()
