"""Numbers as people write them into lists are spans from the least to the most they can mean."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.fit.numbers import MOST, span, within
from tests.effort import few

SPANS: dict[str, tuple[int, int] | None] = {
    "12": (12, 12),
    "1,200": (1200, 1200),
    "1.200": (1200, 1200),
    "1 200 000": (1_200_000, 1_200_000),
    "12.5": (12, 12),
    "1.2M": (1_200_000, 1_200_000),
    "€ 1,5 Mio.": (1_500_000, 1_500_000),
    "250k": (250_000, 250_000),
    "$10 million": (10_000_000, 10_000_000),
    "1.234.567,89 EUR": (1_234_567, 1_234_567),
    "51-200": (51, 200),
    "51 \u2013 200 employees": (51, 200),
    "2001 bis 5000": (2001, 5000),
    "€5m - €10m": (5_000_000, 10_000_000),
    "10,001+": (10_001, MOST),
    "1000+ employees": (1000, MOST),
    "> 500": (500, MOST),
    "over 1000": (1000, MOST),
    "<50": (0, 50),
    "up to 10": (0, 10),
    "bis 50": (0, 50),
    "ten": None,
    "-5": None,
    "1e6": None,
    "self-employed": None,
    "9" * 40: None,
    "": None,
}


def spans_of(cells: list[str]) -> list[tuple[int, int] | None]:
    """What each cell means."""
    low, high = span(pl.col("cell"))
    rows = pl.DataFrame({"cell": cells}).select(low.alias("low"), high.alias("high")).rows()
    return [None if row == (None, None) else row for row in rows]


def test_numbers_as_they_are_written() -> None:
    """Separators, scales, currencies, spans and open ends; what is no number is unknown."""
    assert dict(zip(SPANS, spans_of([*SPANS]), strict=True)) == SPANS


@few(12)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_a_number_is_read_as_it_is_printed(numbers: list[int]) -> None:
    """With separators of thousands or without, and at both ends of a span."""
    plain = [(number, number) for number in numbers]
    assert spans_of([str(number) for number in numbers]) == plain
    assert spans_of([f"{number:,}" for number in numbers]) == plain
    assert spans_of([f"{number} - {number + 1}" for number in numbers]) == [(low, low + 1) for low, _ in plain]


@few(12)
@given(st.text(max_size=20))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever stands in a cell is a span in order, or unknown."""
    (found,) = spans_of([text])
    assert found is None or None in found or found[0] >= 0


@pytest.mark.parametrize(
    ("low", "high", "least", "most", "expected"),
    [
        (5, 5, 5, 5, True),
        (4, 4, 5, None, False),
        (6, 6, None, 5, False),
        (4, 6, 5, None, None),
        (0, MOST, 1, None, None),
        (10, MOST, 10, None, True),
        (None, None, 1, 2, None),
    ],
)
def test_a_span_that_crosses_an_end_is_unknown(
    low: int | None,
    high: int | None,
    least: int | None,
    most: int | None,
    expected: bool | None,  # noqa: FBT001 - a value of the table
) -> None:
    """Within is yes, without is no, and in part is neither."""
    schema = {"low": pl.Int64, "high": pl.Int64}
    frame = pl.DataFrame([(low, high)], schema, orient="row")
    assert frame.select(within(pl.col("low"), pl.col("high"), least, most)).item() is expected
