"""How often a company was contacted, over all its people, channels and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.cadence.caps import free_on, tightest
from policies.cadence.contacts_made import contacts_of, local_day, open_lines, ordered_touches
from policies.cadence.settings import read_cadence
from policies.schema import conform

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from policies.cadence.settings import CadenceSettings

__all__ = ["COMPANY_FACTS", "company_facts"]

COMPANY_FACTS: Final = pl.Schema(
    {
        "company_key": pl.String,
        "company_attempts_in_window": pl.Int64,
        "company_cap": pl.Int64,
        "company_free_on": pl.Date,
        "company_has_commitment": pl.Boolean,  # somebody there has an open commitment of an earlier day
        "company_commitment_expires_on": pl.Date,
    }
)


def company_facts(
    touches: pl.DataFrame,
    commitments: pl.DataFrame,
    people: pl.DataFrame,
    settings: Mapping[str, Any],
    as_of: datetime,
    *,
    zone: str,
) -> pl.DataFrame:
    """Cadence facts of every company in ``people``, under the contract ``COMPANY_FACTS``.

    Arguments as for :func:`policies.cadence.facts.touch_facts`; ``people`` has ``person_id, company_key`` (null: no
    company known). A touch counts once for a company, whoever and however many of its people it reached.
    """
    rules, today = read_cadence(settings), local_day(as_of, zone)
    staff = people.select("company_key", "person_id").drop_nulls().unique()
    known = ordered_touches(touches, rules.answers)
    lines = open_lines(commitments, known, rules, today, zone)
    contacts = contacts_of(known, lines).join(staff, on="person_id", how="inner").unique(["company_key", "unit"])
    waiting = (
        lines.join(staff, on="person_id", how="inner")
        .group_by("company_key")
        .agg(pl.col("expires_on").max().alias("company_commitment_expires_on"))
    )
    facts = (
        tightest(_limits(staff, rules), contacts, as_of, "company_key")
        .rename({"attempts_in_window": "company_attempts_in_window", "attempt_cap": "company_cap"})
        .join(waiting, on="company_key", how="left", validate="1:1")
        .with_columns(
            free_on("frees_at", as_of, zone).alias("company_free_on"),
            pl.col("company_commitment_expires_on").is_not_null().alias("company_has_commitment"),
        )
    )
    return conform(facts.sort("company_key"), COMPANY_FACTS)


def _limits(staff: pl.DataFrame, rules: CadenceSettings) -> pl.DataFrame:
    """``company_key, cap, hours``: our own limit; no country's law counts companies."""
    return (
        staff.select("company_key")
        .unique()
        .with_columns(
            pl.lit(rules.company_attempts, dtype=pl.Int64).alias("cap"),
            pl.lit(rules.window_days * 24, dtype=pl.Int64).alias("hours"),
            pl.lit(value=False).alias("is_law"),
        )
    )
