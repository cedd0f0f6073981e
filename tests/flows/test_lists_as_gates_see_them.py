"""What a contract expects of a list is checked on a frame in which nothing stands that anybody wrote."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from flows.quality import polars_check
from flows.quality.checks import refuse_contacts
from flows.runs.list_frames import asked_of_frame, list_frame
from policies.expectations import Expectation
from policies.schema import RECORDS, conform

ROWS = pl.DataFrame(
    {
        "row_number": [1, 2, 3],
        "email": ["ada@acme.example", "bea@bolt.example", None],
        "full_name": ["Ada Okafor", "Bea Ruiz", "Ada Okafor"],
        "country": ["DE", "AT", None],
        "employees": [10, 5000, None],
        "asked_on": [date(2026, 9, 14), None, date(2026, 10, 1)],
        "postal_code": ["10115", "1010", None],
        "other_emails": [["a@acme.example"], None, []],
        "email_opt_out": ["blank", "yes", "blank"],
        "phone_opt_out": ["blank", "blank", "blank"],
    }
)
RECORDS_OF_LIST = conform(ROWS, RECORDS)


@pytest.mark.parametrize(
    ("expected", "holds"),
    [
        (Expectation("row_count", min=3, max=3), True),
        (Expectation("fill_rate", "email", min=0.6), True),
        (Expectation("fill_rate", "email", min=0.7), False),
        (Expectation("fill_rate", "other_email", max=0.4), True),
        (Expectation("unique", "email"), True),
        (Expectation("unique", "full_name"), False),
        (Expectation("not_null", "full_name"), True),
        (Expectation("not_null", "country"), False),
        (Expectation("values_in_set", "country", values=("DE", "AT")), True),
        (Expectation("values_in_set", "country", values=("DE",)), False),
        (Expectation("values_in_set", "email_opt_out", values=("blank", "yes", "no")), True),
        (Expectation("range", "employees", 10, 5000), True),
        (Expectation("range", "employees", max=4999), False),
        (Expectation("range", "asked_on", 20260914, 20261001), True),
        (Expectation("range", "asked_on", 20260915), False),
        (Expectation("length", "postal_code", 4, 5), True),
        (Expectation("length", "postal_code", 5), False),
        (Expectation("pattern", "postal_code", values=("^[0-9]+$",)), True),
        (Expectation("pattern", "postal_code", values=("^[0-9]{5}$",)), False),
        (Expectation("pattern", "age", values=("^[0-9]$",)), True),
    ],
)
def test_every_kind_of_expectation_is_answered(expected: Expectation, holds: bool) -> None:  # noqa: FBT001 - a case table
    """Rows, fill, uniqueness, values, ranges, lengths and patterns hold and break where the list does."""
    frame = list_frame(RECORDS_OF_LIST, [expected])
    assert polars_check(frame, asked_of_frame([expected]))[0].passed is holds


def test_nothing_that_somebody_wrote_stands_in_the_frame() -> None:
    """Names, addresses and other cells come out as numbers, other values as a sign that they are others."""
    expected = [
        Expectation("values_in_set", "country", values=("DE",)),
        Expectation("length", "full_name", 1),
        Expectation("pattern", "email", values=("@acme",)),
        Expectation("unique", "email"),
    ]
    frame = list_frame(RECORDS_OF_LIST, expected)
    refuse_contacts("list", frame)
    text = frame.write_ndjson()
    assert not [word for word in ("@", "Okafor", "Ada", "AT", "10115", "2026") if word in text]


def test_two_expectations_about_one_field_do_not_meet() -> None:
    """Each has a column of its own."""
    expected = [Expectation("length", "postal_code", max=n) for n in (4, 5)]
    answers = polars_check(list_frame(RECORDS_OF_LIST, expected), asked_of_frame(expected))
    assert [answer.passed for answer in answers] == [False, True]
