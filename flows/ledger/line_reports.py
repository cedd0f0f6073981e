"""Reports on queue lines: of several on one line the newest counts, and all of them stay in the ledger.

A rep's file comes back more than once: at noon and in the evening, renamed, saved anew, corrected. Each file says all
there is to say of the lines filled in in it, so for every line the file recorded last is the one that counts: its
touches, and no others. What an earlier report said that stops somebody is an event of its own and stops them for good.
A note written down after a touch is a touch that takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import polars as pl

from flows.ledger.counting_anew import known_keys
from flows.ledger.decoding import decoded_events, text_columns
from flows.ledger.filed import SOURCE, file_of
from flows.ledger.model import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from flows.ledger.model import Cut, NewEvent

__all__ = ["new_reports", "touches_in_force"]

_Line: TypeAlias = "tuple[str, str]"  # person id and day of the queue

_BODY: Final = {
    **text_columns("person_id", "channel", "outcome", "rep", "callback_on", "queue_date", "report"),
    "has_note": pl.Boolean(),
    "instead_of": pl.Int64(),
    "source": SOURCE,
}
_LINE: Final = ("person_id", "queue_date")


def touches_in_force(connection: sa.Connection, cut: Cut) -> pl.DataFrame:
    """The touches that count, in their order: ``seq, kind, recorded_at, effective_at`` and what their bodies say."""
    every = decoded_events(connection, ("touch",), cut, _BODY).with_columns(file_of())
    made = every.filter(~pl.col("seq").is_in(every.get_column("instead_of").drop_nulls().implode()))
    answers = pl.all_horizontal(pl.col(name).is_not_null() for name in _LINE)
    newest = pl.col("file_sha256").eq_missing(pl.col("file_sha256").sort_by("seq").last().over(_LINE))
    return made.filter(~answers | newest).drop("source", "file_sha256")


def new_reports(connection: sa.Connection, files: Sequence[Sequence[NewEvent]]) -> list[NewEvent]:
    """The events of some files, one file after another, without what says of a line just what stands there already.

    A file that was recorded before says nothing anew, though it was corrected since. Only touches are left out, never a
    stop.
    """
    standing = _standing(connection)
    before = known_keys(connection, [event.dedup_key for events in files for event in events])
    found: list[NewEvent] = []
    for events in files:
        said: dict[_Line, set[str]] = {}
        for event in events:
            if event.dedup_key not in before and (line := _line_of(event)) is not None:
                said.setdefault(line, set()).add(event.body["report"])
        new = {line: reports for line, reports in said.items() if standing.get(line) != reports}
        found += [event for event in events if (line := _line_of(event)) is None or line in new]
        standing |= new
    return found


def _standing(connection: sa.Connection) -> dict[_Line, set[str]]:
    """What is reported of every line."""
    lines = touches_in_force(connection, EVERYTHING).drop_nulls([*_LINE, "report"])
    said = lines.group_by(_LINE).agg(pl.col("report").unique())
    return {(person, day): set(reports) for person, day, reports in said.select(*_LINE, "report").iter_rows()}


def _line_of(event: NewEvent) -> _Line | None:
    """The queue line that an event is a report on."""
    body = event.body
    return (body["person_id"], body["queue_date"]) if event.kind == "touch" and "report" in body else None
