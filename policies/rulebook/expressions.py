"""Conditions of rules: SQL text in, a checked Polars expression out.

A condition reads facts of one row and nothing else. Three fences stand around it: the text (comments, quoted
identifiers, the clock, and words that mean something else in this dialect than their writer thinks), the allow-list of
:mod:`policies.rulebook.expression_nodes`, and a probe on an empty typed frame that finds wrong types and broken
patterns.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl
from polars.exceptions import PolarsError

from policies.facts import FACT_SCHEMA
from policies.rulebook.expression_nodes import check_nodes
from policies.rulebook.files import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Condition", "ConditionError", "compile_condition", "probe_faults"]

_REFERENCE: Final = "docs/policy-reference.md lists what a condition may say."
_STRING: Final = re.compile(r"'(?:[^']|'')*'")
_LIKE_WITH_BACKSLASH: Final = re.compile(r"\bI?LIKE\s+'(?:[^']|'')*\\", re.IGNORECASE)
_NULL_OUT_OF_PLACE: Final = re.compile(r"(?<!\bIS )(?<!\bNOT )(?<!\bTHEN )(?<!\bELSE )\bNULL\b", re.IGNORECASE)

# (pattern outside of string literals, what is wrong, what to write instead)
_REFUSED_TEXT: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), message, fix)
    for pattern, message, fix in (
        (r'["`]', "Double quotes and backticks name columns.", "Put words into single quotes: 'US'."),
        (r"--|/\*|#", "Comments are not allowed inside a condition.", "Put the comment above the rule."),
        (r"\$", "Dollar quotes are not allowed.", "Put words into single quotes."),
        (
            r"\b(CURRENT_(DATE|TIME|TIMESTAMP)|LOCALTIME(STAMP)?|NOW|TODAY|CURDATE|GETDATE|SYSDATE)\b",
            "A condition may not read the clock: a decision must come out the same when it is replayed.",
            "Read a fact that was computed for the day of the run.",
        ),
        (r"\bSELECT\b", "A sub-select is not allowed: a rule reads facts only.", "Name the fact."),
        (r"\bCAST\s*\(", "CAST fails on text it cannot read.", "Write TRY_CAST."),
        (r"::", "The cast :: fails on text it cannot read.", "Write TRY_CAST(... AS ...)."),
        (
            r"\bIS\s+(NOT\s+)?(TRUE|FALSE|UNKNOWN)\b",
            "IS TRUE and its like leave unknown unknown here, other than in standard SQL.",
            "Write the fact, NOT the fact, or the fact IS NULL.",
        ),
        (r"\b(TIMESTAMP|TIME|DATETIME)\s*'", "Facts know days, not instants.", "Write DATE '2026-01-31'."),
    )
)


class ConditionError(ValueError):
    """A condition is refused; ``message`` says why and ``fix`` what to write instead."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that passed the fences. ``columns``: the facts it reads, sorted; they are the rule's evidence."""

    text: str
    expression: pl.Expr
    columns: tuple[str, ...]


def compile_condition(text: str, schema: pl.Schema = FACT_SCHEMA) -> Condition:
    """Compile the SQL condition ``text`` over the facts of ``schema``.

    Raises :class:`ConditionError` for anything a rule may not say. Types and patterns are not all seen here: collect
    conditions and give them to :func:`probe_faults` at once.
    """
    _check_text(text)
    try:
        expression = pl.sql_expr(text)
    except (PolarsError, ValueError) as error:
        message = f"The condition cannot be read: {_gist(error)}."
        raise ConditionError(message, _REFERENCE) from None
    columns = tuple(sorted(set(expression.meta.root_names())))
    _check_columns(columns, schema)
    refused = check_nodes(json.loads(expression.meta.serialize(format="json")), schema)
    if refused:
        raise ConditionError(f"A condition may not contain {'; nor '.join(refused)}.", _REFERENCE)
    if not columns:
        raise ConditionError("The condition reads no fact at all.", "Name at least one fact.")
    return Condition(text, expression, columns)


def probe_faults(conditions: Sequence[Condition], schema: pl.Schema = FACT_SCHEMA) -> dict[int, str]:
    """Try all conditions on an empty frame of ``schema``; returns the fault of each that breaks, by position."""
    frame = pl.DataFrame(schema=schema)
    if _fault(frame, conditions) is None:
        return {}
    faults = ((position, _fault(frame, [condition])) for position, condition in enumerate(conditions))
    return {position: fault for position, fault in faults if fault is not None}


def _fault(frame: pl.DataFrame, conditions: Sequence[Condition]) -> str | None:
    try:
        probed = frame.select(condition.expression.alias(str(i)) for i, condition in enumerate(conditions))
    except PolarsError as error:
        return f"The condition breaks: {_gist(error)}."
    wrong = [dtype for dtype in probed.dtypes if dtype != pl.Boolean]
    return f"The condition yields {wrong[0]} and not yes/no." if wrong else None


def _check_text(text: str) -> None:
    if _LIKE_WITH_BACKSLASH.search(text):
        raise ConditionError("A backslash does not escape in LIKE.", "Use ~ with a regular expression.")
    bare = re.sub(r"\s+", " ", _STRING.sub("''", text))
    for pattern, message, fix in _REFUSED_TEXT:
        if pattern.search(bare):
            raise ConditionError(message, fix)
    if _NULL_OUT_OF_PLACE.search(bare):
        raise ConditionError("Nothing ever equals NULL.", "Write IS NULL or IS NOT NULL.")


def _check_columns(columns: Sequence[str], schema: pl.Schema) -> None:
    unknown = [name for name in columns if name not in schema]
    if unknown:
        words = "; ".join(f"{name}: {nearest(name, schema)}" for name in unknown)
        raise ConditionError(f"No such fact: {', '.join(unknown)}.", words)


def _gist(error: Exception) -> str:
    """The line that says most: a broken pattern explains itself below the first one."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    explained = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    return (explained or lines or [type(error).__name__])[0].rstrip(".:")
