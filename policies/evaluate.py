"""The one pass that puts a decision together: facts, rules, outcomes, places in the queue, verdicts with reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.cadence import blocked_owners, open_commitments
from policies.cadence.allocation import allocate
from policies.cadence.contacts_made import local_date
from policies.cadence.settings import read_cadence
from policies.cadence.windows import days_with_window
from policies.decision.colleagues import waiting_companies
from policies.decision.outcomes import best_points, outcomes_of_points, person_outcomes, reaching
from policies.decision.outputs import erased_reasons, reasons_frame
from policies.decision.review_dates import next_reviews
from policies.effects import Effect, Stage, Verdict
from policies.fact_table.people import of_people
from policies.fact_table.table import FactTable, gather, with_late_facts
from policies.rulebook import Rule, in_force, judge, waive

if TYPE_CHECKING:
    from policies.identity import Generation
    from policies.inputs import DecisionInputs
    from policies.standing import Standing

__all__ = ["OWN_WORD", "Decision", "decide"]

# Words of the person that end the matter: nothing but permission is computed about them any more.
OWN_WORD: Final = ("opted_out", "objected", "complained", "erased")
_FIRED: Final = ("record_id", "person_id", "channel", "rule", "stage", "reach", "effect")
_DATES: Final = (
    "attempts_free_on",
    "cooling_off_until",
    "commitment_expires_on",
    "company_free_on",
    "company_waits_until",
)


@dataclass(frozen=True)
class Decision:
    """What a run concluded, before it has an id.

    ``people``: ``person_id, person_verdict, reasons, channels, next_review_on``, one row per person. ``best``: the
    contact point each person would be reached under, with its outcome. ``places``: who holds which place in the queue
    (``ALLOCATION``). ``reasons``: a ``REASONS`` frame. ``reached``: every rule that fired (``rule`` is an index into
    ``rules``) with every contact point it reaches. ``outcomes``: one row per contact point. ``waived``: what a waiver
    lifted (``rule_id, person_id``), to be counted apart.
    """

    table: FactTable
    people: pl.DataFrame
    best: pl.DataFrame
    places: pl.DataFrame
    reasons: pl.DataFrame
    reached: pl.DataFrame
    outcomes: pl.DataFrame
    waived: pl.DataFrame
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class _Round:
    """Rules judged over a fact table: what fired, and how far it reaches."""

    facts: pl.DataFrame
    fired: pl.DataFrame
    reached: pl.DataFrame
    waived: pl.DataFrame


def decide(inputs: DecisionInputs, found: Standing | None = None) -> Decision:
    """Decide about every person on the active lists; the result depends on ``inputs`` alone.

    Rules that read late facts (budgets, one person per company) are judged once everybody else's outcome is known.
    ``found`` is what ``standing_of`` says of the same inputs, where that is known already.
    """
    table = gather(inputs, found)
    rules = in_force(inputs.book, inputs.queue_date)
    early = _judged(table.facts, rules, table, inputs, late=False)
    places = _places(table, early, inputs)
    late = _judged(with_late_facts(table.facts, places), rules, table, inputs, late=True)
    reached = pl.concat([early.reached, late.reached])
    outcomes = outcomes_of_points(reached, table.points)
    best = best_points(outcomes, _preference(table, inputs))
    reasons = [reasons_frame(part.facts, part.fired, rules) for part in (early, late)]
    reasons.append(erased_reasons(inputs.records, rules))
    return Decision(
        table=table,
        people=_people(outcomes, reached, best, rules, _with_waits(table, places), inputs),
        best=best,
        places=places,
        reasons=pl.concat(reasons).sort("subject", "channel", "rule_id"),
        reached=reached,
        outcomes=outcomes,
        waived=pl.concat([early.waived, late.waived]).unique().sort("rule_id", "person_id"),
        rules=rules,
    )


def _judged(
    facts: pl.DataFrame, rules: tuple[Rule, ...], table: FactTable, inputs: DecisionInputs, *, late: bool
) -> _Round:
    """Judge the early or the late rules; about people who said no, only permission rules count."""
    chosen = [(index, rule) for index, rule in enumerate(rules) if rule.late == late]
    asked = [rule for _, rule in chosen]
    stands, lifted = waive(judge(facts, asked), facts, asked, inputs.book.waivers, inputs.queue_date)
    about = pl.DataFrame(
        [(place, index, rule.id, rule.stage.value, rule.reach) for place, (index, rule) in enumerate(chosen)],
        schema={"place": pl.UInt16, "rule": pl.UInt16, "rule_id": pl.String, "stage": pl.String, "reach": pl.String},
        orient="row",
    )
    keys = facts.select("row", "record_id", "person_id", "channel", pl.any_horizontal(OWN_WORD).alias("said_no"))
    fired, waived = (
        found.rename({"rule": "place"})
        .join(about, on="place", how="inner", validate="m:1")
        .join(keys, on="row", how="inner", validate="m:1")
        .filter(~pl.col("said_no") | (pl.col("stage") == Stage.PERMISSION.value))
        for found in (stands, lifted)
    )
    return _Round(
        facts=facts,
        fired=fired.select("row", *_FIRED),
        reached=reaching(fired.select(_FIRED), table.points),
        waived=waived.select("rule_id", "person_id").unique(),
    )


def _places(table: FactTable, early: _Round, inputs: DecisionInputs) -> pl.DataFrame:
    """Give out the day's places among those whom nothing else speaks against."""
    outcomes = outcomes_of_points(early.reached, table.points)
    best = best_points(outcomes, _preference(table, inputs))
    eligible = best.filter(pl.col("outcome") == Verdict.QUEUED.value)
    candidates = (
        eligible.select("person_id", "record_id", "channel")
        .join(
            table.points.select("record_id", "channel", pl.col("contact").str.to_lowercase()),
            on=["record_id", "channel"],
            validate="1:1",
        )
        .join(
            table.people.select(
                *("person_id", "warmth", "company_key", "callback_rep", "last_rep"),
                pl.col("callback_promised").alias("callback"),
            ),
            on="person_id",
            validate="1:1",
        )
        .join(
            table.records.select(
                "record_id",
                "source",
                "fit_score",
                pl.col("account_tier").alias("tier"),
                pl.col("account_owner").alias("owner_hint"),
            ),
            on="record_id",
            validate="m:1",
        )
    )
    touches, commitments = (of_people(frame, table.subjects, inputs) for frame in (inputs.touches, inputs.commitments))
    handed_out = _handed_out(inputs, touches, table.subjects.generation, candidates).join(
        table.people.select("person_id", "company_key"), on="person_id", how="left", validate="m:1"
    )
    waiting = open_commitments(
        commitments, touches, inputs.settings["cadence"], inputs.as_of, zone=inputs.organisation.timezone
    )
    return allocate(
        candidates,
        [(rep.name, rep.daily_budget) for rep in inputs.reps],
        handed_out=handed_out,
        blocked_owners=blocked_owners(waiting, inputs.settings["cadence"]),
        busy_companies=waiting_companies(table, best, waiting, inputs),
    )


