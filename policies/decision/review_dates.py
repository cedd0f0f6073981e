"""When to look at a deferred person again: the day on which the last of the reasons against today is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.effects import Effect, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from policies.rulebook import Rule

__all__ = ["next_reviews"]

# Which date ends the matter that a fact is about. Facts that wait for another day's budget end with the next day, as
# does the place of a colleague in today's queue.
DATE_OF_FACT: Final = {
    "window_open": "next_window_on",
    "attempts_in_window": "attempts_free_on",
    "cooling_off": "cooling_off_until",
    "callback_pending": "callback_on",
    "open_commitment": "commitment_expires_on",
    "company_attempts_in_window": "company_free_on",
    "over_budget": "next_day",
    "owner_blocked": "next_day",
    "company_has_other_today": "company_waits_until",
}


def next_reviews(
    best: pl.DataFrame,
    reached: pl.DataFrame,
    rules: Sequence[Rule],
    dates: pl.DataFrame,
    queue_date: date,
    *,
    new_approach_days: int,
) -> pl.DataFrame:
    """``person_id, next_review_on`` for people whose best contact point is deferred; never before the next day.

    ``best`` has ``person_id, record_id, channel, outcome``; ``reached`` comes from
    :func:`policies.decision.outcomes.reaching`, ``rule`` being an index into ``rules``; ``dates`` has ``person_id,
    record_id, channel`` and the date columns of ``DATE_OF_FACT``. Where nothing says when (all attempts are used up), a
    new approach may be considered after ``new_approach_days``.
    """
    tomorrow = queue_date + timedelta(days=1)
    unknown = queue_date + timedelta(days=new_approach_days)
    endings = _endings(rules)
    run_out = _run_out(rules)
    ends_tomorrow = pl.lit(tomorrow).alias("next_day"), pl.col("company_waits_until").fill_null(tomorrow)
    long = dates.with_columns(*ends_tomorrow).unpivot(
        index=["record_id", "channel"], on=sorted(set(DATE_OF_FACT.values())), variable_name="ends", value_name="on"
    )
    deferred = best.filter(pl.col("outcome") == "deferred").select("person_id", "record_id", "channel")
    against = reached.filter((pl.col("stage") == Stage.CADENCE.value) & (pl.col("effect") == Effect.DENY.value))
    latest = (
        deferred.join(against.select("record_id", "channel", "rule"), on=["record_id", "channel"], how="left")
        .join(endings, on="rule", how="left")
        .join(long, on=["record_id", "channel", "ends"], how="left")
        .join(run_out, on="rule", how="left")
        .group_by("person_id", "rule")
        .agg(pl.min_horizontal(pl.col("on").max(), pl.col("over_on").max()).fill_null(unknown).alias("on"))
        .group_by("person_id")
        .agg(pl.col("on").max())
    )
    return latest.select("person_id", pl.max_horizontal("on", pl.lit(tomorrow)).alias("next_review_on")).sort(
        "person_id"
    )


def _run_out(rules: Sequence[Rule]) -> pl.DataFrame:
    """``rule, over_on``: the first day on which a rule of limited time holds no longer."""
    rows = [(index, rule.until + timedelta(days=1)) for index, rule in enumerate(rules) if rule.until is not None]
    return pl.DataFrame(rows, schema={"rule": pl.UInt16, "over_on": pl.Date}, orient="row")


def _endings(rules: Sequence[Rule]) -> pl.DataFrame:
    """``rule, ends``: the date columns that end what each rule is about."""
    rows = [
        (index, DATE_OF_FACT[column])
        for index, rule in enumerate(rules)
        for column in sorted(set(rule.columns) & DATE_OF_FACT.keys())
    ]
    return pl.DataFrame(rows, schema={"rule": pl.UInt16, "ends": pl.String}, orient="row")
