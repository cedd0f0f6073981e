"""Which row speaks for a person."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from policies.identity import kept_records
from tests.policies.worlds import Row, records_of

LINE = "+12025550101"
NEW, OLD = date(2026, 9, 24), date(2025, 1, 7)
ADA = "ada@acme.example"


def kept(*rows: Row) -> int:
    """The place of the row that is kept when all are one person."""
    records = records_of(rows).with_columns(pl.lit("p").alias("person_id"))
    found = kept_records(records)
    assert found.height == 1
    return int(found.get_column("row_number")[0]) - 1


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ((Row(ADA, obtained_on=OLD), Row(ADA, obtained_on=NEW)), 1),
        ((Row(ADA, LINE, obtained_on=OLD), Row(ADA, obtained_on=NEW)), 1),
        ((Row(ADA, obtained_on=OLD), Row(ADA, LINE, obtained_on=None)), 0),
        ((Row(ADA), Row(ADA, LINE)), 1),
        ((Row(ADA, LINE), Row(ADA, source="guild")), 0),
        ((Row(ADA, obtained_on=None),), 0),
    ],
)
def test_the_newest_then_the_fullest_row_is_kept(rows: tuple[Row, ...], place: int) -> None:
    """The newest list first; a list without a date is the oldest; then the row that says more."""
    assert kept(*rows) == place


def test_among_equals_the_smallest_id_is_kept_in_any_order() -> None:
    """Nothing depends on the order in which rows stand."""
    records = records_of([Row(ADA), Row(ADA), Row(ADA, source="guild")]).with_columns(pl.lit("p").alias("person_id"))
    smallest = records.get_column("record_id").min()
    for seed in range(5):
        mixed = records.sample(fraction=1.0, shuffle=True, seed=seed)
        assert kept_records(mixed).get_column("record_id").to_list() == [smallest]


def test_one_line_per_person_and_file_of_the_row() -> None:
    """A record that stands in two files is kept once, under the file named first."""
    one = records_of([Row(ADA)]).with_columns(pl.lit("p").alias("person_id"))
    twice = pl.concat([one.with_columns(pl.lit(name * 64).alias("file_sha256")) for name in "ba"])
    other = records_of([Row("bea@acme.example")]).with_columns(pl.lit("q").alias("person_id"))
    found = kept_records(pl.concat([twice, other]))
    assert found.select("person_id", "file_sha256").rows() == [("p", "a" * 64), ("q", "f" * 64)]
