"""The worklist of research: whom to write a brief about, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.brief.settings import read_brief_settings
from policies.cadence.contacts_made import local_date
from policies.effects import Effect, Stage, Verdict
from policies.shown import conflicts_of
from policies.worklists.inquiries import inquiries
from policies.worklists.permission_ends import permission_ends

if TYPE_CHECKING:
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["BRIEFS_WANTED", "briefs_wanted"]

BRIEFS_WANTED: Final = (
    *("person_id", "full_name", "job_title", "company", "channel", "contact_point", "relationship", "warmth"),
    *("tier", "brief_state", "source", "asked_on", "asked_about"),
    *("answer_by", "permission_ends_on", "waiting_since", "waiting_days", "contact_from"),
    *("account_tier", "account_owner", "fit_score", "fit_parts", "conflicts"),
)
_INQUIRED: Final = "inquired"
# Days on which a pause or a full cap ends; nobody researches today whom nobody may contact for weeks.
_PAUSES: Final = ("attempts_free_on", "cooling_off_until", "callback_on", "commitment_expires_on", "company_free_on")


def briefs_wanted(decision: Decision, inputs: DecisionInputs) -> pl.DataFrame:
    """People who may be contacted as soon as somebody has done the research. Columns ``BRIEFS_WANTED``.

    Who asked us something comes first, customers too: those who can still be answered in time (``answer_by``) by the
    day, then those already late, first whose permission ends first. Then the warmest, and of these the best fit and
    whoever waits longest. Whoever may not be contacted before ``contact_from`` (a pause, a full cap) comes last.

    ``tier`` is the one the relationship asks for; ``permission_ends_on`` is the last day of what the contact rests on;
    ``waiting_since`` the day from which, as far as days are known, only the brief was missing; ``conflicts`` are the
    fields in which the person's lists contradict each other (``why`` has the values).
    """
    wanted = decision.best.filter(pl.col("outcome") == Verdict.BRIEF_WANTED.value)
    found = (
        wanted.select("person_id", "record_id", "channel", pl.col(Stage.CADENCE.value).alias("pause"))
        .join(_about(decision), on="person_id", how="left", validate="1:1")
        .join(_of_record(decision), on="record_id", how="left", validate="m:1")
        .join(_of_point(decision), on=["record_id", "channel"], how="left", validate="1:1")
        .join(permission_ends(wanted, decision, inputs), on=["record_id", "channel"], how="left", validate="1:1")
        .join(
            inquiries(decision.table.records, decision.table.people, inputs),
            on="person_id",
            how="left",
            validate="1:1",
        )
        .join(_first_seen(decision), on="person_id", how="left", validate="1:1")
        .join(_last_brief_until(decision, inputs), on="person_id", how="left", validate="1:1")
        .join(_conflicting(decision, wanted.get_column("person_id")), on="person_id", how="left", validate="1:1")
    )
    return _in_order(_with_waits(found, inputs), inputs).select(BRIEFS_WANTED)


def _about(decision: Decision) -> pl.DataFrame:
    """What is shown of each person, and how well we know them."""
    table = decision.table
    shown = table.subjects.faces.select("person_id", "full_name", "job_title", "company")
    known = table.people.select(
        *("person_id", "relationship", "warmth", "brief_state", "brief_id", "last_touch_on", *_PAUSES),
        pl.col("brief_tier_wanted").alias("tier"),
    )
    return known.join(shown, on="person_id", how="left", validate="1:1")


def _of_record(decision: Decision) -> pl.DataFrame:
    """Where the record came from, and what speaks for the company and the role."""
    return decision.table.records.select(
        "record_id", "source", "account_tier", "account_owner", "fit_score", "fit_parts"
    )


def _of_point(decision: Decision) -> pl.DataFrame:
    return decision.table.points.select(
        *("record_id", "channel", "consent_valid", "consent_captured_at"), pl.col("contact").alias("contact_point")
    )


def _first_seen(decision: Decision) -> pl.DataFrame:
    """``person_id, first_seen_on``: since when a run has known the person."""
    assigned = decision.table.subjects.generation.assignments
    return assigned.group_by("person_id").agg(pl.col("first_seen_on").min())


def _last_brief_until(decision: Decision, inputs: DecisionInputs) -> pl.DataFrame:
    """``person_id, brief_until``: the last day on which a brief that is too old now was not."""
    days = read_brief_settings(inputs.settings["brief"]).shelf_life_days
    written = inputs.briefs.select("brief_id", pl.col("written_on") + pl.duration(days=days)).unique("brief_id")
    stale = decision.table.people.filter(pl.col("brief_state") == "stale").select("person_id", "brief_id")
    return stale.join(written, on="brief_id", how="left", validate="m:1").select(
        "person_id", pl.col("written_on").alias("brief_until")
    )


def _with_waits(found: pl.DataFrame, inputs: DecisionInputs) -> pl.DataFrame:
    """Add ``waiting_since, waiting_days, contact_from``; who asked waits since they asked."""
    today = pl.lit(inputs.queue_date)
    consented = pl.when("consent_valid").then(local_date("consent_captured_at", inputs.organisation.timezone))
    missing = pl.max_horizontal("first_seen_on", consented, "brief_until", "last_touch_on")
    since = pl.min_horizontal(pl.when(pl.col("answer_by").is_not_null()).then("asked_on").otherwise(missing), today)
    pauses = [pl.when(pl.col(name) > today).then(name) for name in _PAUSES]
    paused = pl.col("pause") == Effect.DENY.value
    return found.with_columns(
        since.alias("waiting_since"),
        (today - since).dt.total_days().alias("waiting_days"),
        pl.when(paused).then(pl.max_horizontal(pauses)).alias("contact_from"),
    )


def _in_order(found: pl.DataFrame, inputs: DecisionInputs) -> pl.DataFrame:
    """Inquiries first, then the warmest and best fitting; see :func:`briefs_wanted`."""
    asked = (pl.col("relationship") == _INQUIRED) & pl.col("asked_on").is_not_null()
    asks = asked | pl.col("answer_by").is_not_null()
    late = pl.col("answer_by") < pl.lit(inputs.queue_date)
    keys: list[tuple[pl.Expr, bool]] = [
        (pl.col("contact_from").is_not_null(), False),
        (~asks, False),
        (pl.when(asks).then(pl.when(late).then(1).when(~late).then(0).otherwise(2)), False),
        (pl.when(asks & ~late).then("answer_by"), False),
        (pl.when(asks).then("permission_ends_on"), False),
        (pl.col("warmth"), True),
        (pl.col("fit_score"), True),
        (pl.col("waiting_since"), False),
        (pl.col("person_id"), False),
    ]
    return found.sort([key for key, _ in keys], descending=[down for _, down in keys], nulls_last=True)


def _conflicting(decision: Decision, people: pl.Series) -> pl.DataFrame:
    """``person_id, conflicts``: names of fields with blanks between them; nobody whose lists agree."""
    found = conflicts_of(decision, people).select("person_id", "field").unique(maintain_order=True)
    return found.group_by("person_id", maintain_order=True).agg(pl.col("field").str.join(" ").alias("conflicts"))
