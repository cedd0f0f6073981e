"""Invented lists are the same every time, hold what their rates say, and are nobody's."""

from __future__ import annotations

from dataclasses import fields, replace
from hashlib import sha256

import polars as pl
import pytest

from benchmarks.people import Rates, generate
from benchmarks.people.manners import manners


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """Six thousand rows."""
    return generate(6_000, 5)


def test_a_seed_makes_the_same_rows_every_time(rows: pl.DataFrame) -> None:
    """Figures can be compared between machines and releases."""
    assert generate(6_000, 5).equals(rows)
    assert not generate(6_000, 6).equals(rows)


def test_the_first_rows_do_not_change_unnoticed() -> None:
    """Figures in the documentation stand for these lists: who changes the generator measures anew."""
    told = sha256(generate(500, 1).write_csv().encode()).hexdigest()

    assert told == "8d8e84ae877a0098cca6bc10353e5f20a3651e239e65e69adaf1758e53a21d03"


def test_eighteen_lists_from_2019_to_2026(rows: pl.DataFrame) -> None:
    """All of them are used, each with its day."""
    assert len(manners()) == 18
    assert rows["source"].n_unique() == 18
    assert rows.select(pl.col("obtained_on").dt.year().unique().sort()).to_series().to_list() == list(range(2019, 2027))


@pytest.mark.parametrize("script", ["Latin", "Cyrillic", "Arabic", "Greek", "Han", "Katakana", "Hangul"])
def test_names_stand_in_many_scripts(rows: pl.DataFrame, script: str) -> None:
    """Every script occurs."""
    assert rows["full_name"].str.contains(rf"\p{{{script}}}").sum() > 0


def test_every_person_has_one_truth_and_opts_out_through_one_row(rows: pl.DataFrame) -> None:
    """The columns leaks are measured with fit together."""
    through = rows.filter("optout_via")

    assert rows["record_id"].n_unique() == rows.height
    assert through["person_id"].n_unique() == through.height
    assert set(through["person_id"]) == set(rows.filter("optout_person")["person_id"])


def test_rates_are_obeyed() -> None:
    """Without opt-outs, typos and job changes there are none."""
    still = replace(Rates(), opted_out=0.0, job_change=0.0)

    assert generate(1_000, 3, still)["optout_person"].sum() == 0


def test_every_rate_is_in_the_table() -> None:
    """What is printed beside figures is complete."""
    table = Rates().table()

    assert all(field.name.replace("_", " ") in table for field in fields(Rates))
