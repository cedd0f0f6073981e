"""From rows of lists to the records that are judged: people, contact points and the countries that may apply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from policies.identity import (
    Generation,
    Matching,
    Ties,
    contact_usage,
    exact_links,
    faces,
    kept_records,
    mark_shared,
    outlived_addresses,
    resolve_people,
    survivors,
    ties_between,
)
from policies.identity.columns import PEOPLE
from policies.organisations import is_role_mailbox
from policies.schema import conform

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policies.identity.people import Mint

__all__ = ["Subjects", "contact_points_of", "countries_of", "identify", "known_by", "people_of", "theirs_alone"]


@dataclass(frozen=True)
class Subjects:
    """Everybody on the lists, before any rule is asked.

    ``rows``: every accepted row of every file with ``person_id`` and ``kept`` (its row speaks for the person).
    ``records``: one row per distinct record, with ``person_id, role_mailbox, email_shared, phone_shared``.
    ``matching``: which records were found to be one human being, and which may be. ``links``: the keys that records
    have in common (:func:`policies.identity.exact_links`); ``generation``: what a committed run would write down;
    ``free_mail``: domains of private mailboxes. ``found_before``: links of the last committed run, where it kept any.
    """

    rows: pl.DataFrame
    records: pl.DataFrame
    matching: Matching
    links: pl.DataFrame
    generation: Generation
    free_mail: tuple[str, ...] = ()
    found_before: pl.DataFrame | None = None

    @cached_property
    def survivors(self) -> pl.DataFrame:
        """What is shown of each person, field by field with its provenance: ``SURVIVORS``."""
        return survivors(self.marked_rows, list(self.free_mail))

    @property
    def marked_rows(self) -> pl.DataFrame:
        """``rows`` with what is known of their points: ``role_mailbox, email_shared, phone_shared``."""
        marks = self.records.select("record_id", "role_mailbox", "email_shared", "phone_shared")
        return self.rows.join(marks, on="record_id", how="left", validate="m:1")

    @cached_property
    def outlived(self) -> pl.DataFrame:
        """``record_id`` of records whose address is at a company that the person has left."""
        return outlived_addresses(self.rows, list(self.free_mail))

    @cached_property
    def faces(self) -> pl.DataFrame:
        """The same with a line per person and a column per field; null where no record of theirs says anything."""
        return faces(self.survivors, self.records.get_column("person_id"))

    @cached_property
    def ties(self) -> Ties:
        """What ties these people to each other although they are several."""
        return ties_between(self.records, self.matching, self.links, self.generation, self.found_before)


def identify(
    records: pl.DataFrame,
    matching: Matching,
    prior: Generation,
    lists: Mapping[str, Any],
    *,
    mint: Mint,
    seen_on: date,
) -> Subjects:
    """Turn clusters of records into people who keep their ids.

    ``records`` is ``RECORDS`` of all active lists; rejected and erased rows take no part. ``matching`` is about them;
    a record it does not know is a person of its own. ``prior`` is the last committed generation, with its links: a stop
    goes over them still. ``lists`` are the word lists of the rulebook; ``mint`` and
    ``seen_on`` as in :func:`policies.identity.resolve_people`.
    """
    rows = _accepted(records)
    distinct = _marked(_distinct(rows), lists)
    groups = (
        distinct.select("record_id")
        .join(matching.groups, on="record_id", how="left", validate="1:1")
        .with_columns(pl.coalesce("component", "record_id").alias("component"))
    )
    people = resolve_people(groups, prior, mint=mint, seen_on=seen_on)
    person_of = people.assignments.select("record_id", "person_id")
    return Subjects(
        rows=_with_kept(rows.join(person_of, on="record_id", how="left", validate="m:1")),
        records=distinct.join(person_of, on="record_id", how="left", validate="1:1"),
        matching=matching,
        links=exact_links(distinct),
        generation=replace(people.generation, links=matching.links),
        free_mail=tuple(lists["free_mail_domains"]),
        found_before=prior.links,
    )


def people_of(records: pl.DataFrame) -> pl.DataFrame:
    """What is compared to find out who is who: ``PEOPLE`` of the accepted rows of ``RECORDS``, a row per record.

    An address or number that could not be read stands there as it came: two rows with the same slip share it.
    """
    distinct = _distinct(_accepted(records)).with_columns(
        pl.coalesce("email", "email_received").alias("email"), pl.coalesce("phone", "phone_received").alias("phone")
    )
    return conform(distinct.sort("record_id"), PEOPLE)


def _accepted(records: pl.DataFrame) -> pl.DataFrame:
    return records.filter(pl.col("reject_code").is_null() & pl.col("erased").is_null()).drop("erased")


def _distinct(rows: pl.DataFrame) -> pl.DataFrame:
    """A row per record, whatever number of files it stands in."""
    ordered = rows.sort("record_id", "file_sha256", "row_number")
    return ordered.unique("record_id", keep="first", maintain_order=True)


def _marked(records: pl.DataFrame, lists: Mapping[str, Any]) -> pl.DataFrame:
    """Add ``role_mailbox, email_shared, phone_shared``."""
    marked = records.with_columns(is_role_mailbox(pl.col("email"), lists).alias("role_mailbox"))
    return mark_shared(marked, contact_usage(marked))


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


def known_by(
    records: pl.DataFrame, tokens: pl.DataFrame, generation: Generation, wanted: pl.Series | None = None
) -> pl.DataFrame:
    """``person_id, name``: everything an event may name people by, their contact points' tokens and ids of any age.

    ``records`` has ``record_id, person_id`` of everybody, so that a contact point of several people is seen to be one;
    ``tokens`` is ``CONTACT_TOKENS`` of them. ``wanted`` are the names that are asked for; None: all.
    """
    person_of = records.select("record_id", "person_id")
    exact = _named(tokens.filter(pl.col("match") == "exact").select("record_id", pl.col("token").alias("name")), wanted)
    now = _named(person_of.select("person_id", pl.col("person_id").alias("name")), wanted)
    before = _named(generation.aliases.select(pl.col("old_person_id").alias("name")), wanted)
    named = [
        now,
        exact.join(person_of, on="record_id").select("person_id", "name"),
        before.select(generation.resolve(pl.col("name")).alias("person_id"), "name"),
    ]
    return pl.concat(named).unique().sort("person_id", "name")


def _named(frame: pl.DataFrame, wanted: pl.Series | None) -> pl.DataFrame:
    return frame if wanted is None else frame.filter(pl.col("name").is_in(wanted.implode()))


def theirs_alone(events: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Events (``seq, token, person_id``) under the ids of today, each with the one person it is about.

    ``people`` comes from :func:`known_by`. What names a person is theirs alone, be they on a list or not; what names
    only a contact point that several people use is nobody's, for what one of them said is not another's word. Events
    about nobody known go.
    """
    columns = events.columns
    by_id = events.join(people, left_on="person_id", right_on="name", how="inner").drop("person_id")
    alone = people.filter(pl.col("person_id").n_unique().over("name") == 1)
    by_contact = (
        events.filter(pl.col("person_id").is_null())
        .join(alone, left_on="token", right_on="name", how="inner")
        .drop("person_id")
    )
    both = pl.concat([by_id, by_contact.select(by_id.columns)]).rename({"person_id_right": "person_id"})
    return both.unique(["seq", "person_id"]).select(columns).sort("seq", "person_id")
