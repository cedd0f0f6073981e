"""What a run hands to people: briefs to write, matches to look at, classes to find out, outcomes to report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.cadence import open_commitments
from policies.effects import Effect, Verdict
from policies.fact_table.law import notice_dates
from policies.fact_table.people import of_people
from policies.review import REVIEW
from policies.shown import conflicts_of, points_for_notices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["WORKLISTS", "briefs_wanted", "classes_wanted", "notices_due", "touches_missing"]

BRIEFS_WANTED: Final = (
    *("person_id", "full_name", "job_title", "company", "channel", "contact_point", "relationship", "warmth"),
    *("tier", "brief_state", "source", "asked_on", "asked_about"),
    "conflicts",
)
CLASS_WANTED: Final = ("company", "country", "people", "rules")
TOUCHES_MISSING: Final = ("owner", "person_id", "channel", "queue_date", "run_id", "expires_on", "overdue")
NOTICES_DUE: Final = (
    *("person_id", "full_name", "company", "email", "phone", "countries", "sources"),
    *("due_on", "overdue", "verdict"),
)

# The files of a run these frames are written to.
WORKLISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "briefs_wanted.csv": BRIEFS_WANTED,
    "review.csv": REVIEW,
    "class_wanted.csv": CLASS_WANTED,
    "touches_missing.csv": TOUCHES_MISSING,
}


def briefs_wanted(decision: Decision) -> pl.DataFrame:
    """People who may be contacted as soon as somebody has done the research, inquiries and the warmest first.

    Columns ``BRIEFS_WANTED``; ``tier`` is the one the relationship asks for, ``conflicts`` the fields in which the
    person's lists contradict each other, for whoever writes to find out (``why`` has the values).
    """
    table = decision.table
    wanted = decision.best.filter(pl.col("outcome") == Verdict.BRIEF_WANTED.value)
    shown = table.subjects.faces.select("person_id", "full_name", "job_title", "company")
    return (
        wanted.select("person_id", "record_id", "channel")
        .join(shown, on="person_id", how="left", validate="1:1")
        .join(
            table.points.select("record_id", "channel", pl.col("contact").alias("contact_point")),
            on=["record_id", "channel"],
            how="left",
            validate="1:1",
        )
        .join(
            table.people.select(
                "person_id", "relationship", "warmth", "brief_state", pl.col("brief_tier_wanted").alias("tier")
            ),
            on="person_id",
            how="left",
            validate="1:1",
        )
        .join(
            table.records.select("record_id", "source", "asked_on", "asked_about", "fit_score"),
            on="record_id",
            how="left",
            validate="m:1",
        )
        .join(_conflicting(decision, wanted.get_column("person_id")), on="person_id", how="left", validate="1:1")
        .sort(
            [pl.col("relationship") != "inquired", "warmth", "fit_score", "asked_on", "person_id"],
            descending=[False, True, True, False, False],
            nulls_last=True,
        )
        .select(BRIEFS_WANTED)
    )


def _conflicting(decision: Decision, people: pl.Series) -> pl.DataFrame:
    """``person_id, conflicts``: names of fields with blanks between them; nobody whose lists agree."""
    found = conflicts_of(decision, people).select("person_id", "field").unique(maintain_order=True)
    return found.group_by("person_id", maintain_order=True).agg(pl.col("field").str.join(" ").alias("conflicts"))


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
    """Queue lines of earlier days that nobody reported an outcome for. Columns ``TOUCHES_MISSING``."""
    subjects = decision.table.subjects
    touches, commitments = (of_people(frame, subjects, inputs) for frame in (inputs.touches, inputs.commitments))
    lines = open_commitments(
        commitments, touches, inputs.settings["cadence"], inputs.as_of, zone=inputs.organisation.timezone
    )
    return lines.filter("overdue").select(TOUCHES_MISSING).sort("owner", "queue_date", "person_id")


def notices_due(decision: Decision, inputs: DecisionInputs) -> pl.DataFrame:
    """Who must still be told where their data came from (GDPR Art. 14), the earliest day first; ``NOTICES_DUE``.

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
        .select(NOTICES_DUE)
        .sort("due_on", "person_id")
    )
