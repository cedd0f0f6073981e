"""Aims of ``[fit]``: is it a function, seniority, sector, size, country or region that we can help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.fit.columns import read_columns
from policies.fit.numbers import span, within
from policies.fit.wording import marks_of, word_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["aim_facts", "country_facts", "sizes", "with_word_marks"]


def aim_facts(target: Mapping[str, Any]) -> list[pl.Expr]:
    """Expressions over ``function, seniority``, the size (``size_least, size_most``) and marks of sector and region.

    An aim the file does not set restricts nobody; a property no list tells is null.
    """
    least, most = target.get("min_employees"), target.get("max_employees")
    size = pl.lit(value=True) if least is None and most is None else _size(least, most)
    return [
        _one_of("function", target.get("functions")).alias("function_targeted"),
        _one_of("seniority", target.get("seniorities")).alias("seniority_targeted"),
        _marked("sector", target.get("sectors")).alias("sector_targeted"),
        _marked("region", target.get("regions")).alias("region_targeted"),
        size.alias("size_targeted"),
    ]


def with_word_marks(records: pl.DataFrame, column: str, patterns: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Add, per name of ``patterns``, whether the text of ``column`` holds one of its words; null where unknown."""
    found = {name: word_pattern(entries) for name, entries in patterns.items() if entries}
    if not found:
        return records
    marks = marks_of(records.get_column(column), found)
    return records.join(marks, on=column, how="left", validate="m:1")


def country_facts(countries: pl.DataFrame, target: Mapping[str, Any]) -> pl.DataFrame:
    """``person_id, country_targeted``: whether every country that the person's signals point to is one we serve.

    ``countries`` has ``person_id, country``; a person without any is unknown.
    """
    wanted = target.get("countries")
    served = pl.col("country").is_in([str(code) for code in wanted]) if wanted else pl.lit(value=True)
    judged = countries.select("person_id", served.alias("served"))
    every = pl.when(pl.col("served").is_not_null().any()).then(pl.col("served").drop_nulls().all())
    return judged.group_by("person_id").agg(every.alias("country_targeted"))


def sizes(records: pl.DataFrame, target: Mapping[str, Any], headers: Sequence[str]) -> pl.DataFrame:
    """``record_id, size_least, size_most``: the number of employees, or the span a list gives instead (51-200).

    ``headers`` are those that a column of employees may have; the rows as they came are looked into only where a size
    is asked for and a list gives no plain number.
    """
    known = records.select("record_id", pl.col("employees").alias("size_least"), pl.col("employees").alias("size_most"))
    if target.get("min_employees") is None and target.get("max_employees") is None:
        return known
    texts = read_columns(records.filter(pl.col("employees").is_null()), {"size": list(headers)})
    unique = texts.select(pl.col("size").drop_nulls().unique().sort())
    low, high = span(pl.col("size"))
    spans = unique.select("size", low.alias("low"), high.alias("high"))
    read = texts.join(spans, on="size", how="left", validate="m:1").select("record_id", "low", "high")
    return known.join(read, on="record_id", how="left", validate="1:1").select(
        "record_id", pl.coalesce("size_least", "low"), pl.coalesce("size_most", "high")
    )


def _size(least: int | None, most: int | None) -> pl.Expr:
    return within(pl.col("size_least"), pl.col("size_most"), least, most)


def _one_of(column: str, allowed: Sequence[str] | None) -> pl.Expr:
    """True where nothing is asked or the value is allowed; null where the value is unknown."""
    if not allowed:
        return pl.lit(value=True)
    return pl.col(column).is_in([str(value) for value in allowed])


def _marked(column: str, allowed: Sequence[str] | None) -> pl.Expr:
    return pl.col(f"{column} aimed at") if allowed else pl.lit(value=True)
