"""Which companies wait because somebody there has an open line or named a day, and until when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from policies.cadence.settings import read_cadence
from policies.effects import Verdict

if TYPE_CHECKING:
    from datetime import date

    from policies.fact_table.table import FactTable
    from policies.inputs import DecisionInputs

__all__ = ["waiting_companies"]


def waiting_companies(
    table: FactTable, best: pl.DataFrame, lines: pl.DataFrame, inputs: DecisionInputs
) -> dict[str, date]:
    """Companies where somebody has an open line or waits for a day they named, with the first day without it.

    ``best`` comes from :func:`policies.decision.outcomes.best_points`, ``lines`` from
    :func:`policies.cadence.open_commitments`.
    """
    lasting = pl.concat(
        [lines.select("person_id", pl.col("expires_on").alias("over_on")), _promised(table, best, inputs)]
    )
    found = (
        table.people.select("person_id", "company_key")
        .drop_nulls()
        .join(lasting, on="person_id", how="inner")
        .group_by("company_key")
        .agg(pl.col("over_on").max())
        .sort("company_key")
    )
    return dict(found.iter_rows())


def _promised(table: FactTable, best: pl.DataFrame, inputs: DecisionInputs) -> pl.DataFrame:
    """``person_id, over_on`` of whoever waits for the day they named: until then their colleagues are left in peace.

    Not for good: a day far ahead keeps nobody back yet, one so long past that its queue line would have expired does no
    more, nor one of somebody who may not be contacted at all.
    """
    settings: Any = inputs.settings
    rules = read_cadence(settings["cadence"])
    first = inputs.queue_date - timedelta(days=rules.commitment_expiry_days - 1)
    last = inputs.queue_date + timedelta(days=rules.promise_holds_company_days)
    closed = best.filter(pl.col("outcome").is_in([Verdict.SUPPRESSED.value, Verdict.UNFIT.value]))
    return (
        table.people.filter("callback_promised", pl.col("callback_on").is_between(first, last))
        .join(closed, on="person_id", how="anti")
        .select("person_id", pl.col("callback_on").dt.offset_by("1d").alias("over_on"))
    )
