"""What the lists of one person say together about what they do and where: the newest word counts, gaps are filled.

One list leaves out the title that another has; an older one names a company the person has left. So what is compared
with the aims is, for each property, what the newest of the person's lists that tells it says. Lists of the same day, or
of an unknown one, all count. What an older employer is or was counts no longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Told", "company_told", "former_records", "newest_told"]


@dataclass(frozen=True, slots=True)
class Told:
    """Columns that one cell of a list tells; ``by`` is null where it tells nothing. ``at_company``: of the employer."""

    by: str
    columns: tuple[str, ...]
    at_company: bool = True


def former_records(records: pl.DataFrame, survivors: pl.DataFrame) -> pl.Series:
    """``record_id`` of records that name a company which a newer list says the person has left.

    ``records`` has ``record_id, person_id, company_key, obtained_on``; ``survivors`` is what is shown of everybody. A
    longer name of the same company is no other one, and a list without a day is never the older.
    """
    shown = survivors.filter(pl.col("field").is_in(["company", "company_key"]))
    current = shown.filter(pl.col("field") == "company_key").select("person_id", pl.col("value").alias("current"))
    since = (
        shown.filter(pl.col("field") == "company")
        .select("person_id", "record_id")
        .join(records.select("record_id", pl.col("obtained_on").alias("since")), on="record_id", validate="1:1")
        .select("person_id", "since")
    )
    key = pl.col("company_key")
    elsewhere = ~(key.str.starts_with(pl.col("current")) | pl.col("current").str.starts_with(key))
    return (
        _several_records(records)
        .join(current, on="person_id", validate="m:1")
        .join(since, on="person_id", validate="m:1")
        .filter(elsewhere & (key.str.len_chars() > 0) & (pl.col("obtained_on") < pl.col("since")))
        .get_column("record_id")
    )


def _several_records(records: pl.DataFrame) -> pl.DataFrame:
    """The records of people who have several."""
    counts = records.group_by("person_id").len().filter(pl.col("len") > 1)
    return records.join(counts.select("person_id"), on="person_id", how="semi")


def newest_told(records: pl.DataFrame, told: Sequence[Told]) -> pl.DataFrame:
    """``records`` with the columns of every ``told`` as the newest lists of the person tell them.

    Needs ``record_id, person_id, obtained_on, former``. A record that tells a property on the newest day there is, or
    on an unknown one, keeps its own word; all others take the word of the first of those.
    """
    many = _several_records(records)
    if many.is_empty():
        return records
    rest = records.join(many.select("record_id"), on="record_id", how="anti")
    for one in told:
        many = _told_anew(many, one)
    return pl.concat([rest, many.select(records.columns)])


def _told_anew(many: pl.DataFrame, one: Told) -> pl.DataFrame:
    counts = pl.col(one.by).is_not_null() & ~(pl.col("former") & one.at_company)
    day = pl.col("obtained_on")
    newest = many.filter(counts).filter(day.is_null() | (day == day.max().over("person_id")))
    given = (
        newest.sort("person_id", "obtained_on", "record_id", descending=[False, True, False], nulls_last=True)
        .unique("person_id", keep="first", maintain_order=True)
        .select("person_id", *(pl.col(name).alias(f"given {name}") for name in one.columns))
    )
    own = newest.select("record_id", pl.lit(value=True).alias("own"))
    said = [
        pl.when(pl.col("own").fill_null(value=False)).then(pl.col(name)).otherwise(pl.col(f"given {name}")).alias(name)
        for name in one.columns
    ]
    return (
        many.join(own, on="record_id", how="left", validate="1:1")
        .join(given, on="person_id", how="left", validate="m:1")
        .with_columns(said)
        .select(many.columns)
    )


def company_told(records: pl.DataFrame, marks: Sequence[str], words: Sequence[str], by: str) -> pl.DataFrame:
    """``records`` with what holds for the person's company: ``marks`` of any record of theirs, ``words`` of the newest.

    Records of a former employer, and those of which ``by`` says no company, add nothing and take what the others say.
    A mark is never lost that way: what one list knows of the present company holds for all of them. ``words`` go
    together; the first of them says whether there is any.
    """
    many = _several_records(records)
    if many.is_empty():
        return records
    rest = records.join(many.select("record_id"), on="record_id", how="anti")
    speaking = many.filter(pl.col(by) & ~pl.col("former"))
    any_of = speaking.group_by("person_id").agg(pl.col(name).any().alias(f"any {name}") for name in marks)
    newest = (
        speaking.filter(pl.col(words[0]).is_not_null())
        .sort("person_id", "obtained_on", "record_id", descending=[False, True, False], nulls_last=True)
        .unique("person_id", keep="first", maintain_order=True)
        .select("person_id", *(pl.col(name).alias(f"any {name}") for name in words))
    )
    told = (
        many.join(any_of, on="person_id", how="left", validate="m:1")
        .join(newest, on="person_id", how="left", validate="m:1")
        .with_columns(pl.coalesce(f"any {name}", name).alias(name) for name in marks)
        .with_columns(pl.col(f"any {name}").alias(name) for name in words)
    )
    return pl.concat([rest, told.select(records.columns)])
