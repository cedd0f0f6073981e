"""Before lists are taken in: what a stop was inferred from that no run has committed yet is written down.

A link between two records is as strong as their likeness is rare, so a newer list may take it away, or part records
that were one person. What the last run found stays a tie until the next one, and what a stop crossed by then for good
(:mod:`policies.identity.ties`). What was found after the last run is kept nowhere: whom a stop reached by it is named
here by an event of their own, before the list counts (law 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.filing.spread import inferred_stops, spread_of_stops
from flows.runs.manifest import read_manifest
from flows.runs.run_id import lists_part
from flows.store import active_lists, load_generation
from policies.errors import TactfulError
from policies.permission import SAID_STOP

if TYPE_CHECKING:
    from flows.ledger import Ledger, NewEvent
    from flows.workspace import Workspace
    from policies.identity import Generation

__all__ = ["unsettled_spread"]

_PAIR: Final = ["record_a", "record_b"]
_SAY_STOP: Final = (*SAID_STOP, "consent", "optout_snapshot")  # kinds of events: a consent may be a withdrawal


def unsettled_spread(ws: Workspace, ledger: Ledger) -> list[NewEvent]:
    """What to append before lists are taken in: an event for each word and record it reaches by what no run committed.

    Nothing where the last run saw these very lists. Appending twice changes nothing. Needs the workspace lock.
    """
    published = ledger.publications()
    nothing_said = not any(ledger.counts().get(kind) for kind in _SAY_STOP)
    if nothing_said or not active_lists(ws) or (published.height and _saw_all(ws, published["run_id"][-1])):
        return []
    name = published["identity_generation"][-1] if published.height else None
    committed = load_generation(ws, name, pairs=True)
    known, stops = inferred_stops(ws, ledger)
    return spread_of_stops(ledger, known, _unsettled(stops, committed))


def _saw_all(ws: Workspace, run_id: str) -> bool:
    """Whether a run was decided about the lists that are active now."""
    try:
        told = read_manifest(ws.run_folder(run_id))["depends_on"]["lists"]
    except (TactfulError, ValueError, KeyError, TypeError):
        return False
    return bool(told == lists_part(active_lists(ws)))


def _unsettled(stops: pl.DataFrame, committed: Generation) -> pl.DataFrame:
    """Those of some stops (:func:`flows.filing.spread.inferred_stops`) that do not follow from a generation as it is.

    One does where whoever said it and the record it reaches were one person, or where a link it crossed was found
    between these two people.
    """
    pairs = [committed.crossed.select(_PAIR)]
    if committed.links is not None:
        pairs.append(committed.links.select(_PAIR))
    found = pl.concat(pairs).unique().with_columns(pl.lit(value=True).alias("found"))
    ends = ("record_id", "via_record_id", "crossed_from", "crossed_to")
    told = stops.with_columns(
        pl.min_horizontal("crossed_from", "crossed_to").alias("record_a"),
        pl.max_horizontal("crossed_from", "crossed_to").alias("record_b"),
        committed.resolve(pl.col("tied_to")).alias("tied_to"),
    ).join(found, on=_PAIR, how="left", validate="m:1")
    for end in ends:
        person = committed.assignments.select(pl.col("record_id").alias(end), pl.col("person_id").alias(f"of_{end}"))
        told = told.join(person, on=end, how="left", validate="m:1")
    speaker = pl.coalesce("of_via_record_id", "tied_to")
    one_person = pl.col("crossed_to").is_null() & (speaker == pl.col("of_record_id"))
    over_link = (
        pl.col("found") & (speaker == pl.col("of_crossed_from")) & (pl.col("of_crossed_to") == pl.col("of_record_id"))
    )
    return told.filter(~(one_person | over_link).fill_null(value=False))
