"""Worklists beside research: classes to find out, outcomes to report, notices to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.cadence import open_commitments
from policies.effects import Effect, Verdict
from policies.fact_table.law import notice_dates
from policies.fact_table.people import of_people
from policies.schema import OUTCOME_COLUMNS
from policies.shown import points_for_notices

if TYPE_CHECKING:
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["CLASS_WANTED", "TOUCHES_MISSING", "classes_wanted", "notices_due", "touches_missing"]

CLASS_WANTED: Final = ("company", "country", "people", "rules")
# Filled in and dropped into data/inbox/touches/ it is a file of touches like a rep's queue file.
TOUCHES_MISSING: Final = (
    *("owner", "person_id", "full_name", "company", "channel", "queue_date", "run_id", "expires_on", "overdue"),
    *OUTCOME_COLUMNS,
)
_NOTICES_DUE: Final = (
    *("person_id", "full_name", "company", "email", "phone", "countries", "sources"),
    *("due_on", "overdue", "verdict"),
)


def classes_wanted(decision: Decision) -> pl.DataFrame:
    """Companies whose legal class would free somebody who is held for it. Columns ``CLASS_WANTED``."""
    asking = [(index, rule.id) for index, rule in enumerate(decision.rules) if "recipient_class" in rule.columns]
    rules = pl.DataFrame(asking, schema={"rule": pl.UInt16, "rule_id": pl.String}, orient="row")
    table = decision.table
    held = decision.best.filter(pl.col("outcome") == Verdict.HELD.value).select("person_id", "record_id", "channel")
    unclassed = table.records.filter(pl.col("recipient_class").is_null() & pl.col("company").is_not_null())
    return (
        decision.reached.filter(pl.col("effect") == Effect.HOLD.value)
        .join(rules, on="rule", how="inner", validate="m:1")
        .join(held, on=["record_id", "channel"], how="semi")
        .join(unclassed.select("record_id", "company", "country"), on="record_id", how="inner", validate="m:1")
        .group_by("company", "country")
        .agg(
            pl.col("person_id").n_unique().alias("people"),
            pl.col("rule_id").unique().sort().str.join(" ").alias("rules"),
        )
        .select(CLASS_WANTED)
        .sort(["people", "company", "country"], descending=[True, False, False], nulls_last=True)
    )


def touches_missing(decision: Decision, inputs: DecisionInputs) -> pl.DataFrame:
    """Queue lines of earlier days whose outcome is overdue, with blank columns for it. Columns ``TOUCHES_MISSING``."""
    subjects = decision.table.subjects
    touches, commitments = (of_people(frame, subjects, inputs) for frame in (inputs.touches, inputs.commitments))
    lines = open_commitments(
        commitments, touches, inputs.settings["cadence"], inputs.as_of, zone=inputs.organisation.timezone
    )
    shown = subjects.faces.select("person_id", "full_name", "company")
    blank = [pl.lit(None, dtype=pl.String).alias(name) for name in OUTCOME_COLUMNS]
    return (
        lines.filter("overdue")
        .join(shown, on="person_id", how="left", validate="m:1")
        .with_columns(blank)
        .select(TOUCHES_MISSING)
        .sort("owner", "queue_date", "person_id")
    )


def notices_due(decision: Decision, inputs: DecisionInputs) -> pl.DataFrame:
    """Who must still be told where their data came from (GDPR Art. 14), the earliest day first.

    Whoever said no is listed as well: the notice is owed to everybody whose data is held, and is no advertising. A
    point under which they said no is shown where they have no other, one that bounced never.
    """
    table = decision.table
    records = table.records.select("record_id", "person_id", "obtained_on")
    owed = notice_dates(records, table.countries, table.subjects, inputs)
    rows = table.subjects.rows
    shown = table.subjects.faces.select("person_id", "full_name", "company")
    sources = rows.group_by("person_id").agg(pl.col("source").unique().sort().str.join(", ").alias("sources"))
    verdicts = decision.people.select("person_id", pl.col("person_verdict").alias("verdict"))
    return (
        owed.join(shown, on="person_id", how="left", validate="1:1")
        .join(points_for_notices(decision), on="person_id", how="left", validate="1:1")
        .join(sources, on="person_id", how="left", validate="1:1")
        .join(verdicts, on="person_id", how="left", validate="1:1")
        .select(_NOTICES_DUE)
        .sort("due_on", "person_id")
    )