def _with_waits(table: FactTable, places: pl.DataFrame) -> FactTable:
    """The table with ``company_waits_until`` of people whose company waits for a colleague."""
    waits = places.select("person_id", "company_waits_until")
    return replace(table, people=table.people.join(waits, on="person_id", how="left", validate="1:1"))


def _handed_out(
    inputs: DecisionInputs, touches: pl.DataFrame, generation: Generation, candidates: pl.DataFrame
) -> pl.DataFrame:
    """Lines of the day that are taken: worked on, begun, or standing for somebody still eligible.

    The place of a line whose hours never came is free again once its person must leave the queue. One that has begun
    may have been used by its rep: it uses up its place for the day.
    """
    worked_on = touches.filter(local_date("at", inputs.organisation.timezone) >= inputs.queue_date)
    done = pl.col("person_id").is_in(worked_on.get_column("person_id").unique().implode())
    eligible = pl.col("person_id").is_in(candidates.get_column("person_id").implode())
    lines = inputs.day_queue.with_columns(generation.resolve(pl.col("person_id")))
    taken = (
        lines.filter(done | pl.col("begun") | (pl.col("standing") & eligible))
        .select("person_id", "owner")
        .sort("person_id", "owner")
    )
    return taken.unique("person_id", keep="first", maintain_order=True)


