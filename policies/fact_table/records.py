"""Facts of a record: its source contract, its company and the person's role there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.fact_table.protected import protected_facts
from policies.fit import fit_facts, former_records
from policies.organisations import is_free_mail, recipient_class
from policies.titles import title_facts

if TYPE_CHECKING:
    from policies.inputs import DecisionInputs
    from policies.subjects import Subjects

__all__ = ["SOURCE_FACTS", "record_facts"]

SOURCE_FACTS: Final = (
    "source_kind",
    "purpose_in_contract",
    "third_party_marketing",
    "own_list",
    "solicitation_forbidden",
    "membership_reveals",
    "membership_doubt",
    "lawful_basis",
    "assessment_on_file",
    "contract_expired",
    "contract_approved",
    "contract_incomplete",
    "contract_missing",
)


def record_facts(subjects: Subjects, countries: pl.DataFrame, inputs: DecisionInputs) -> pl.DataFrame:
    """One row per record: keys, contact values and every fact that does not depend on channel, law or time.

    ``countries`` has ``person_id, country``. Adds the source facts, ``channels_in_contract``, the facts of fit
    (:func:`policies.fit.fit_facts`) and ``minor, school_address, recipient_class`` to the columns of ``RECORDS``.
    ``seniority, function, sector, employees`` are what the person's lists say together.
    """
    settings: Any = inputs.settings
    of_source = inputs.contracts.select("source", "file_sha256", "channels_in_contract", *SOURCE_FACTS)
    titles = title_facts(subjects.records.get_column("job_title"), settings["titles"])
    own = (
        subjects.records.with_columns(pl.col("sector").str.strip_chars().str.to_lowercase())
        .join(of_source, on=["source", "file_sha256"], how="left", validate="m:1")
        .join(titles, on="job_title", how="left", validate="m:1", nulls_equal=True)
        .with_columns(protected_facts(inputs.queue_date, settings["lists"]))
    )
    former = former_records(own, subjects.survivors)
    fit = fit_facts(own, former, countries, settings, inputs.organisation.domains)
    return (
        own.drop("seniority", "function", "sector", "employees")
        .join(fit, on="record_id", how="left", validate="1:1")
        .with_columns(_class(settings["legal_forms"], settings["lists"]))
    )


def _class(legal_forms: dict[str, Any], lists: dict[str, Any]) -> pl.Expr:
    """The legal class of the recipient: what the accounts file says goes before what the company's name shows."""
    free_mail = is_free_mail(pl.col("email_domain"), lists)
    from_name = recipient_class(pl.col("company"), pl.col("role_mailbox"), legal_forms, free_mail)
    corporate = pl.when("role_mailbox").then(pl.lit("corporate_generic")).otherwise(pl.lit("corporate_named"))
    return (
        pl.when(pl.col("legal_class") == "corporate")
        .then(corporate)
        .when(pl.col("legal_class") == "sole_trader")
        .then(pl.lit("sole_trader"))
        .otherwise(from_name)
        .alias("recipient_class")
    )
