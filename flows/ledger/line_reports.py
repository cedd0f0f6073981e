"""Reports on contacts: of several on one queue line the newest counts, and all of them stay in the ledger.

A rep's file comes back more than once: at noon and in the evening, renamed, saved anew, corrected. Each file says all
there is to say of the lines filled in in it, so for every line the file recorded last is the one that counts: its
touches, and no others. So it is for rows that answer no line and state the time of their contact: contact, channel,
rep and time make the occasion that they tell of.

What an earlier report said that stops somebody is an event of its own and stops them for good. A note written down
after a touch is a touch that takes its place, and stays with the line when a later file reports on that anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.counting_anew import known_keys
from flows.ledger.decoding import decoded_events, text_columns
from flows.ledger.filed import SOURCE, file_of
from flows.ledger.model import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import sqlalchemy as sa

    from flows.ledger.model import Cut, NewEvent

__all__ = ["STRICTEST_LAST", "in_turn", "new_reports", "touches_in_force"]

_BODY: Final = {
    **text_columns("person_id", "channel", "outcome", "rep", "callback_on", "queue_date", "occasion", "report"),
    "has_note": pl.Boolean(),
    "instead_of": pl.Int64(),
    "source": SOURCE,
}
# Outcomes by how long they keep a person from being contacted: of reports that nothing puts in order the last counts.
STRICTEST_LAST: Final = (
    *("call_back", "no_answer", "voicemail", "out_of_office", "replied", "connected", "meeting", "not_interested"),
    *("wrong_person", "left_company", "bounced", "complaint", "deceased", "asked_to_stop"),
)


def touches_in_force(connection: sa.Connection, cut: Cut) -> pl.DataFrame:
    """The touches that count, in their order: ``seq, kind, recorded_at, effective_at`` and what their bodies say.

    ``told_of`` is the line or occasion (null: neither), ``note_seq`` the newest note written down after a touch of it;
    ``has_note`` heeds that one.
    """
    told_of = pl.coalesce(pl.concat_str("person_id", "queue_date", separator=" "), "occasion")
    every = decoded_events(connection, ("touch",), cut, _BODY).with_columns(file_of(), told_of.alias("told_of"))
    grouped = pl.col("told_of").is_not_null()
    added = pl.when(grouped & pl.col("instead_of").is_not_null()).then("seq").max().over("told_of")
    newest = pl.col("file_sha256").eq_missing(pl.col("file_sha256").sort_by("seq").last().over("told_of"))
    standing = every.with_columns(pl.when(grouped).then(added).alias("note_seq"), (~grouped | newest).alias("newest"))
    replaced = every.get_column("instead_of").drop_nulls().implode()
    return (
        standing.filter(~pl.col("seq").is_in(replaced) & pl.col("newest"))
        .with_columns(pl.col("has_note") | pl.col("note_seq").is_not_null())
        .drop("source", "newest")
    )


def in_turn(files: Sequence[Sequence[NewEvent]]) -> list[list[NewEvent]]:
    """The events of files of which none is newer, in pieces to record one after another.

    Where several report on one line, the one by which the person is left alone the longest comes last and counts.
    """
    if len(files) == 1:
        return [list(files[0])]
    pieces: list[tuple[tuple[int, str], int, list[NewEvent]]] = []
    for number, events in enumerate(files):
        parts: dict[str | None, list[NewEvent]] = {}
        for event in events:
            parts.setdefault(_told_of(event), []).append(event)
        pieces += [((-1, "") if told is None else _rest(part), number, part) for told, part in parts.items()]
    return [part for _, _, part in sorted(pieces, key=lambda piece: piece[:2])]


def new_reports(connection: sa.Connection, files: Sequence[Sequence[NewEvent]]) -> list[NewEvent]:
    """The events of some files, one file after another, without what says of a line just what stands there already.

    A file that was recorded before says nothing anew, though it was corrected since. Only touches are left out, never a
    stop. What another file said before, and was corrected since, counts anew under a key of its own.
    """
    standing, heard = _standing(connection)
    before: set[str | None] = set(known_keys(connection, [event.dedup_key for events in files for event in events]))
    found: list[NewEvent] = []
    for events in files:
        told = [_anew(event, before, heard, standing) for event in events]
        said: dict[str, set[str]] = {}
        for event in told:
            if event.dedup_key not in before and (line := _told_of(event)) is not None:
                said.setdefault(line, set()).add(event.body["report"])
        new = {line: reports for line, reports in said.items() if standing.get(line) != reports}
        kept = [event for event in told if (line := _told_of(event)) is None or line in new]
        before.update(event.dedup_key for event in kept)
        found += kept
        standing |= new
    return found


def _anew(
    event: NewEvent, before: Collection[str | None], heard: Collection[str | None], standing: Collection[str]
) -> NewEvent:
    """A report on an occasion that is known by its key, as another file's word on it; any other event as it is."""
    file = (event.body.get("source") or {}).get("file_sha256")
    if event.dedup_key not in before or file in heard or event.body.get("occasion") not in standing:
        return event
    return replace(event, dedup_key=f"{event.dedup_key}:{file}")


def _standing(connection: sa.Connection) -> tuple[dict[str, set[str]], frozenset[str]]:
    """What is reported of every line and occasion, and the files that touches were recorded from."""
    every = decoded_events(connection, ("touch",), EVERYTHING, {"source": SOURCE}).select(file_of())
    lines = touches_in_force(connection, EVERYTHING).drop_nulls(["told_of", "report"])
    said = lines.group_by("told_of").agg(pl.col("report").unique())
    return (
        {told: set(reports) for told, reports in said.select("told_of", "report").iter_rows()},
        frozenset(every.get_column("file_sha256").drop_nulls()),
    )


def _told_of(event: NewEvent) -> str | None:
    """The queue line or occasion that an event is a report on, as in ``touches_in_force``."""
    body = event.body
    if event.kind != "touch" or "report" not in body:
        return None
    return str(body["occasion"]) if "occasion" in body else f"{body['person_id']} {body['queue_date']}"


def _rest(events: Sequence[NewEvent]) -> tuple[int, str]:
    """How long the strictest of some reports keeps the person from being contacted, to compare by."""
    return max((STRICTEST_LAST.index(event.body["outcome"]), event.body.get("callback_on") or "") for event in events)
