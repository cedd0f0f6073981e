"""The fact table: one row for each contact point and country, with every fact a rule may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.fact_table.law import law_facts
from policies.fact_table.people import person_facts
from policies.fact_table.points import point_facts, with_outdated
from policies.fact_table.records import record_facts
from policies.fact_table.timing import hours_of, places_of, window_facts
from policies.facts import FACT_KEYS, FACT_SCHEMA, LATE_FACTS
from policies.registries import registry_facts
from policies.standing import Known, standing
from policies.subjects import countries_of

if TYPE_CHECKING:
    from policies.cadence.lawful_hours import LawfulHours
    from policies.inputs import DecisionInputs
    from policies.permission import Permission
    from policies.standing import Standing
    from policies.subjects import Subjects

__all__ = ["FactTable", "gather", "standing_of", "with_late_facts"]

POINT: Final = ("record_id", "channel")


@dataclass(frozen=True)
class FactTable:
    """The facts, and the frames they were made of that later steps need.

    ``facts``: ``row``, the keys and all facts but the late ones. ``points``, ``records``, ``people``: one row per
    contact point, record, person. ``places``: ``person_id, places``, where each of them may be; the lawful
    ``hours`` there are worked out as they are asked for.
    """

    facts: pl.DataFrame
    points: pl.DataFrame
    records: pl.DataFrame
    people: pl.DataFrame
    countries: pl.DataFrame
    places: pl.DataFrame
    hours: LawfulHours
    subjects: Subjects
    permission: Permission


def gather(inputs: DecisionInputs, found: Standing | None = None) -> FactTable:
    """Compute all facts of all records; nobody leaves the frame on the way.

    ``found`` is what :func:`standing_of` says of the same inputs, where that is known already.
    """
    lists: Any = inputs.settings["lists"]
    found = found or standing_of(inputs)
    subjects, permission = found.subjects, found.permission
    countries = countries_of(subjects.records, lists)
    records = record_facts(subjects, countries, inputs)
    people = person_facts(subjects, records, found.consents, countries, inputs)
    places = places_of(subjects, countries, inputs)
    hours = hours_of(inputs)
    windows = window_facts(places, people, hours, inputs)
    described = point_facts(found.points, records, permission.facts, found.consents, windows, inputs)
    points = with_outdated(_with_employers(described, subjects), subjects, inputs)
    law = law_facts(records, countries, subjects, inputs).join(
        registry_facts(records, countries, inputs.registries, inputs.book, inputs.queue_date),
        on=["record_id", "country"],
        how="left",
        nulls_equal=True,
        validate="1:1",
    )
    return FactTable(
        facts=_joined(points, records, people, law),
        points=points,
        records=records,
        people=people,
        countries=countries,
        places=places,
        hours=hours,
        subjects=subjects,
        permission=permission,
    )


def _with_employers(points: pl.DataFrame, subjects: Subjects) -> pl.DataFrame:
    """Add ``former_employer``: an address at a company the person has left."""
    left = pl.col("record_id").is_in(subjects.outlived.get_column("record_id").implode())
    return points.with_columns((left & (pl.col("channel") == "email")).alias("former_employer"))


def standing_of(inputs: DecisionInputs) -> Standing:
    """Where everybody stands by the inputs of a decision."""
    known = Known(inputs.records, inputs.tokens, inputs.events, inputs.consents, inputs.touches)
    lists: Any = inputs.settings["lists"]
    return standing(
        known, inputs.matching, inputs.prior, lists, mint=inputs.mint, as_of=inputs.as_of, on=inputs.queue_date
    )


def with_late_facts(facts: pl.DataFrame, late: pl.DataFrame) -> pl.DataFrame:
    """Rows of people who got a place or missed it, with the late facts; ``late`` has ``person_id`` and those facts."""
    return (
        facts.drop("row")
        .join(late.select("person_id", *sorted(LATE_FACTS)), on="person_id", how="inner", validate="m:1")
        .sort("record_id", "channel", "country", nulls_last=True)
        .with_row_index("row")
    )


def _joined(points: pl.DataFrame, records: pl.DataFrame, people: pl.DataFrame, law: pl.DataFrame) -> pl.DataFrame:
    """Put point, record, person and law facts side by side, in an order that depends on content alone."""
    # the country is that of the law asked, which is every country of the person and not the record's own cell
    taken = {*points.columns, *law.columns} - {"record_id"}
    of_record = records.select(
        "record_id", *(name for name in records.columns if name not in taken and name != "record_id")
    )
    of_person = people.drop("company_key", strict=False)
    wide = (
        points.join(of_record, on="record_id", how="left", validate="m:1")
        .join(of_person, on="person_id", how="left", validate="m:1")
        .join(law, on="record_id", how="left")
        .with_columns(_combined())
    )
    early = [name for name in FACT_SCHEMA if name not in LATE_FACTS]
    return (
        wide.select(*FACT_KEYS, *(pl.col(name).cast(FACT_SCHEMA[name]) for name in early))
        .sort("record_id", "channel", "country", nulls_last=True)
        .with_row_index("row")
    )


def _combined() -> list[pl.Expr]:
    """Facts that rest on more than one of the parts."""
    # a list of referrals has a source contract that says so; a name noted after a call permits nothing
    warm = pl.col("relationship").is_in(["customer", "in_conversation"]) | pl.col("referred_by_list")
    asked = pl.col("source_kind").is_in(["inquiry", "customers"])
    may_be_published = pl.col("source_kind") == "directory"
    return [
        (warm | asked).alias("presumed_interest"),
        pl.when(~may_be_published).then(pl.lit(value=False)).alias("published_address"),
        pl.when(pl.col("channel") == "phone").then("registry_listed").alias("registry_listed"),
        (pl.col("contact_outdated") | pl.col("point_outdated")).alias("contact_outdated"),
        # their day begins where they are: it may have come there before it has here
        (pl.col("callback_pending") & ~pl.col("window_open").fill_null(value=False)).alias("callback_pending"),
    ]
