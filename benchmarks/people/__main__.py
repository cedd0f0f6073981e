"""Match generated lists and see how well it went: `python -m benchmarks.people FILE...`, or `--make ROWS SEED OUT`.

FILE is Parquet with the columns of `people match` and `person_id`, `kind`, `optout_via`, `optout_person`. Without FILE,
ten thousand rows of seed 1 are made in memory. Errors are shown with rows as they stand, on the terminal only.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import polars as pl

from benchmarks.people.errors import by_kind, lost_pairs, samples, wrong_pairs
from benchmarks.people.finding import Found, find
from benchmarks.people.generating import generate
from benchmarks.people.leaks import leaks, lines
from benchmarks.people.measures import HEADER, measure, pairs_within
from benchmarks.people.rates import Rates

__all__ = ["main"]

_BALANCED = 2.0  # bits


def main() -> None:
    """Make lists, or judge a matching of them."""
    parser = argparse.ArgumentParser(description="How well the people of generated lists are found.")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--make", nargs=3, metavar=("ROWS", "SEED", "OUT"))
    parser.add_argument("--errors", type=int, default=0, help="groups of errors to show")
    parser.add_argument("--each", type=int, default=3, help="pairs shown of each group")
    parser.add_argument("--rates", action="store_true", help="print the rates of the generator")
    asked = parser.parse_args()
    if asked.rates:
        print(Rates().table())
    if asked.make:
        rows, seed, out = asked.make
        generate(int(rows), int(seed)).write_parquet(out)
        return
    for file in asked.files or [None]:
        table = generate(10_000, 1) if file is None else pl.read_parquet(file)
        _judge(file.name if file else "10,000 rows, seed 1", table, asked.errors, asked.each)


def _judge(name: str, table: pl.DataFrame, errors: int, each: int) -> None:
    begin = time.perf_counter()
    found = find(table)
    seconds = time.perf_counter() - begin
    print(f"\n{name}: {table.height:,} records, {seconds:.1f} s with reading\n{HEADER}")
    truth = found.rows.get_column("person_id")
    print(measure(truth, found.labels).line(f"merged from {found.model.thresholds.merge / 1000:g} bits"))
    print(measure(truth, find(table, _BALANCED).labels).line(f"merged from {_BALANCED:g} bits"))
    print(_blocking(found, truth))
    if {"optout_person", "optout_via"} <= set(table.columns):
        print("\n".join(lines(leaks(found))))
    if errors:
        _show_errors(found, errors, each)


def _blocking(found: Found, truth: pl.Series) -> str:
    pairs = found.candidates()
    same = (truth.gather(pairs.get_column("a")) == truth.gather(pairs.get_column("b"))).sum()
    wanted = pairs_within(truth.value_counts().get_column("count"))
    return f"compared: {pairs.height:,} pairs, {same / wanted:.4f} of the true ones among them"


def _show_errors(found: Found, groups: int, each: int) -> None:
    lost, wrong = lost_pairs(found), wrong_pairs(found)
    with pl.Config(tbl_rows=40, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
        print(by_kind(found))
        print(f"true pairs lost: {lost.height:,}")
        for by in (["stage"], ["names"], ["share"]):
            print(lost.group_by(by).len("pairs").sort("pairs", descending=True))
    print("\n".join(samples(lost, ["stage", "names", "share"], groups, each)))
    print(f"\nwrong pairs made: {wrong.height:,}")
    print("\n".join(samples(wrong, ["kinds", "stage", "share"], groups, each)))


if __name__ == "__main__":
    main()
