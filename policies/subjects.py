"""From rows of lists to the records that are judged: people, contact points and the countries that may apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from policies.identity import (
    Generation,
    components,
    contact_usage,
    exact_links,
    kept_records,
    mark_shared,
    resolve_people,
)
from policies.organisations import is_role_mailbox

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policies.identity.people import Mint

__all__ = ["Subjects", "contact_points_of", "countries_of", "identify"]


@dataclass(frozen=True)
class Subjects:
    """Everybody on the lists, before any rule is asked.

    ``rows``: every accepted row of every file with ``person_id`` and ``kept`` (its row speaks for the person).
    ``records``: one row per distinct record, with ``person_id, role_mailbox, email_shared, phone_shared``.
    ``links``: the keys that joined records; ``generation``: what a committed run would write down.
    """

    rows: pl.DataFrame
    records: pl.DataFrame
    links: pl.DataFrame
    generation: Generation


def identify(
    records: pl.DataFrame, prior: Generation, lists: Mapping[str, Any], *, mint: Mint, seen_on: date
) -> Subjects:
    """Find out which accepted records are the same person.

    ``records`` is ``RECORDS`` of all active lists; rejected and erased rows take no part. ``lists`` are the word lists
    of the rulebook; ``mint`` and ``seen_on`` as in :func:`policies.identity.resolve_people`.
    """
    rows = records.filter(pl.col("reject_code").is_null() & pl.col("erased").is_null()).drop("erased")
    distinct = rows.sort("record_id", "file_sha256", "row_number").unique(
        "record_id", keep="first", maintain_order=True
    )
    distinct = distinct.with_columns(is_role_mailbox(pl.col("email"), lists).alias("role_mailbox"))
    distinct = mark_shared(distinct, contact_usage(distinct))
    links = exact_links(distinct)
    people = resolve_people(components(distinct.get_column("record_id"), links), prior, mint=mint, seen_on=seen_on)
    person_of = people.assignments.select("record_id", "person_id")
    return Subjects(
        rows=_with_kept(rows.join(person_of, on="record_id", how="left", validate="m:1")),
        records=distinct.join(person_of, on="record_id", how="left", validate="1:1"),
        links=links,
        generation=people.generation,
    )


def contact_points_of(records: pl.DataFrame) -> pl.DataFrame:
    """One row per contact point: ``record_id, person_id, channel, contact, shared``.

    ``shared`` says that a role or an organisation stands behind the point rather than one person.
    """
    email = records.filter(pl.col("email").is_not_null()).select(
        "record_id",
        "person_id",
        pl.lit("email").alias("channel"),
        pl.col("email").alias("contact"),
        (pl.col("role_mailbox") | pl.col("email_shared")).alias("shared"),
    )
    phone = records.filter(pl.col("phone").is_not_null()).select(
        "record_id",
        "person_id",
        pl.lit("phone").alias("channel"),
        pl.col("phone").alias("contact"),
        pl.col("phone_shared").alias("shared"),
    )
    return pl.concat([email, phone]).sort("record_id", "channel")


def countries_of(records: pl.DataFrame, lists: Mapping[str, Any]) -> pl.DataFrame:
    """Every country a person's signals point to: ``person_id, country``; null when there is no signal at all.

    Signals are the country column, the number's own country and the country-code domain of the address, where that is a
    country of ``lists`` (the word lists of the rulebook) and not sold as a generic one. Signals that disagree all
    count, so that the strictest law is kept and a country without a law on file holds (design D10).
    """
    suffix = pl.col("email_domain").str.extract(r"\.([a-z]{2})$")
    usable = suffix.str.to_uppercase().replace({"UK": "GB"})
    from_domain = pl.when(suffix.is_in(lists["generic_country_domains"])).then(None).otherwise(usable)
    by_domain = records.select("person_id", from_domain.alias("country"))
    signals = pl.concat(
        [
            records.select("person_id", "country"),
            records.select("person_id", pl.col("phone_country").alias("country")),
            by_domain.filter(pl.col("country").is_in(list(lists["countries"]))),
        ]
    ).unique()
    known = signals.drop_nulls("country")
    unknown = signals.join(known, on="person_id", how="anti").unique()
    return pl.concat([known, unknown]).sort("person_id", "country")


def _with_kept(rows: pl.DataFrame) -> pl.DataFrame:
    """Mark the one row that speaks for each person."""
    kept = kept_records(rows).select("file_sha256", "row_number", pl.lit(value=True).alias("kept"))
    return rows.join(kept, on=["file_sha256", "row_number"], how="left", validate="1:1").with_columns(
        pl.col("kept").fill_null(value=False)
    )
