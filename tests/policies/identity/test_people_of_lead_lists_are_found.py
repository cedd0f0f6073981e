"""People of invented lead lists are found, hardly anybody is taken for another, and their opt-outs reach them."""

from __future__ import annotations

from functools import cache

import pytest

from benchmarks.people import generate
from benchmarks.people.finding import Found, find
from benchmarks.people.leaks import leaks
from benchmarks.people.measures import Quality, measure


@cache
def _found(records: int, seed: int) -> Found:
    return find(generate(records, seed))


def _quality(found: Found) -> Quality:
    return measure(found.rows.get_column("person_id"), found.labels)


def test_people_of_many_scripts_and_manners_are_found() -> None:
    """Precision, recall and the largest cluster of five thousand rows, with a margin for what chance does."""
    quality = _quality(_found(5_000, 11))

    assert quality.precision >= 0.965
    assert quality.recall >= 0.82
    assert quality.largest <= 15


def test_an_opt_out_reaches_the_person_and_hardly_anybody_else() -> None:
    """Of those whose reply came to our mail a few remain; by exact address about a quarter would."""
    told = {leak.design: leak for leak in leaks(_found(5_000, 11))}

    assert told["exact e-mail"].by_mail >= 0.10
    assert told["and the clusters hit, tied"].by_mail <= 0.05
    assert told["and the clusters hit, tied"].touched <= 0.008


@pytest.mark.long
def test_a_hundred_thousand_rows_hold_what_ten_thousand_promise() -> None:
    """The same at a hundred thousand rows, where chance does little and look-alikes are many."""
    found = _found(100_000, 12)
    quality, told = _quality(found), {leak.design: leak for leak in leaks(found)}

    assert quality.precision >= 0.965
    assert quality.recall >= 0.78
    assert quality.largest <= 15
    assert told["and the clusters hit, tied"].by_mail <= 0.045
    assert told["and the clusters hit, tied"].touched <= 0.014
