"""What the records say of whom a brief is about: names, employers then and now, and how much homework is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

__all__ = ["EMPLOYERS", "About", "abouts", "employers", "known_people", "recorded_names"]

_NAMES: Final = ("full_name", "family_name", "salutation_name")
EMPLOYERS: Final = pl.Schema(
    {
        "person_id": pl.String(),
        "companies": pl.List(pl.String()),  # spellings of where they work now, sorted
        "former": pl.List(pl.String()),  # spellings of where they worked before
        "changed_on": pl.Date(),  # date of the first list that names the company of now; null: no list says when
    }
)


@dataclass(frozen=True, slots=True)
class About:
    """What is on record of the person a brief is about."""

    names: tuple[str, ...]  # every spelling of the full name, the family name and the name to greet with
    companies: tuple[str, ...] = ()  # spellings of where they work now
    former: tuple[str, ...] = ()  # spellings of where they worked before
    changed_on: date | None = None  # when we learned of the newer employer
    tier_wanted: str | None = None  # the tier their relationship asks for; none: the one the brief names
    answered_on: date | None = None  # the day of the last conversation; none: there was none


def recorded_names(people: pl.DataFrame) -> pl.DataFrame:
    """``person_id, names``: every recorded spelling of the full name, family name and name to greet with, sorted."""
    return (
        people.select("person_id", pl.concat_list(*_NAMES).alias("names"))
        .explode("names")
        .filter(pl.col("names").str.strip_chars().str.len_chars() > 0)
        .group_by("person_id")
        .agg(pl.col("names").unique().sort())
        .sort("person_id")
    )


def employers(rows: pl.DataFrame, faces: pl.DataFrame) -> pl.DataFrame:
    """Where people work now and where they worked before, as far as lists say: ``EMPLOYERS``, sorted by person.

    ``rows`` has ``person_id, company, company_key, obtained_on`` of every row of every list, ``faces`` the
    ``person_id, company_key`` of now (:attr:`policies.subjects.Subjects.faces`). A company of another name is a former
    one where a later list names the present one; what lists of one day disagree about may both be true.
    """
    named = rows.filter(pl.col("company").str.strip_chars().str.len_chars() > 0)
    now = faces.select("person_id", pl.col("company_key").alias("now"))
    placed = named.join(now, on="person_id", how="left", validate="m:1").with_columns(_same().alias("same"))
    since = pl.col("obtained_on").filter("same")
    dated = placed.with_columns(since.max().over("person_id").alias("last"))
    is_former = ~pl.col("same") & (pl.col("obtained_on").is_null() | (pl.col("obtained_on") < pl.col("last")))
    former = is_former.fill_null(value=False) & pl.col("last").is_not_null()
    return (
        dated.with_columns(former.alias("is_former"))
        .group_by("person_id")
        .agg(
            pl.col("company").filter(~pl.col("is_former")).unique().sort().alias("companies"),
            pl.col("company").filter("is_former").unique().sort().alias("former"),
            since.min().alias("changed_on"),
        )
        .match_to_schema(EMPLOYERS)
        .sort("person_id")
    )


def known_people(people: pl.DataFrame, where: pl.DataFrame | None = None) -> pl.DataFrame:
    """What is on record of everybody, a row per person, for :func:`abouts`.

    ``people`` has one row per record: ``person_id, full_name, family_name, salutation_name, tier_wanted``, and
    ``answered_on`` where somebody may have answered; ``where`` is ``EMPLOYERS``, left out where nobody's employer is
    known.
    """
    said = "answered_on" if "answered_on" in people.columns else pl.lit(None, dtype=pl.Date).alias("answered_on")
    wanted = people.select("person_id", "tier_wanted", said).unique("person_id")
    employed = pl.DataFrame(schema=EMPLOYERS) if where is None else where
    return wanted.join(recorded_names(people), on="person_id", how="left", validate="1:1").join(
        employed, on="person_id", how="left", validate="1:1"
    )


def abouts(people: pl.DataFrame) -> Iterator[tuple[str, About]]:
    """Person id and what is on record, a pair for each row of ``people``.

    ``people`` has the columns of :func:`known_people`, and may have others.
    """
    columns = ("person_id", "names", "companies", "former", "changed_on", "tier_wanted", "answered_on")
    for person, names, companies, former, *known in people.select(columns).iter_rows():
        yield person, About(tuple(names or ()), tuple(companies or ()), tuple(former or ()), *known)


def _same() -> pl.Expr:
    """The row names the company of now; a longer name of the same is none other."""
    key, now = pl.col("company_key"), pl.col("now")
    return (key.str.starts_with(now) | now.str.starts_with(key)).fill_null(value=False)
