"""When the permission to contact somebody runs out, so that research starts where little time is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from policies.fact_table.law import implied_consents

if TYPE_CHECKING:
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["permission_ends"]


def permission_ends(points: pl.DataFrame, decision: Decision, inputs: DecisionInputs) -> pl.DataFrame:
    """``record_id, channel, permission_ends_on``: the last day on which each contact point may be used as today.

    ``points`` has ``record_id, channel``, one row per contact point. The first of these counts: the end of the list's
    source contract, that of the consent under this very contact point, and, where there is no such consent, that of the
    consent the law of a country implies. Null where nothing runs out.
    """
    table = decision.table
    of_list = inputs.contracts.select("source", "file_sha256", "contract_ends_on")
    of_point = table.points.select("record_id", "channel", "consent_valid", "consent_ends_on")
    implied = implied_consents(table.records, table.countries, inputs)
    return (
        points.select("record_id", "channel")
        .join(table.records.select("record_id", "source", "file_sha256"), on="record_id", how="left", validate="m:1")
        .join(of_list, on=["source", "file_sha256"], how="left", validate="m:1")
        .join(of_point, on=["record_id", "channel"], how="left", validate="1:1")
        .join(implied, on="record_id", how="left", validate="m:1")
        .with_columns(pl.when("consent_valid").then("consent_ends_on").otherwise("implied_until").alias("own_end"))
        .select("record_id", "channel", pl.min_horizontal("contract_ends_on", "own_end").alias("permission_ends_on"))
    )
