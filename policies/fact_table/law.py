"""Facts that depend on the country: is its law on file, is an implied route to consent open, is a notice due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.cadence.contacts_made import local_date
from policies.fact_table.people import of_people

if TYPE_CHECKING:
    from datetime import date

    from policies.inputs import DecisionInputs
    from policies.rulebook import Rulebook
    from policies.subjects import Subjects

__all__ = ["implied_consents", "law_facts", "law_table", "notice_dates"]

# Which implied route to consent a list of a kind can open; membership counts for the association itself only.
_ROUTE_OF_KIND: Final = {"inquiry": "inquiry", "membership": "own_membership"}

_LAW: Final = pl.Schema(
    {
        "country": pl.String,
        "jurisdiction_on_file": pl.Boolean,
        "notice_months": pl.Int64,  # null: the country asks for no notice
        "inquiry": pl.Int64,  # months an implied consent lasts by route; null: no such route
        "own_membership": pl.Int64,
    }
)


def law_table(book: Rulebook, on: date) -> pl.DataFrame:
    """One row per country on file with what the law facts need."""
    rows = []
    for code, country in sorted(book.jurisdictions.items()):
        version = country.at(on)
        if version is not None:
            months = version.consent.expiry_months
            rows.append(
                (code, True, version.notice.due_months, *(months.get(route) for route in _ROUTE_OF_KIND.values()))
            )
    return pl.DataFrame(rows, schema=_LAW, orient="row")


def law_facts(
    records: pl.DataFrame, countries: pl.DataFrame, subjects: Subjects, inputs: DecisionInputs
) -> pl.DataFrame:
    """One row per record and country of its person: ``record_id, country`` and the three facts.

    ``records`` comes from :func:`policies.fact_table.records.record_facts`, ``countries`` has ``person_id, country``
    with null for a person without any signal.
    """
    today = pl.lit(inputs.queue_date)
    law = law_table(inputs.book, inputs.queue_date)
    since = _since(records)
    told = _told(since, subjects, inputs)
    due = _notice_due_on() < today
    return (
        records.select("record_id", "person_id", "source_kind", "own_list", "obtained_on", "asked_on")
        .join(countries, on="person_id", how="left")
        .join(law, on="country", how="left", validate="m:1")
        .join(since, on="person_id", how="left", validate="m:1")
        .join(told, on="person_id", how="left", validate="m:1")
        .select(
            "record_id",
            "country",
            pl.col("jurisdiction_on_file").fill_null(value=False),
            _implied_until(today).ge(today).fill_null(value=False).alias("implied_consent"),
            (due & pl.col("told").is_null()).fill_null(value=False).alias("notice_overdue"),
        )
    )


def notice_dates(
    records: pl.DataFrame, countries: pl.DataFrame, subjects: Subjects, inputs: DecisionInputs
) -> pl.DataFrame:
    """``person_id, countries, due_on, overdue`` of everybody who must still get the notice; frames as in `law_facts`.

    The country that asks for it first counts; ``due_on`` is null where nobody knows since when we have their data.
    """
    law = law_table(inputs.book, inputs.queue_date).drop_nulls("notice_months")
    since = _since(records)
    return (
        countries.join(law, on="country", how="inner", validate="m:1")
        .join(since, on="person_id", how="inner", validate="m:1")
        .join(_told(since, subjects, inputs), on="person_id", how="anti")
        .group_by("person_id")
        .agg(
            pl.col("country").unique().sort().str.join(", ").alias("countries"), _notice_due_on().min().alias("due_on")
        )
        .with_columns((pl.col("due_on") < pl.lit(inputs.queue_date)).fill_null(value=False).alias("overdue"))
        .sort("due_on", "person_id")
    )


def implied_consents(records: pl.DataFrame, countries: pl.DataFrame, inputs: DecisionInputs) -> pl.DataFrame:
    """``record_id, implied_until``: the last day of the consent that a country of the person implies, if not over.

    Frames as in :func:`law_facts`. Of several countries the one whose term ends first counts.
    """
    today = pl.lit(inputs.queue_date)
    return (
        records.select("record_id", "person_id", "source_kind", "own_list", "obtained_on", "asked_on")
        .join(countries, on="person_id", how="left")
        .join(law_table(inputs.book, inputs.queue_date), on="country", how="inner", validate="m:1")
        .group_by("record_id")
        .agg(_implied_until(today).min().alias("implied_until"))
        .filter(pl.col("implied_until") >= today)
        .sort("record_id")
    )


def _since(records: pl.DataFrame) -> pl.DataFrame:
    """``person_id, first_obtained_on``: since when we have the data of each person."""
    return records.group_by("person_id").agg(pl.col("obtained_on").min().alias("first_obtained_on"))


def _notice_due_on() -> pl.Expr:
    """The last day on which the notice is in time."""
    return pl.col("first_obtained_on").dt.offset_by(pl.format("{}mo", pl.col("notice_months")))


def _told(since: pl.DataFrame, subjects: Subjects, inputs: DecisionInputs) -> pl.DataFrame:
    """``person_id, told`` of everybody who got the notice since we first had their data, and not only from tomorrow."""
    nobody = pl.lit(None, dtype=pl.String).alias("person_id")
    sent = of_people(inputs.notices.with_columns(nobody), subjects, inputs)
    sent_on = local_date("sent_at", inputs.organisation.timezone)
    return (
        sent.join(since, on="person_id", how="inner", validate="m:1")
        .filter(sent_on.is_between("first_obtained_on", pl.lit(inputs.queue_date)))
        .select("person_id", pl.lit(value=True).alias("told"))
        .unique()
    )


def _implied_until(today: pl.Expr) -> pl.Expr:
    """The last day an implied consent holds: the day it arose, plus the country's term for the route.

    A day nobody knows, or one still to come, opens no route: an inquiry counts from the day the person asked, a
    membership of our own from the day of the list; a purchase would need a date of its own, which no list brings yet.
    """
    kind = pl.col("source_kind")
    since = (
        pl.when(kind == "inquiry")
        .then("asked_on")
        .when((kind == "membership") & pl.col("own_list"))
        .then("obtained_on")
    )
    months = pl.coalesce(
        pl.when(kind == source_kind).then(pl.col(route)) for source_kind, route in _ROUTE_OF_KIND.items()
    )
    return pl.when(since <= today).then(since.dt.offset_by(pl.format("{}mo", months)))
