"""`people match`: every row back in its place with a person, every linked pair with reasons that add up; always so."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from flows.cli import call
from tests.flows.matched_people import people_on_lists

if TYPE_CHECKING:
    from pathlib import Path

PAIRS = {
    "a": pl.String,
    "b": pl.String,
    "bits": pl.Float64,
    "probability": pl.Float64,
    "veto": pl.Boolean,
    "reasons": pl.List(pl.String),
    "link": pl.String,
}


def matched(folder: Path, rows: pl.DataFrame, *options: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows and the pairs that the command writes."""
    rows.write_parquet(folder / "in.parquet")
    out, pairs = folder / "out.parquet", folder / "pairs.parquet"
    assert call(["people", "match", str(folder / "in.parquet"), "-o", str(out), "--pairs", str(pairs), *options]) == 0
    return pl.read_parquet(out), pl.read_parquet(pairs)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The invented people, matched once."""
    return matched(tmp_path_factory.mktemp("matched"), people_on_lists())


def clusters(rows: pl.DataFrame) -> set[frozenset[str]]:
    """The people as sets of record ids."""
    found = rows.group_by("person_id").agg("record_id").get_column("record_id")
    return {frozenset(ids) for ids in found}


def test_every_row_comes_back_in_its_place(result: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """Columns and rows as they came, and `person_id` behind them."""
    rows, _ = result
    assert rows.drop("person_id").equals(people_on_lists())
    assert rows.columns[-1] == "person_id"
    assert rows.get_column("person_id").null_count() == 0


def test_people_with_a_mailbox_or_number_of_their_own_are_one(result: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """However their names are written."""
    rows, _ = result
    assert rows.group_by("person").agg(pl.col("person_id").n_unique()).get_column("person_id").to_list() == [1] * 40
    assert rows.get_column("person_id").n_unique() == 40


def test_pairs_have_their_columns(result: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """The smaller id first, each pair once, every link one of three."""
    _, pairs = result
    assert pairs.schema == PAIRS
    assert pairs.filter(pl.col("a") >= pl.col("b")).is_empty()
    assert pairs.select("a", "b").is_unique().all()
    assert set(pairs.get_column("link")) <= {"merge", "review", "suppress"}
    assert pairs.filter(pl.col("link") == "merge").get_column("veto").any() is False


def test_reasons_add_up_to_the_bits(result: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """To the last digit, the prior among them."""
    _, pairs = result
    for bits, reasons in pairs.select("bits", "reasons").iter_rows():
        figures = [re.search(r"\(([+-]\d+\.\d{3})\)$", reason) for reason in reasons]
        assert all(figures), reasons
        assert round(sum(float(figure[1]) for figure in figures if figure), 3) == bits
        assert any(reason.startswith("prior ") for reason in reasons)


def test_merged_pairs_are_one_person(result: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """A link of the strongest kind never joins two people."""
    rows, pairs = result
    person = dict(rows.select("record_id", "person_id").iter_rows())
    merged = pairs.filter(pl.col("link") == "merge").select("a", "b")
    assert merged.height > 0
    assert all(person[a] == person[b] for a, b in merged.iter_rows())


@pytest.mark.parametrize("options", [(), ("--partitions", "7")])
def test_order_and_partitions_change_nothing(
    tmp_path: Path, result: tuple[pl.DataFrame, pl.DataFrame], options: tuple[str, ...]
) -> None:
    """The same people and the same pairs, whatever the order of rows and columns."""
    shuffled = people_on_lists().sample(fraction=1.0, shuffle=True, seed=5)
    rows, pairs = matched(tmp_path, shuffled.select(reversed(shuffled.columns)), *options)
    assert rows.get_column("record_id").equals(shuffled.get_column("record_id"))
    assert rows.sort("record_id").get_column("person_id").equals(result[0].sort("record_id").get_column("person_id"))
    assert pairs.equals(result[1])


def test_threads_change_no_byte(tmp_path: Path) -> None:
    """One thread or two: the same files."""
    people_on_lists().write_parquet(tmp_path / "in.parquet")
    written = []
    for threads in ("1", "2"):
        out, pairs = tmp_path / f"out{threads}.parquet", tmp_path / f"pairs{threads}.parquet"
        command = [sys.executable, "-c", "from flows.cli import main; main()", "people", "match"]
        files = [str(tmp_path / "in.parquet"), "-o", str(out), "--pairs", str(pairs)]
        subprocess.run(
            [*command, *files], check=True, env={**os.environ, "POLARS_MAX_THREADS": threads}, capture_output=True
        )
        written.append((out.read_bytes(), pairs.read_bytes()))
    assert written[0] == written[1]


def test_text_and_parquet_say_the_same(tmp_path: Path, result: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """A CSV of the same people gives the same people; a CSV is written where the name says so."""
    people_on_lists().write_csv(tmp_path / "in.csv")
    out, pairs = tmp_path / "out.csv", tmp_path / "pairs.csv"
    assert call(["people", "match", str(tmp_path / "in.csv"), "-o", str(out), "--pairs", str(pairs)]) == 0
    assert clusters(pl.read_csv(out, infer_schema=False)) == clusters(result[0])
    table = pl.read_csv(pairs, infer_schema=False)
    assert table.columns == list(PAIRS)
    assert table.height == result[1].height
    assert table.get_column("reasons")[0] == "; ".join(result[1].get_column("reasons")[0])


def test_files_are_for_their_owner_and_run_no_formula(tmp_path: Path) -> None:
    """Mode 0600; a cell that a spreadsheet would run is neutralised."""
    rows = people_on_lists(3).with_columns(pl.lit("=1+1").alias("note"))
    rows.write_csv(tmp_path / "in.csv")
    assert call(["people", "match", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")]) == 0
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600
    assert set(pl.read_csv(tmp_path / "out.csv").get_column("note")) == {"'=1+1"}
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["in.csv", "out.csv"]


def test_a_column_called_person_id_is_kept(tmp_path: Path) -> None:
    """What the file said stays beside what was found."""
    rows, _ = matched(tmp_path, people_on_lists(3).rename({"person": "person_id"}))
    assert rows.get_column("person_id_given").to_list() == [0, 1, 2] * 3
    assert rows.get_column("person_id").dtype == pl.String


def test_rows_without_ids_get_them(tmp_path: Path) -> None:
    """The pairs speak of rows by the ids in the output, whatever the order of rows."""
    nameless = people_on_lists(12).drop("record_id")
    rows, pairs = matched(tmp_path, nameless)
    assert rows.get_column("record_id").n_unique() == 36
    assert {*pairs.get_column("a"), *pairs.get_column("b")} <= set(rows.get_column("record_id"))
    again, _ = matched(tmp_path, nameless.reverse())
    assert clusters(again) == clusters(rows)


def test_ids_that_are_numbers_stay_numbers(tmp_path: Path) -> None:
    """Pairs can be joined with the rows as they are, the smaller number first."""
    rows, pairs = matched(tmp_path, people_on_lists(12).with_columns(pl.int_range(pl.len()).alias("record_id")))
    assert rows.get_column("record_id").dtype == pairs.get_column("a").dtype == pl.Int64
    assert pairs.filter(pl.col("a") >= pl.col("b")).is_empty()
    assert pairs.equals(pairs.sort("a", "b"))
    assert pairs.join(rows, left_on="a", right_on="record_id").height == pairs.height


def test_the_threshold_decides_about_merging(tmp_path: Path) -> None:
    """So high that nothing is merged: everybody is somebody else, and the pairs wait for a human."""
    rows, pairs = matched(tmp_path, people_on_lists(12), "--threshold", "90")
    assert rows.get_column("person_id").n_unique() == 36
    assert set(pairs.get_column("link")) <= {"review", "suppress"}


def test_the_answer_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a sentence, or as JSON; nothing in it is about anybody, and nothing but the answer is said off a terminal."""
    path = tmp_path / "in.csv"
    people_on_lists(12).write_csv(path)
    asked = ["people", "match", str(path), "-o", str(tmp_path / "out.parquet")]
    assert call(asked) == 0
    plain = capsys.readouterr()
    assert plain.err == ""
    assert plain.out.startswith("36 records are 12 people: 36 of the records belong to somebody who has several")
    assert max(map(len, plain.out.replace(str(tmp_path), "").splitlines())) <= 80
    assert call([*asked, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (told["records"], told["people"], told["largest"]) == (36, 12, 3)
    assert set(told["pairs"]) == {"merge", "review", "suppress"}
    assert "Okoro" not in json.dumps(told) + plain.out


def test_one_row_is_one_person(tmp_path: Path) -> None:
    """A table of one row, and one of rows that say nothing."""
    rows, pairs = matched(tmp_path, pl.DataFrame({"full_name": ["Ada Okoro"]}))
    assert rows.get_column("person_id").len() == 1
    assert pairs.is_empty()
    assert pairs.schema == PAIRS
    rows, _ = matched(tmp_path, pl.DataFrame({"full_name": [None, None], "email": [None, ""]}))
    assert rows.get_column("person_id").n_unique() == 2
