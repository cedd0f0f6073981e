"""Reasons are the score: their bits add up to it to the thousandth, over any pairs of any lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from policies.identity.blocking import candidate_pairs
from policies.identity.reasons import reason_texts, veto_label
from policies.identity.scoring import score, scored_columns
from policies.identity.statistics import statistics_of
from tests.effort import few
from tests.policies.identity.lists_of_people import leads, lists, many_people, people_of
from tests.policies.identity.pairs_of_people import prepared_people

if TYPE_CHECKING:
    from tests.policies.identity.lists_of_people import Row


def scored(people: pl.DataFrame) -> pl.DataFrame:
    """All candidate pairs of people, scored."""
    prepared = prepared_people(people)
    return score(prepared, candidate_pairs(prepared, leads()), statistics_of(prepared, leads()), leads())


def millibits_in(reasons: list[str]) -> int:
    """What the figures in brackets add up to."""
    return sum(int(reason.rpartition("(")[2].rstrip(")").replace(".", "")) for reason in reasons)


@few(8)
@given(lists)
def test_reasons_add_up(rows: list[Row]) -> None:
    """No bit is hidden and none is told twice."""
    found = scored(people_of(rows))
    texts = reason_texts(found, leads()).to_list()
    assert [millibits_in(reasons) for reasons in texts] == found.get_column("millibits").to_list()


def test_every_reason_has_words_and_a_figure() -> None:
    """As a human reads it, the prior last."""
    texts = reason_texts(scored(many_people(200)), leads())
    assert texts.list.len().min() >= 2  # type: ignore[operator]  # never null: there are pairs
    assert texts.explode().str.contains(r"^[A-Za-z.,() -]+ \([+-]\d+\.\d{3}\)$").all()
    assert texts.list.last().str.starts_with("prior (").all()


def test_vetoes_have_words() -> None:
    """A code is told as the model words it, none as nothing."""
    codes = pl.DataFrame({"veto": range(len(leads().vetoes) + 1)})
    assert codes.select(veto_label(leads())).to_series().to_list() == [None, *(veto.label for veto in leads().vetoes)]


@few(4)
@given(st.integers(0, 2**32 - 1))
def test_a_pair_s_score_is_its_own(seed: int) -> None:
    """Whatever other pairs are scored with it, and in whatever order: only the two records and the counts matter."""
    prepared = prepared_people(many_people(120))
    statistics, pairs = statistics_of(prepared, leads()), candidate_pairs(prepared, leads())
    whole = score(prepared, pairs, statistics, leads())
    some = pairs.sample(fraction=0.3, shuffle=True, seed=seed)
    alone = score(prepared, some, statistics, leads())
    assert_frame_equal(alone, some.select("a", "b").join(whole, on=["a", "b"], how="left", maintain_order="left"))


def test_it_makes_no_difference_who_stands_first() -> None:
    """A pair scores the same with its records the other way round."""
    prepared = prepared_people(many_people(300))
    statistics, pairs = statistics_of(prepared, leads()), candidate_pairs(prepared, leads())
    turned = pairs.select(pl.col("b").alias("a"), pl.col("a").alias("b"), "rules")
    straight = score(prepared, pairs, statistics, leads()).drop("a", "b")
    assert_frame_equal(score(prepared, turned, statistics, leads()).drop("a", "b"), straight)


def test_no_pairs_are_a_frame_all_the_same() -> None:
    """Columns and types do not depend on there being any."""
    prepared = prepared_people(many_people(3))
    none = pl.DataFrame(schema={"a": pl.UInt32, "b": pl.UInt32, "rules": pl.UInt32})
    assert score(prepared, none, statistics_of(prepared, leads()), leads()).schema == scored_columns(leads())
