"""A new list against many known people: the increment from stored state, beside matching everybody anew.

The state of everybody but the last records is written to a temporary folder, as a workspace keeps it. Then the last
records are matched from there (``increment``), laid over what was found before (``whole``), and everybody is matched
anew in the same process. What one pass in memory under the same counts gives must be equal; how far a new count of
everything differs is printed, as it is the price of not counting anew.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import polars as pl
from polars.testing import assert_frame_equal

from benchmarks._measuring import load
from benchmarks.people import generate
from benchmarks.people.finding import model_and_words
from flows.matching.columns import columns_to_compare
from policies.identity.columns import JUDGEMENTS
from policies.identity.epoch import Epoch, open_epoch
from policies.identity.increments import increment
from policies.identity.matching import match, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Given = TypeVar("Given")

__all__ = ["main"]

_SEED: Final = 22
_PAIR: Final = ("record_a", "record_b")


def main() -> None:
    """Make or read the list, store the state, time the increment."""
    parser = argparse.ArgumentParser(description="A new list against many known people.")
    parser.add_argument("file", nargs="?", type=Path, help="a list of people instead of a made one")
    parser.add_argument("--rows", type=int, default=105_000)
    parser.add_argument("--new", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    rows = pl.read_parquet(asked.file) if asked.file else generate(asked.rows, _SEED)
    model, words = model_and_words()
    people = columns_to_compare(rows, words["lists"]).people.sort("record_id")
    known, arrived = people.head(people.height - asked.new), people.tail(asked.new)
    print(f"{asked.new:,} new records against {known.height:,}; {load()}")
    nobody, none_gone = pl.DataFrame(schema=JUDGEMENTS), pl.Series("position", [], dtype=pl.UInt32)
    with tempfile.TemporaryDirectory(prefix="tactful-epoch-") as folder:
        epoch, opened = _timed(lambda: open_epoch(known, model, words))
        print(f"  {'state made':<28}{opened:7.2f} s")
        _, stored = _timed(lambda: _store(epoch, Path(folder)))
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 2**20
        print(f"  {'state written':<28}{stored:7.2f} s, {size:,.0f} MB")
        rounds = [
            _timed(lambda: increment(_read(Path(folder)), arrived, none_gone, nobody, model, words))
            for _ in range(asked.rounds)
        ]
        changed, took = rounds[0][0], [seconds for _, seconds in rounds]
        shown = f"{median(took):7.2f} s ({min(took):.2f} to {max(took):.2f}), {changed.groups.height:,} records touched"
        print(f"  {'increment, from files':<28}{shown}")
        found, laid = _timed(lambda: whole(_read(Path(folder)), changed, nobody, model))
        print(f"  {'laid over the whole':<28}{laid:7.2f} s")
    anew, full = _timed(lambda: match(people, model, words))
    print(f"  {'everybody anew':<28}{full:7.2f} s, {full / median(took):.0f} times the increment")
    at_once = match(people, model, words, nobody, epoch)
    assert_frame_equal(at_once.groups, found.groups)
    assert_frame_equal(at_once.links, found.links)
    merged = [each.links.filter(pl.col("link") == "merge").select(_PAIR) for each in (found, anew)]
    both = merged[0].join(merged[1], on=_PAIR, how="semi").height
    print(
        f"  merges of both {both:,}, by the increment alone {merged[0].height - both:,}, by a new count alone "
        f"{merged[1].height - both:,}"
    )


def _timed(call: Callable[[], Given]) -> tuple[Given, float]:
    begin = time.perf_counter()
    given = call()
    return given, time.perf_counter() - begin


def _store(epoch: Epoch, folder: Path) -> None:
    for name, frame in epoch.frames().items():
        frame.sink_parquet(folder / f"{name}.parquet")


def _read(folder: Path) -> Epoch:
    return Epoch.of({file.stem: pl.scan_parquet(file) for file in folder.iterdir()})


if __name__ == "__main__":
    main()