def _preference(table: FactTable, inputs: DecisionInputs) -> pl.DataFrame:
    """``record_id, channel, preference``: the channel the relationship asks for, then the best contact point.

    Customers and warm contacts are called, the others get a short e-mail first (practice P11).
    """
    relationship: Any = inputs.settings["relationship"]
    call_first: list[str] = relationship["call_first"]
    best = table.subjects.survivors.select(
        "record_id", pl.col("field").alias("channel"), pl.lit(value=True).alias("best")
    )
    kept = table.subjects.rows.filter("kept").select("record_id", pl.lit(value=True).alias("kept")).unique()
    wants_call = pl.col("relationship").is_in(call_first)
    return (
        table.points.select("record_id", "person_id", "channel")
        .join(table.people.select("person_id", "relationship"), on="person_id", how="left", validate="m:1")
        .join(best, on=["record_id", "channel"], how="left", validate="1:1")
        .join(kept, on="record_id", how="left", validate="m:1")
        .join(table.records.select("record_id", "obtained_on"), on="record_id", how="left", validate="m:1")
        .with_columns((wants_call == (pl.col("channel") == "phone")).alias("wanted"))
        .sort(
            ["wanted", "best", "kept", "obtained_on", "record_id", "channel"],
            descending=[True, True, True, True, False, False],
            nulls_last=True,
        )
        .with_row_index("preference")
        .select("record_id", "channel", "preference")
    )


def _people(
    outcomes: pl.DataFrame,
    reached: pl.DataFrame,
    best: pl.DataFrame,
    rules: tuple[Rule, ...],
    table: FactTable,
    inputs: DecisionInputs,
) -> pl.DataFrame:
    """One row per person with the verdict, every reason, the channels nothing forbids, and the next review."""
    rule_ids = pl.DataFrame(
        {"rule": pl.Series(range(len(rules)), dtype=pl.UInt16), "rule_id": [rule.id for rule in rules]},
        schema={"rule": pl.UInt16, "rule_id": pl.String},
    )
    reasons = (
        reached.join(rule_ids, on="rule", validate="m:1")
        .group_by("person_id")
        .agg(pl.col("rule_id").unique().sort().alias("reasons"))
    )
    permitted = (
        outcomes.filter(pl.col("permission") < Effect.HOLD.value)
        .group_by("person_id")
        .agg(pl.col("channel").unique().sort().alias("channels"))
    )
    reviews = _reviews(reached, best, rules, table, inputs)
    nothing = pl.lit(pl.Series([[]], dtype=pl.List(pl.String))).first()
    return (
        person_outcomes(outcomes)
        .join(reasons, on="person_id", how="left", validate="1:1")
        .join(permitted, on="person_id", how="left", validate="1:1")
        .join(reviews, on="person_id", how="left", validate="1:1")
        .with_columns(pl.coalesce("reasons", nothing), pl.coalesce("channels", nothing))
    )


def _reviews(
    reached: pl.DataFrame, best: pl.DataFrame, rules: tuple[Rule, ...], table: FactTable, inputs: DecisionInputs
) -> pl.DataFrame:
    """``person_id, next_review_on`` of everybody deferred: the first day without today's reasons, with a window."""
    dates = table.points.select("record_id", "channel", "person_id", _a_day_before("next_window_on")).join(
        table.people.select("person_id", *_DATES, _a_day_before("callback_on")),
        on="person_id",
        how="left",
        validate="m:1",
    )
    approach_days = read_cadence(inputs.settings["cadence"]).new_approach_days
    ends = next_reviews(best, reached, rules, dates, inputs.queue_date, new_approach_days=approach_days)
    named = table.people.select("person_id", pl.when("callback_promised").then("callback_on").alias("from_on"))
    waiting = (
        ends.rename({"next_review_on": "on"})
        .join(table.places, on="person_id", how="left", validate="1:1")
        .join(named, on="person_id", how="left", validate="1:1")
    )
    days = days_with_window(waiting, table.hours, inputs.as_of, inputs.organisation.timezone)
    return days.rename({"on": "next_review_on"})


def _a_day_before(theirs: str) -> pl.Expr:
    """A day of their calendar as the first of ours on which it may begin; the search for a window finds which."""
    return pl.col(theirs).dt.offset_by("-1d")
