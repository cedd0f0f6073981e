"""How well we know somebody, and what that is worth: the warmest of what their lists, touches and consents say.

A relationship decides which brief is asked for, which channel comes first and how warm somebody is. It permits nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.cadence.contacts_made import local_date, ordered_touches
from policies.subjects import known_by, theirs_alone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.inputs import DecisionInputs
    from policies.subjects import Subjects

__all__ = ["answered_as", "relationships"]


def relationships(
    subjects: Subjects, records: pl.DataFrame, consents: pl.DataFrame, inputs: DecisionInputs
) -> pl.DataFrame:
    """``person_id, relationship, warmth, brief_tier_wanted, referred_by_list``, one row per person.

    ``records`` comes from :func:`policies.fact_table.records.record_facts`, ``consents`` from
    :func:`policies.permission.consent_states`. Only what is a person's own counts for them: a talk with one of several
    who share a number makes nobody else an acquaintance.
    """
    settings: Any = inputs.settings
    rules, brief = settings["relationship"], settings["brief"]
    said_of = [inputs.touches.get_column(name) for name in ("token", "person_id")]
    names = pl.concat([*said_of, inputs.referrals.get_column("token")]).drop_nulls().unique()
    people = known_by(subjects.records, inputs.tokens, subjects.generation, names)
    said = [
        *_by_lists(records, rules),
        _by_consents(subjects, consents),
        _by_answers(theirs_alone(inputs.touches, people), rules, inputs, settings["cadence"]["answers"]),
        _by_referrals(people, subjects, rules, inputs),
    ]
    order: list[str] = rules["order"]
    place = pl.col("as").replace_strict(order, list(range(len(order))), return_dtype=pl.Int64)
    warmest = pl.concat(said).group_by("person_id").agg(place.min().alias("place"))
    name = pl.col("place").replace_strict(list(range(len(order))), order, return_dtype=pl.String)
    return (
        warmest.select(
            "person_id",
            name.alias("relationship"),
            name.replace_strict(rules["warmth"], return_dtype=pl.Int64).alias("warmth"),
            name.replace_strict(brief["tier_by_relationship"], return_dtype=pl.String).alias("brief_tier_wanted"),
        )
        .join(_referred_by_lists(records, rules), on="person_id", how="left", validate="1:1")
        .sort("person_id")
    )


def _kind_of_list(rules: Mapping[str, Any]) -> pl.Expr:
    """What a list of a kind makes of the people on it."""
    return pl.col("source_kind").replace_strict(rules["by_source_kind"], default="cold", return_dtype=pl.String)


def _by_lists(records: pl.DataFrame, rules: Mapping[str, Any]) -> list[pl.DataFrame]:
    return [
        records.select("person_id", _kind_of_list(rules).alias("as")),
        _all(records.filter("customer"), "customer"),
    ]


def _referred_by_lists(records: pl.DataFrame, rules: Mapping[str, Any]) -> pl.DataFrame:
    """``person_id, referred_by_list``: whether a list of referrals names the person."""
    is_referral = (_kind_of_list(rules) == "referred").any()
    return records.group_by("person_id").agg(is_referral.alias("referred_by_list"))


def _by_consents(subjects: Subjects, consents: pl.DataFrame) -> pl.DataFrame:
    """Whoever gave a consent that is in force asked to hear from us."""
    given = consents.filter("consent_valid").select("record_id").unique()
    return _all(subjects.records.join(given, on="record_id", how="semi"), "inquired")


def _by_answers(
    touches: pl.DataFrame, rules: Mapping[str, Any], inputs: DecisionInputs, answers: list[str]
) -> pl.DataFrame:
    """What the last answer makes of the relationship: a conversation while it is fresh, then an acquaintance."""
    last = (
        ordered_touches(touches, frozenset(answers))
        .filter("is_answer")
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("outcome").last(), local_date("at", inputs.organisation.timezone).last().alias("on"))
    )
    known = answered_as("outcome", "on", pl.lit(inputs.queue_date), rules)
    return last.select("person_id", known.alias("as")).drop_nulls("as")


def answered_as(outcome: str, on: str, day: pl.Expr, rules: Mapping[str, Any]) -> pl.Expr:
    """What an answer makes of the relationship on a day: a conversation while it is fresh, then an acquaintance.

    ``outcome`` and ``on`` are the columns of the answer and its day, ``rules`` is ``[relationship]``. Null: the answer
    makes nothing of it, or is so old that whoever gave it is a stranger again.
    """
    kind = pl.col(outcome).replace_strict(rules["by_answer"], default=None, return_dtype=pl.String)
    return pl.when(kind.is_not_null()).then(
        pl.when(_is_within(on, rules["conversation_days"], day))
        .then(kind)
        .when(_is_within(on, rules["met_days"], day))
        .then(pl.lit(rules["after_conversation"]))
    )


def _by_referrals(
    people: pl.DataFrame, subjects: Subjects, rules: Mapping[str, Any], inputs: DecisionInputs
) -> pl.DataFrame:
    """Whom somebody named instead of themselves not long ago; nobody refers themselves.

    By a contact point, or by a full name that one person alone has at the company of whoever named it.
    """
    on = local_date("at", inputs.organisation.timezone)
    named = (
        inputs.referrals.filter(pl.col("outcome").is_in(rules["referring"]))
        .with_columns(on.alias("on"), pl.lit(None, dtype=pl.String).alias("person_id"))
        .filter(_is_within("on", rules["referral_days"], pl.lit(inputs.queue_date)))
    )
    by_whom = theirs_alone(inputs.touches, people).select("seq", "person_id")
    found = [
        theirs_alone(named.filter(~pl.col("of_name")), people).select("seq", "person_id"),
        _colleagues(named.filter("of_name"), by_whom, subjects, inputs.named),
    ]
    return _all(pl.concat(found).join(by_whom, on=["seq", "person_id"], how="anti"), "referred")


def _colleagues(named: pl.DataFrame, by_whom: pl.DataFrame, subjects: Subjects, of_name: pl.DataFrame) -> pl.DataFrame:
    """``seq, person_id`` of the one person of a name at the company of whoever named it."""
    works_at = subjects.faces.select("person_id", "company_key").filter(pl.col("company_key").str.len_chars() > 0)
    asked = by_whom.join(works_at, on="person_id").select("seq", "company_key")
    meant = (
        of_name.join(subjects.records.select("record_id", "person_id"), on="record_id")
        .join(works_at, on="person_id")
        .select("token", "person_id", "company_key")
    )
    found = named.select("seq", "token").join(asked, on="seq").join(meant, on=["token", "company_key"]).unique()
    return found.filter(pl.col("person_id").n_unique().over("seq") == 1).select("seq", "person_id").unique()


def _is_within(day: str, days: int, today: pl.Expr) -> pl.Expr:
    """Whether a day is fewer than so many days ago."""
    return pl.col(day).dt.offset_by(f"{int(days)}d") > today


def _all(people: pl.DataFrame, relationship: str) -> pl.DataFrame:
    """``person_id, as``: one relationship for all of them."""
    return people.select("person_id", pl.lit(relationship).alias("as"))
