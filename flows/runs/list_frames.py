"""A list as its gate sees it: which cells are filled, which are equal, and how those a contract asks about come out.

Nothing that somebody wrote stands in such a frame. Cells are numbers that say which are equal; of a field whose values
are limited only the words of the contract appear, of ranges and lengths numbers, of patterns whether they fit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.schema import RECORDS
from policies.sources.fields import LIST_FIELDS, OPT_OUT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.expectations import Expectation

__all__ = ["asked_of_frame", "list_frame"]

_OTHER: Final = "(another)"  # a value that is none of those the contract allows
_PARTS: Final = {"values_in_set": "value", "range": "number", "length": "length", "pattern": "fits"}
_FLAG_OF: Final = {"email_opt_in": "email_opt_out", "phone_opt_in": "phone_opt_out"}
_LIST_OF: Final = {"other_email": "other_emails", "other_phone": "other_phones"}
_FIELDS: Final = tuple(field for field in LIST_FIELDS if field not in _LIST_OF)


def list_frame(records: pl.DataFrame, expected: Sequence[Expectation] = ()) -> pl.DataFrame:
    """A list for its gate: ``row_number, accepted``, the flags, and a number per different value of every field.

    Blank cells are null. Each of ``expected`` that asks about values has a column of its own.
    """
    same = [_numbered(pl.col(name)).alias(name) for name in _FIELDS]
    lists = [_numbered(_joined(name)).alias(field) for field, name in _LIST_OF.items()]
    flags = [pl.col(name).alias(field) for field, name in _FLAG_OF.items()]
    asked = {_column(number, one): _answer(one) for number, one in enumerate(expected) if one.kind in _PARTS}
    return records.sort("row_number").select(
        "row_number",
        pl.col("reject_code").is_null().alias("accepted"),
        *same,
        *lists,
        *OPT_OUT_FIELDS,
        *flags,
        **asked,
    )


def asked_of_frame(expected: Sequence[Expectation]) -> tuple[Expectation, ...]:
    """The expectations of a contract as they are asked of :func:`list_frame`."""
    found: list[Expectation] = []
    for number, one in enumerate(expected):
        if one.kind not in _PARTS:
            found.append(one)
            continue
        column = _column(number, one)
        if one.kind == "pattern":
            found.append(replace(one, kind="values_in_set", field=column, values=(True,)))
        else:
            found.append(replace(one, kind="range" if one.kind == "length" else one.kind, field=column))
    return tuple(found)


def _column(number: int, expected: Expectation) -> str:
    """The column that answers one expectation; the number keeps two about one field apart."""
    return f"{expected.field} ({_PARTS[expected.kind]}, {number + 1})"


def _answer(expected: Expectation) -> pl.Expr:
    """What a contract wants to know of the values of a field, without the values."""
    name = str(expected.field)
    cell = _joined(_LIST_OF[name]) if name in _LIST_OF else pl.col(_FLAG_OF.get(name, name))
    if expected.kind == "values_in_set":
        allowed = [str(value) for value in expected.values]
        text = cell.cast(pl.String)
        return pl.when(text.is_in(allowed)).then(text).when(text.is_not_null()).then(pl.lit(_OTHER))
    if expected.kind == "length":
        return cell.cast(pl.String).str.len_chars().cast(pl.Int64)
    if expected.kind == "pattern":
        return cell.cast(pl.String).str.contains(str(expected.values[0]))
    if RECORDS[name] == pl.Date:
        return (cell.dt.year() * 10_000 + cell.dt.month().cast(pl.Int32) * 100 + cell.dt.day()).cast(pl.Int64)
    return cell.cast(pl.Int64)


def _joined(name: str) -> pl.Expr:
    texts = pl.col(name).list.join(" ")
    return pl.when(texts != "").then(texts)


def _numbered(values: pl.Expr) -> pl.Expr:
    """A number per different value, the same for the same; null stays null."""
    return pl.when(values.is_not_null()).then(values.cast(pl.String).rank("dense").cast(pl.Int64))
