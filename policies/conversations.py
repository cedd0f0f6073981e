"""Contacts made and what came of them: conversations are counted, activity is not (practice P12).

Each contact stands with the relationship of the day it was made on: whoever answers is "in conversation" from then on,
and would otherwise make every relationship but that one look fruitless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.cadence.contacts_made import local_date, ordered_touches
from policies.cadence.settings import read_cadence
from policies.fact_table.people import of_people
from policies.fact_table.relationship import answered_as
from policies.schema import conform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["CONTACTS_MADE", "contacts_made"]

# One row per contact made, without anything that says with whom or by whom.
CONTACTS_MADE: Final = pl.Schema(
    {
        "on": pl.Date(),  # day in the organisation's zone
        "channel": pl.String(),  # null: nobody wrote down which
        "outcome": pl.String(),
        "came_to": pl.String(),  # conversation | refusal | nothing
        "relationship": pl.String(),  # before the contact; null: nobody on a list any more
    }
)

# A plain no is an answer and no conversation, so that nobody is praised for being refused.
_REFUSALS: Final = ("not_interested", "asked_to_stop", "complaint")


def contacts_made(decision: Decision, inputs: DecisionInputs) -> pl.DataFrame:
    """Every contact made up to the instant of the decision: ``CONTACTS_MADE``, in an order of content alone.

    A contact under an address that several people use is one contact; the warmest of them counts.
    """
    relationship: Any = inputs.settings["relationship"]
    rules, zone = read_cadence(inputs.settings["cadence"]), inputs.organisation.timezone
    known = ordered_touches(of_people(inputs.touches, decision.table.subjects, inputs), rules.answers)
    warmest = _warmest(known, _from_lists(decision, relationship), relationship, zone)
    came_to = (
        pl.when(pl.col("outcome").is_in(sorted(rules.conversations)))
        .then(pl.lit("conversation"))
        .when(pl.col("outcome").is_in(_REFUSALS))
        .then(pl.lit("refusal"))
        .otherwise(pl.lit("nothing"))
    )
    made = (
        inputs.touches.unique("seq")
        .filter(pl.col("at") <= pl.lit(inputs.as_of))
        .join(warmest, on="seq", how="left", validate="1:1")
        .with_columns(local_date("at", zone).alias("on"), came_to.alias("came_to"))
    )
    return conform(made, CONTACTS_MADE).sort(CONTACTS_MADE.names(), nulls_last=True)


def _from_lists(decision: Decision, relationship: Mapping[str, Any]) -> pl.DataFrame:
    """``person_id, place``: how well lists and accounts alone say that we know each person, 0 being the warmest."""
    by_kind = pl.col("source_kind").replace_strict(relationship["by_source_kind"], default="cold")
    known = pl.when("customer").then(pl.lit("customer")).otherwise(by_kind)
    said = pl.concat(
        decision.table.records.select("person_id", _place(word, relationship).alias("place"))
        for word in (known, by_kind)
    )
    return said.group_by("person_id").agg(pl.col("place").min())


def _warmest(
    touches: pl.DataFrame, from_lists: pl.DataFrame, relationship: Mapping[str, Any], zone: str
) -> pl.DataFrame:
    """``seq, relationship`` before each touch, as the queue of its day would have judged it by lists and answers.

    ``touches`` comes from :func:`ordered_touches`.
    """
    order: list[str] = relationship["order"]
    answered = pl.col("is_answer")
    before = [
        pl.when(answered).then(value).shift(1).forward_fill().over("person_id").alias(name)
        for name, value in (("answer", pl.col("outcome")), ("answered_on", local_date("at", zone)))
    ]
    spoke = answered_as("answer", "answered_on", local_date("at", zone), relationship)
    return (
        touches.with_columns(before)
        .with_columns(_place(spoke, relationship).alias("spoke"))
        .join(from_lists, on="person_id", how="left", validate="m:1")
        .group_by("seq")
        .agg(pl.min_horizontal("place", "spoke").min().alias("place"))
        .select(
            "seq",
            pl.col("place")
            .replace_strict(list(range(len(order))), order, default=None, return_dtype=pl.String)
            .alias("relationship"),
        )
    )


def _place(word: pl.Expr, relationship: Mapping[str, Any]) -> pl.Expr:
    order: list[str] = relationship["order"]
    return word.replace_strict(order, list(range(len(order))), default=None, return_dtype=pl.Int64)
