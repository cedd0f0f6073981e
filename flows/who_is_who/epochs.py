"""Epochs of a large workspace: what a full matching counted, kept, so that a new list is compared with it alone.

An epoch is made anew when there is none, when more than a fiftieth of its records came or went, and when the rules or
the program changed. Below a size none is used: a full matching takes seconds there.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.store.matching import keep_state, states, stored_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.workspace import Workspace
    from policies.identity import Matching
    from policies.identity.epoch import Epoch
    from policies.identity.model import Model

__all__ = ["LEAST_RECORDS", "matched_under_epoch", "renew_epoch"]

LEAST_RECORDS: Final = 50_000
_DRIFT: Final = 0.02  # of the epoch's records: counts taken at its beginning no longer hold
_MADE: Final = "made"


def matched_under_epoch(
    ws: Workspace, people: pl.DataFrame, model: Model, settings: Mapping[str, Any], judged: pl.DataFrame, digest: str
) -> Matching | None:
    """What matching finds under the epoch in force, or None where none serves; ``digest`` stands for the rules.

    ``people`` is ``PEOPLE``, ``judged`` ``JUDGEMENTS``. None also where the epoch is replaced while it is read.
    """
    if people.height < LEAST_RECORDS:
        return None
    from policies.identity.increments import increment
    from policies.identity.matching import whole

    try:
        for epoch in _epochs(ws, digest):
            came = _changes(epoch, people)
            if came is not None:
                changed = increment(epoch, *came, judged, model, settings)
                return whole(epoch, changed, judged, model)
    except (OSError, pl.exceptions.PolarsError):
        return None
    return None


def renew_epoch(ws: Workspace, people: pl.DataFrame, model: Model, settings: Mapping[str, Any], digest: str) -> None:
    """Make a new epoch of ``people`` where none serves. Needs the workspace lock."""
    if people.height < LEAST_RECORDS or any(_changes(epoch, people) is not None for epoch in _epochs(ws, digest)):
        return
    from policies.identity.epoch import content_of, open_epoch

    made = open_epoch(people, model, settings)
    content = people.select("record_id", content_of(people).alias("content")).sort("record_id")
    name = hashlib.sha256(f"{digest}:{content.write_csv()}".encode()).hexdigest()
    keep_state(ws, "epoch", name, {**made.frames(), _MADE: pl.DataFrame({"rules": [digest]})})


def _epochs(ws: Workspace, digest: str) -> list[Epoch]:
    """The epochs made under these rules by this program, the latest first."""
    from policies.identity.epoch import Epoch

    found = []
    for name in states(ws, "epoch"):
        frames = stored_state(ws, "epoch", name, lazy=True)
        if frames is not None and frames.pop(_MADE).collect().item() == digest:
            epoch = Epoch.of(frames)
            found += [epoch] if epoch.usable() else []
    return found


def _changes(epoch: Epoch, people: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series] | None:
    """Who came since the epoch was made and whose places in it are empty; None where these are too many."""
    from policies.identity.increments import arrivals

    arrived, gone = arrivals(epoch, people)
    return None if arrived.height + gone.len() > _DRIFT * epoch.statistics.records else (arrived, gone)
