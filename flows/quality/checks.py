"""Expectations checked in Polars: the half of a gate that answers at once.

Results are booleans and counts. The frames of a gate hold keyed ids, flags and counts, and are refused if a cell looks
like a contact.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl
import polars.selectors as cs

from policies.errors import HeldError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.expectations import Expectation

__all__ = ["ExpectationResult", "QualityResult", "polars_check", "refuse_contacts", "require_passed", "rows_for"]

_ADDRESS: Final = "@"
_TOLERANCE: Final = 1e-6  # rows
_E164: Final = r"\+[0-9]{7,15}"


@dataclass(frozen=True, slots=True)
class ExpectationResult:
    """Whether one expectation holds, and the counts it was decided by."""

    expectation: Expectation
    passed: bool
    observed: Mapping[str, int]

    def as_dict(self) -> dict[str, object]:
        """For reports: the expectation, the answer and the counts; no values."""
        wanted = {
            key: value for key, value in asdict(self.expectation).items() if key != "values" and value is not None
        }
        return {**wanted, "passed": self.passed, "observed": dict(self.observed)}


@dataclass(frozen=True, slots=True)
class QualityResult:
    """The answers of a gate, by the name of the frame."""

    results: Mapping[str, Sequence[ExpectationResult]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether every expectation on every frame holds."""
        return not self.failed

    @property
    def failed(self) -> list[tuple[str, ExpectationResult]]:
        """Frame and result of everything that does not hold."""
        return [(name, result) for name, results in self.results.items() for result in results if not result.passed]


def polars_check(frame: pl.DataFrame, expectations: Sequence[Expectation]) -> list[ExpectationResult]:
    """Check expectations on a frame, in their order; NaN counts as null, as it does for Great Expectations."""
    known = frame.with_columns(cs.float().fill_nan(None))
    return [_check(known, expectation) for expectation in expectations]


def require_passed(result: QualityResult) -> None:
    """Raise ``HeldError`` (``gate_failed``) naming every expectation that does not hold, by counts alone."""
    if result.passed:
        return
    lines = [f"{name}: {_say(failed)}" for name, failed in result.failed]
    raise HeldError(
        "gate_failed",
        "The gate holds this run: " + "; ".join(lines) + ".",
        "Correct the list or its [expect] table in rules/sources, then run again. Nothing was published.",
        {"failed": [{"frame": name, **failed.as_dict()} for name, failed in result.failed]},
    )


def refuse_contacts(name: str, frame: pl.DataFrame) -> None:
    """Raise ``HeldError`` (``gate_sees_contacts``) where a cell looks like an e-mail address or a telephone number."""
    looks = pl.col(pl.String).str.contains(_ADDRESS, literal=True) | pl.col(pl.String).str.contains(_E164)
    found = frame.select(looks.any())
    bad = [column for column in found.columns if found.item(0, column)]
    if bad:
        raise HeldError(
            "gate_sees_contacts",
            f"The frame `{name}` for the gate holds contacts in: {', '.join(bad)}.",
            "This is a fault of the program: report it. Nothing was published.",
            {"frame": name, "columns": bad},
        )


def rows_for(share: float, rows: int) -> int:
    """The least number of rows that is at least ``share`` of ``rows``: 7 for 0.7 of 10, whatever floats make of it."""
    return math.ceil(share * rows - _TOLERANCE)


def _check(frame: pl.DataFrame, expectation: Expectation) -> ExpectationResult:
    if expectation.kind == "row_count":
        return ExpectationResult(expectation, _between(frame.height, expectation), {"rows": frame.height})
    if expectation.field not in frame.columns:
        return ExpectationResult(expectation, passed=False, observed={"rows": frame.height, "unexpected": frame.height})
    column = frame.get_column(expectation.field)
    passed, unexpected = _CHECKS[expectation.kind](column, expectation)
    return ExpectationResult(expectation, passed, {"rows": frame.height, "unexpected": unexpected})


def _between(number: float, expectation: Expectation) -> bool:
    low, high = expectation.min, expectation.max
    return (low is None or number >= low) and (high is None or number <= high)


def _fill_rate(column: pl.Series, expectation: Expectation) -> tuple[bool, int]:
    rows, nulls = column.len(), column.null_count()
    enough = expectation.min is None or rows - nulls >= rows_for(expectation.min, rows)
    few = expectation.max is None or nulls >= rows_for(1 - expectation.max, rows)
    return enough and few, nulls


def _in_set(column: pl.Series, expectation: Expectation) -> tuple[bool, int]:
    counts = column.drop_nulls().value_counts(name="rows")
    allowed = set(expectation.values)
    others = sum(rows for value, rows in counts.rows() if value not in allowed)
    return others == 0, others


def _unique(column: pl.Series, _: Expectation) -> tuple[bool, int]:
    double = int(column.drop_nulls().is_duplicated().sum())
    return double == 0, double


def _not_null(column: pl.Series, _: Expectation) -> tuple[bool, int]:
    nulls = column.null_count()
    return nulls == 0, nulls


def _range(column: pl.Series, expectation: Expectation) -> tuple[bool, int]:
    known = column.drop_nulls()
    low, high = expectation.min, expectation.max
    outside = pl.Series([False]).new_from_index(0, known.len())
    if low is not None:
        outside |= known < low
    if high is not None:
        outside |= known > high
    return not outside.any(), int(outside.sum())


_CHECKS: Final = {
    "fill_rate": _fill_rate,
    "values_in_set": _in_set,
    "unique": _unique,
    "not_null": _not_null,
    "range": _range,
}


def _say(result: ExpectationResult) -> str:
    wanted, seen = result.expectation, result.observed
    limits = " ".join(
        f"{word} {limit:.12g}" for word, limit in (("min", wanted.min), ("max", wanted.max)) if limit is not None
    )
    what = " ".join(part for part in (wanted.kind, wanted.field, limits) if part)
    if "unexpected" in seen:
        return f"{what} broken by {seen['unexpected']} of {seen['rows']} rows"
    return f"{what}, but there are {seen['rows']} rows"
