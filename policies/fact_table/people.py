"""Facts of a person over all their records: how well we know them, the research on them, what was tried before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.brief import brief_facts, employers
from policies.cadence import company_facts, touch_facts
from policies.fact_table.relationship import relationships

if TYPE_CHECKING:
    from policies.inputs import DecisionInputs
    from policies.subjects import Subjects

__all__ = ["of_people", "person_facts"]


def of_people(frame: pl.DataFrame, subjects: Subjects, inputs: DecisionInputs) -> pl.DataFrame:
    """Give touches or commitments the person they concern today, by contact point or by the id of their day.

    One row of ``frame`` may come out once for each of several people who use the contact point. ``about`` is then the
    person the row names, else the one it stands under; ``own`` says that it is about that person and nobody else: it
    names them, or names nobody and a contact point that is theirs alone.
    """
    person_of = subjects.records.select("record_id", "person_id")
    by_token = (
        inputs.tokens.filter(pl.col("match") == "exact")
        .join(person_of, on="record_id")
        .select("token", pl.col("person_id").alias("found"))
    )
    columns = [*frame.columns, "about"]
    named = frame.with_columns(subjects.generation.resolve(pl.col("person_id")).alias("about"))
    by_contact = named.join(by_token.unique(), on="token", how="inner").with_columns(pl.col("found").alias("person_id"))
    by_id = named.drop_nulls("about").with_columns(pl.col("about").alias("person_id"))
    known = person_of.select("person_id").unique()
    names_nobody, stands_alone = pl.col("about").is_null(), pl.col("person_id").n_unique().over("seq") == 1
    return (
        pl.concat([by_contact.select(columns), by_id.join(known, on="person_id", how="semi").select(columns)])
        .unique(["seq", "person_id"])
        .with_columns(
            pl.coalesce("about", "person_id").alias("about"),
            pl.when(names_nobody).then(stands_alone).otherwise(pl.col("about") == pl.col("person_id")).alias("own"),
        )
        .sort("seq", "person_id")
    )


def person_facts(
    subjects: Subjects,
    records: pl.DataFrame,
    consents: pl.DataFrame,
    countries: pl.DataFrame,
    inputs: DecisionInputs,
) -> pl.DataFrame:
    """One row per person: relationship, warmth, brief facts, and cadence facts of the person and their company.

    ``records`` comes from :func:`policies.fact_table.records.record_facts`, ``consents`` from
    :func:`policies.permission.consent_states`, ``countries`` has ``person_id, country``.
    """
    settings: Any = inputs.settings
    zone = inputs.organisation.timezone
    touches, commitments = (of_people(frame, subjects, inputs) for frame in (inputs.touches, inputs.commitments))
    people = countries.group_by("person_id").agg(pl.col("country").drop_nulls().unique().sort().alias("countries"))
    touched = touch_facts(
        touches,
        commitments,
        people,
        settings["cadence"],
        inputs.as_of,
        zone=zone,
        jurisdictions=inputs.book.jurisdictions,
    )
    company = _company_of(subjects)
    companies = company_facts(touches, commitments, company, settings["cadence"], inputs.as_of, zone=zone)
    known = relationships(subjects, records, consents, inputs)
    briefs = _briefs(records, known, touched, subjects, inputs)
    return (
        known.join(touched, on="person_id", how="left", validate="1:1")
        .join(_nameless(subjects), on="person_id", how="left", validate="1:1")
        .join(company, on="person_id", how="left", validate="1:1")
        .join(companies, on="company_key", how="left", validate="m:1")
        .join(briefs, on="person_id", how="left", validate="1:1")
        .join(_maybe_erased(subjects, inputs), on="person_id", how="left", validate="1:1")
        .with_columns(
            pl.col("maybe_erased").fill_null(value=False),
            pl.col("company_attempts_in_window").fill_null(0),
            pl.col("company_cap").fill_null(settings["cadence"]["company_attempts"]),
            pl.col("brief_state").fill_null("none"),
        )
    )


def _nameless(subjects: Subjects) -> pl.DataFrame:
    """``person_id, name_missing``: whether no record of the person says whom to greet."""
    named = pl.col("full_name").str.strip_chars().str.len_chars() > 0
    return subjects.faces.select("person_id", (~named.fill_null(value=False)).alias("name_missing"))


def _maybe_erased(subjects: Subjects, inputs: DecisionInputs) -> pl.DataFrame:
    """``person_id, maybe_erased`` of whoever has a record with the name and organisation of somebody erased."""
    alike = subjects.rows.filter(pl.col("record_id").is_in(sorted(inputs.namesakes)))
    return alike.select("person_id", pl.lit(value=True).alias("maybe_erased")).unique()


def _company_of(subjects: Subjects) -> pl.DataFrame:
    """``person_id, company_key`` of where the person works now; null when no company is known."""
    key = pl.col("company_key")
    return subjects.faces.select("person_id", pl.when(key.str.len_chars() > 0).then(key).alias("company_key")).sort(
        "person_id"
    )


def _briefs(
    records: pl.DataFrame, known: pl.DataFrame, touched: pl.DataFrame, subjects: Subjects, inputs: DecisionInputs
) -> pl.DataFrame:
    """State of the research on each person."""
    wanted = known.select("person_id", pl.col("brief_tier_wanted").alias("tier_wanted"))
    answers = touched.select("person_id", "answered_on")
    people = (
        records.select(
            *("person_id", "record_id", "full_name", "given_name", "family_name", "salutation_name", "email", "phone")
        )
        .join(wanted, on="person_id", validate="m:1")
        .join(answers, on="person_id", how="left", validate="m:1")
    )
    briefs = inputs.briefs.with_columns(subjects.generation.resolve(pl.col("person_id")))
    where = employers(subjects.rows, subjects.faces)
    return brief_facts(briefs, people, inputs.settings["brief"], inputs.queue_date, where)
