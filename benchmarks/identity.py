"""Who is the same person, in invented lead lists: our matching and Splink 5, each in a process of its own, in turns.

Splink gets our normalised columns and candidate pairs, a model tuned by hand and trained by EM with a fixed seed, and
is judged at the threshold that suits the data best; ours are judged at the two fixed thresholds. Its time leaves out
what we prepared for it, ours contains everything after the columns are mapped. The lists are those of
`benchmarks/people`, whose rates are printed first, or Parquet files of the same columns.
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
from typing import TYPE_CHECKING, Final, TypeAlias

import polars as pl

from benchmarks._measuring import load
from benchmarks.people import Rates, generate
from benchmarks.people.finding import Found, model_and_words, resolved
from benchmarks.people.leaks import leaks, lines
from benchmarks.people.measures import HEADER, Quality, measure
from benchmarks.people.splink_peer import THRESHOLDS, columns_for_splink, splink_clusters
from flows.matching.columns import columns_to_compare
from policies.identity.matched import Matching
from policies.identity.matching import match

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Way: TypeAlias = "Callable[[Path], Callable[[], None] | None]"

__all__ = ["main"]

ROWS: Final = (10_000, 100_000)
_SEED: Final = 21
_BALANCED: Final = 2.0  # bits
_PEOPLE, _GROUPS, _LINKS, _SPLINK, _THEIRS = (
    f"{name}.parquet" for name in ("people", "groups", "links", "splink", "theirs")
)


@dataclass(frozen=True, slots=True)
class _Took:
    """Seconds on the clock, seconds of CPU, megabytes of memory at the most."""

    wall: float
    cpu: float
    peak: float

    def __str__(self) -> str:
        """As shown."""
        return f"{self.wall:7.2f} s, CPU {self.cpu:7.2f} s, peak {self.peak:6,.0f} MB"


def main() -> None:
    """Make or read the lists, then match each with both."""
    parser = argparse.ArgumentParser(description="Our matching of people beside Splink 5.")
    parser.add_argument("files", nargs="*", type=Path, help="lists with known people instead of made ones")
    parser.add_argument("--rows", nargs="*", type=int, default=list(ROWS))
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ours", action="store_true", help="leave Splink out")
    parser.add_argument("--child", nargs=2, metavar=("WAY", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        way, folder = asked.child
        print(json.dumps(_measured(_WAYS[way], Path(folder))))
        return
    if not asked.files:
        print(Rates().table())  # figures about leaks depend on them
    named = [(file.name, pl.read_parquet(file)) for file in asked.files] or [
        (f"{rows:,} rows, seed {asked.seed}", generate(rows, asked.seed)) for rows in asked.rows
    ]
    for name, rows in named:
        with tempfile.TemporaryDirectory(prefix="tactful-identity-") as folder:
            _compare(name, rows.sort("record_id"), Path(folder), asked.rounds, splink=not asked.ours)


def _compare(name: str, rows: pl.DataFrame, folder: Path, rounds: int, *, splink: bool) -> None:
    print(f"\n{name}: {rows.height:,} records; {load()}")
    _, words = model_and_words()
    columns_to_compare(rows, words["lists"]).people.write_parquet(folder / _PEOPLE)
    ways = ["ours", *(["splink"] if splink else [])]
    if splink:
        _apart("prepare", folder)
    took: dict[str, list[_Took]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            took[way].append(_apart(way, folder))
    _apart("balanced", folder)
    for way in ways:
        print(f"  {way:<8}{_middle(took[way])}")
    if splink:
        ratio = {key: getattr(_middle(took["splink"]), key) / getattr(_middle(took["ours"]), key) for key in _FIGURES}
        print("  Splink takes " + ", ".join(f"{value:.1f} times the {key}" for key, value in ratio.items()))
    _judge(rows, folder, splink=splink)


def _judge(rows: pl.DataFrame, folder: Path, *, splink: bool) -> None:
    truth = rows.get_column("person_id")
    print(HEADER)
    for name, file in (("ours, 6 bits", _GROUPS), (f"ours, {_BALANCED:g} bits", f"balanced-{_GROUPS}")):
        print(measure(truth, pl.read_parquet(folder / file).get_column("component")).line(name))
    if splink:
        print(_best(rows, pl.read_parquet(folder / _THEIRS)))
    model, words = model_and_words()
    people = pl.read_parquet(folder / _PEOPLE)
    matching = Matching(pl.read_parquet(folder / _GROUPS), pl.read_parquet(folder / _LINKS))
    print("\n".join(lines(leaks(Found(rows, resolved(people, model, words), matching, model)))))


def _best(rows: pl.DataFrame, theirs: pl.DataFrame) -> str:
    """Splink's line at the threshold where its F1 is highest."""
    found: dict[str, Quality] = {}
    for least in theirs.get_column("least").unique().sort():
        clusters = theirs.filter(pl.col("least") == least).sort("unique_id").get_column("cluster_id")
        found[f"Splink, best of 7: {least:g}"] = measure(rows.get_column("person_id"), clusters)
    name = max(found, key=lambda name: found[name].f1)
    return found[name].line(name)


def _middle(took: Sequence[_Took]) -> _Took:
    return _Took(*(float(median(getattr(one, key) for one in took)) for key in _FIGURES))


def _apart(way: str, folder: Path) -> _Took:
    """One way in a process of its own; its figures are those the system keeps of it."""
    command = [sys.executable, "-m", "benchmarks.identity", "--child", way, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return _Took(**json.loads(done.stdout.splitlines()[-1]))


def _measured(way: _Way, folder: Path) -> dict[str, float]:
    """Figures of one way, up to its first clusters; what it leaves to be done comes after the measuring."""
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    rest = way(folder)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures = {"wall": time.perf_counter() - wall, "cpu": spent, "peak": after.ru_maxrss / 1024}
    if rest is not None:
        rest()
    return figures


def _ours(folder: Path) -> None:
    model, words = model_and_words()
    found = match(pl.read_parquet(folder / _PEOPLE), model, words)
    found.groups.write_parquet(folder / _GROUPS)
    found.links.write_parquet(folder / _LINKS)


def _balanced(folder: Path) -> None:
    model, words = model_and_words()
    found = match(pl.read_parquet(folder / _PEOPLE), model, words, threshold=round(_BALANCED * 1000))
    found.groups.write_parquet(folder / f"balanced-{_GROUPS}")


def _prepare(folder: Path) -> None:
    model, words = model_and_words()
    columns_for_splink(resolved(pl.read_parquet(folder / _PEOPLE), model, words), model).write_parquet(folder / _SPLINK)


def _splink(folder: Path) -> Callable[[], None]:
    model, _ = model_and_words()
    clusters = splink_clusters(pl.read_parquet(folder / _SPLINK), len(model.blocking))
    clusters(THRESHOLDS[-1])

    def others() -> None:
        tagged = [clusters(least).with_columns(pl.lit(least).alias("least")) for least in THRESHOLDS]
        pl.concat(tagged).write_parquet(folder / _THEIRS)

    return others


_FIGURES: Final = ("wall", "cpu", "peak")
_WAYS: Final[dict[str, _Way]] = {
    "ours": _ours,
    "balanced": _balanced,
    "prepare": _prepare,
    "splink": _splink,
}

if __name__ == "__main__":
    main()
