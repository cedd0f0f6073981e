"""How fast stops had their effect, here and elsewhere: what the report of a run says about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.reports.model import RecipientLine
from policies.latency import Terms, latencies

if TYPE_CHECKING:
    from flows.ledger import Ledger
    from flows.runs.situation import Situation
    from flows.workspace import Workspace
    from policies.evaluate import Decision

__all__ = ["LATENCY_DAYS", "StopFigures", "stop_figures"]

LATENCY_DAYS: Final = 30  # so far back the report looks, and further for what had no effect so far


@dataclass(frozen=True)
class StopFigures:
    """``latency`` (``LATENCY``) of the stops of the last ``days``; how many stops were void; how recipients stand."""

    latency: pl.DataFrame
    days: int
    voids: int
    recipients: tuple[RecipientLine, ...]


def stop_figures(ws: Workspace, ledger: Ledger, situation: Situation, decision: Decision) -> StopFigures:
    """Look up to the cut of a run, which is itself the first queue that heeds what came since the last one.

    What somebody said before there was this ledger could not be heeded by it: it arrived when it was recorded.
    """
    inputs = situation.inputs
    stops, began = ledger.stops(situation.cut), pl.lit(ledger.first_recorded_at())
    said = stops.with_columns(pl.when(pl.col("received_at") >= began).then("received_at").alias("received_at"))
    itself = pl.DataFrame({"events_seq": [situation.cut.seq], "at": [inputs.as_of]}, schema=ledger.heeded().schema)
    found = latencies(
        said,
        _countries(decision),
        pl.concat([ledger.heeded(), itself]),
        inputs.book.jurisdictions,
        Terms.of(inputs.settings["stop"]),
        inputs.as_of,
    )
    since = pl.lit(inputs.as_of - timedelta(days=LATENCY_DAYS))
    return StopFigures(
        latency=found.filter((pl.col("recorded_at") >= since) | pl.col("in_force_at").is_null()),
        days=LATENCY_DAYS,
        voids=ledger.counts(situation.cut).get("void", 0),
        recipients=_recipients(ws, ledger),
    )


def _countries(decision: Decision) -> pl.DataFrame:
    """``seq, country`` of the people each statement covers; null where a person has no sign of a country."""
    covered = decision.table.permission.suppressions.select("seq", "person_id").unique()
    return covered.join(decision.table.countries, on="person_id", how="left").select("seq", "country").unique()


def _recipients(ws: Workspace, ledger: Ledger) -> tuple[RecipientLine, ...]:
    """How every system stands that stops are carried to; nothing is looked up where there is none."""
    if not ws.settings.recipient:
        return ()
    from flows.propagation.files import ToCarry

    wanted = ToCarry(ws, ledger)
    states = [wanted.state(recipient) for recipient in ws.settings.recipient]
    return tuple(
        RecipientLine(one.name, one.format, one.within_hours, one.waiting, one.overdue, one.oldest_hours)
        for one in states
    )
