"""Facts that depend on the country: is its law on file, is an implied route to consent open, is a notice due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.fact_table.people import of_people

if TYPE_CHECKING:
    from datetime import date

    from policies.inputs import DecisionInputs
    from policies.rulebook import Rulebook
    from policies.subjects import Subjects

__all__ = ["countries_in_force", "law_facts", "law_table"]

# Which implied route to consent a list of a kind can open; membership counts for the association itself only.
ROUTE_OF_KIND: Final = {"inquiry": "inquiry", "customers": "purchase", "membership": "own_membership"}

_LAW: Final = pl.Schema(
    {
        "country": pl.String,
        "jurisdiction_on_file": pl.Boolean,
        "notice_months": pl.Int64,  # null: the country asks for no notice
        "inquiry": pl.Int64,  # months an implied consent lasts by route; null: no such route
        "purchase": pl.Int64,
        "own_membership": pl.Int64,
    }
)


def countries_in_force(book: Rulebook, on: date) -> frozenset[str]:
    """Codes of the countries whose law is on file on a day."""
    countries = ((code, country) for code, country in book.jurisdictions.items() if not country.is_layer)
    return frozenset(code for code, country in countries if country.at(on) is not None)


def law_table(book: Rulebook, on: date) -> pl.DataFrame:
    """One row per country on file with what the law facts need."""
    rows = []
    for code, country in sorted(book.jurisdictions.items()):
        version = country.at(on)
        if version is not None:
            months = version.consent.expiry_months
            rows.append(
                (code, True, version.notice.due_months, *(months.get(route) for route in ROUTE_OF_KIND.values()))
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
    since = records.group_by("person_id").agg(pl.col("obtained_on").min().alias("first_obtained_on"))
    told = of_people(inputs.notices.with_columns(pl.lit(None, dtype=pl.String).alias("person_id")), subjects, inputs)
    due = pl.col("first_obtained_on").dt.offset_by(pl.format("{}mo", pl.col("notice_months"))) < today
    return (
        records.select("record_id", "person_id", "source_kind", "own_list", "obtained_on", "asked_on")
        .join(countries, on="person_id", how="left")
        .join(law, on="country", how="left", validate="m:1")
        .join(since, on="person_id", how="left", validate="m:1")
        .join(
            told.select("person_id", pl.lit(value=True).alias("told")).unique(),
            on="person_id",
            how="left",
            validate="m:1",
        )
        .select(
            "record_id",
            "country",
            pl.col("jurisdiction_on_file").fill_null(value=False),
            _implied_until().ge(today).fill_null(value=False).alias("implied_consent"),
            (due & pl.col("told").is_null()).fill_null(value=False).alias("notice_overdue"),
            pl.col("told").fill_null(value=False).alias("notice_sent"),
        )
    )


def _implied_until() -> pl.Expr:
    """The last day an implied consent holds: the asking, or the list, plus the country's term for the route."""
    kind = pl.col("source_kind")
    since = pl.when(kind == "inquiry").then(pl.coalesce("asked_on", "obtained_on")).otherwise("obtained_on")
    ours = (kind != "membership") | pl.col("own_list")
    months = pl.coalesce(
        pl.when((kind == source_kind) & ours).then(pl.col(route)) for source_kind, route in ROUTE_OF_KIND.items()
    )
    return since.dt.offset_by(pl.format("{}mo", months))
