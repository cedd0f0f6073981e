"""The gates: one list of expectations, checked at once in Polars and by Great Expectations in a process of its own."""

from flows.quality.gate import (
    GATE_TIMEOUT,
    ExpectationResult,
    QualityProcess,
    QualityResult,
    polars_check,
    require_passed,
    start,
)

__all__ = [
    "GATE_TIMEOUT",
    "ExpectationResult",
    "QualityProcess",
    "QualityResult",
    "polars_check",
    "require_passed",
    "start",
]
