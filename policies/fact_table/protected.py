"""Children: by the age a list states, and by an address at a school where nothing shows a grown-up's work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.patterns import any_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["protected_facts"]

_OF_AGE: Final = 18


def protected_facts(on: date, lists: Mapping[str, Any]) -> list[pl.Expr]:
    """Expressions ``minor`` and ``school_address`` over the columns of ``RECORDS``, ``seniority`` and ``function``.

    ``on`` is the day to judge on. A stated age counts from the day the list was obtained; where nobody knows that day,
    it is taken as it stands, which makes nobody older.
    """
    grown = pl.col("born_on").dt.offset_by(f"{_OF_AGE}y") > pl.lit(on)
    since = pl.when(pl.col("obtained_on") <= pl.lit(on)).then(_years(pl.col("obtained_on"), on)).fill_null(0)
    young = pl.col("age") + since < _OF_AGE
    return [
        (grown.fill_null(value=False) | young.fill_null(value=False)).alias("minor"),
        (_at_school(lists) & ~_at_work()).fill_null(value=False).alias("school_address"),
    ]


def _years(start: pl.Expr, on: date) -> pl.Expr:
    """Whole years between two days."""
    full = pl.lit(on).dt.year() - start.dt.year()
    return full - (start.dt.offset_by(pl.format("{}y", full)) > pl.lit(on)).cast(pl.Int32)


def _at_school(lists: Mapping[str, Any]) -> pl.Expr:
    schools = lists.get("schools", {})
    domain = pl.col("email_domain")
    return domain.str.contains(any_pattern(schools.get("domain_patterns", ()))) & ~domain.str.contains(
        any_pattern(schools.get("not_patterns", ()))
    )


def _at_work() -> pl.Expr:
    """Whether the job title is one of somebody who works; pupils and students have another, or none."""
    return (pl.col("seniority").is_not_null() | pl.col("function").is_not_null()) & (
        pl.col("seniority").fill_null("") != "student"
    )
