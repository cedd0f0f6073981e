"""Statistics: what was counted once stays as it was counted; what is new is counted among the new."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from policies.identity.model_file import parse_model
from policies.identity.statistics import COUNTS, Statistics, statistics_of, statistics_under, with_statistics
from tests.policies.identity.lists_of_people import leads, many_people
from tests.policies.identity.pairs_of_people import prepared_people
from tests.policies.identity.test_pairs_are_found_by_their_keys import TABLE

MODEL = parse_model(
    {
        **TABLE,
        "statistics": {
            "seen": {"count": "last"},
            "users": {"distinct": "last", "of": "first"},
            "rivals": {"rivals": "last", "of": "first", "within": "place"},
        },
    }
)


def frame(*rows: tuple[str | None, str | None]) -> pl.DataFrame:
    """Rows of ``first, last``, all at one place."""
    schema = {"first": pl.String, "last": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(place=pl.lit("x"), hidden=pl.lit(value=False))


def counted(rows: pl.DataFrame, statistics: Statistics, name: str) -> list[int | None]:
    """What a statistic says for each row."""
    return with_statistics(rows, statistics, MODEL, {name}).get_column(name).to_list()


OLD = frame(("ada", "quist"), ("bo", "quist"), ("ada", "quist"), (None, "tamm"), ("cy", None))


def test_values_are_counted() -> None:
    """Records, and different values beside them; a missing value is not one more."""
    statistics = statistics_of(OLD, MODEL)
    assert statistics.records == 5
    assert counted(OLD, statistics, "seen") == [3, 3, 3, 1, None]
    assert counted(OLD, statistics, "users") == [2, 2, 2, 0, None]


def test_the_epoch_s_word_stands_and_new_values_are_counted_among_the_new() -> None:
    """However often a known value comes again, its count stays; N stays."""
    new = frame(("dee", "quist"), ("dee", "quist"), ("eve", "vasko"), ("fay", "vasko"))
    statistics = statistics_under(statistics_of(OLD, MODEL), new, new, MODEL)
    assert statistics.records == 5
    assert counted(new, statistics, "seen") == [3, 3, 2, 2]
    assert counted(new, statistics, "users") == [2, 2, 2, 2]


def test_an_epoch_may_be_read_lazily() -> None:
    """As it comes from files: the same as from memory."""
    new, frozen = frame(("dee", "quist"), ("eve", "vasko")), statistics_of(OLD, MODEL)
    lazy = Statistics(frozen.records, {name: table.lazy() for name, table in frozen.tables.items()})
    read = statistics_under(lazy, new, new, MODEL).tables
    for name, table in statistics_under(frozen, new, new, MODEL).tables.items():
        assert_frame_equal(read[name].lazy().collect(), table.lazy().collect())


@pytest.mark.parametrize(
    ("locals_", "rival"),
    [
        (("ada.quist", "ada.quist"), 0),
        (("ada.quist", "ada.qist"), 0),  # a slip of the pen
        (("ada.quist", "a.b.quist"), 1),
        (("ada.quist2",), 1),  # somebody had the name already
    ],
)
def test_two_addresses_of_one_name_are_two_people(locals_: tuple[str, ...], rival: int) -> None:
    """Unless a slip of the pen explains them."""
    rows = frame(*((local, "quist") for local in locals_))
    assert counted(rows, statistics_of(rows, MODEL), "rivals") == [rival] * len(locals_)


def test_tables_are_sorted_numbers_whatever_the_order_of_rows() -> None:
    """They can be stored, joined and compared, and hold nothing of anybody."""
    prepared = prepared_people(many_people(300))
    mixed = prepared.sample(fraction=1, shuffle=True, seed=3)
    again = statistics_of(mixed, leads()).tables
    for name, table in statistics_of(prepared, leads()).tables.items():
        assert table.collect_schema() == COUNTS, name
        assert_frame_equal(again[name].lazy().collect(), table.lazy().collect())
        assert_frame_equal(table.lazy().collect(), table.lazy().sort("value").collect())
