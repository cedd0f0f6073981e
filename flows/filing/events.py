"""Filing events: opt-outs, touches, consents and notices, all files of a kind as one batch.

The statements of a batch are recorded in the order in which they hold, not in the order of files or rows, so that
neither changes what comes of them (law 2).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from flows.clock import now
from flows.event_files import EventContext, read_consents, read_notices, read_touches
from flows.event_files.bulk import read_optouts_of_any_length
from flows.event_files.unpacked import salvaged_file
from flows.files import sha256_file
from flows.filing.bulk_lists import record_bulk_list, would_record_list
from flows.filing.deliveries import as_delivery, put_away, record_delivery
from flows.filing.known_people import known_person_ids
from flows.filing.model import FileOutcome
from flows.filing.rejects import write_rejects
from flows.ledger.contacts import ContactLists
from flows.ledger.line_reports import in_turn, new_reports
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from flows.event_files import EventReading
    from flows.ledger import Ledger, NewEvent
    from flows.workspace import Workspace

__all__ = ["EVENT_KINDS", "EventFile", "read_events", "record_events", "would_record"]

_READERS: Final = {
    "optouts": read_optouts_of_any_length,
    "touches": read_touches,
    "consents": read_consents,
    "notices": read_notices,
}
EVENT_KINDS: Final = tuple(_READERS)


@dataclass(frozen=True, slots=True)
class EventFile:
    """One file of events as read, not yet recorded; ``feed`` is the opt-out feed it was dropped for."""

    path: Path
    kind: str
    feed: str | None
    sha256: str
    reading: EventReading
    read_at: datetime

    def outcome(self) -> FileOutcome:
        """What becomes of the file: every row is accepted, rejected or blank, and counts once."""
        refused, flaw = self.reading.rejects.height, self.reading.flaw
        return FileOutcome(
            name=self.path.name,
            kind=self.kind,
            sha256=self.sha256,
            rows=self.reading.rows,
            accepted=self.reading.rows - refused - self.reading.blank,
            rejected=refused,
            kept=self.reading.kept,
            not_understood=self.reading.not_understood,
            passed=dict(self.reading.passed),
            status="accepted" if flaw is None else "quarantined",
            code=flaw.code if flaw else None,
            message=flaw.message if flaw else None,
            fix=flaw.fix if flaw else None,
        )


def read_events(
    ws: Workspace, ledger: Ledger, lists: Mapping[str, Any], path: Path, kind: str, feed: str | None = None
) -> EventFile:
    """Read one file of a kind of ``EVENT_KINDS``; ``lists`` are the word lists of the rulebook.

    Raises ``RefusedFile`` for a file that cannot be taken.
    """
    delivered = feed if kind == "optouts" else None
    context = EventContext(
        keyring=ledger.keyring,
        now=now(ws.settings),
        zone=ws.settings.organisation.timezone,
        lists=ContactLists.of(lists),
        feed=delivered,
        synonyms=dict(lists.get("header_synonyms", {})),
        words=lists,
        own_domains=frozenset(ws.settings.organisation.domains),
        known_people=partial(known_person_ids, ws, ledger),
    )
    reading = as_delivery(ws, ledger, delivered, path, _read(kind, path, context))
    return EventFile(path, kind, delivered, sha256_file(path), reading, context.now)


def _read(kind: str, path: Path, context: EventContext) -> EventReading:
    """Read a file; of one of opt-outs that is refused, whoever stands in it opts out all the same."""
    try:
        return _READERS[kind](path, context)
    except RefusedFile as why:
        found = salvaged_file(path, context, why) if kind == "optouts" else None
        if found is None:
            raise
        return found


def record_events(ws: Workspace, ledger: Ledger, files: Sequence[EventFile]) -> None:
    """Append the events of a batch of files of one kind, then put their refused rows and originals in place.

    Events come first: an interruption after that repeats what is known already. The same file again changes nothing.
    """
    ledger.append(_events_of(ledger, files))
    # what does not count first: of several files of a feed the whole one is its newest
    for file in sorted(files, key=lambda file: file.reading.flaw is None):
        record_delivery(ws, ledger, file.feed, file.sha256, file.reading)
        write_rejects(ws, ledger, file.kind, file.sha256, file.reading.rejects)
        put_away(ws, file.path, file.sha256, file.reading.flaw)


def would_record(ledger: Ledger, file: EventFile) -> dict[str, int]:
    """How many events of each kind recording a file would write; nothing is written."""
    found = Counter(ledger.not_yet_recorded(file.reading.events))
    if file.reading.bulk is not None:
        found += Counter(would_record_list(ledger, file.reading.bulk, file.sha256))
    return dict(sorted(found.items()))


def _events_of(ledger: Ledger, files: Sequence[EventFile]) -> list[NewEvent]:
    """The events of a batch in the order in which they are recorded."""
    if any(file.kind == "touches" for file in files):
        return _touches_of(ledger, files)
    events = [event for file in files for event in (*_of_bulk_list(ledger, file), *file.reading.events)]
    return sorted(events, key=_in_order)


def _touches_of(ledger: Ledger, files: Sequence[EventFile]) -> list[NewEvent]:
    """Touches file by file, for the last one that reports on a queue line is the one that counts.

    A file of a day grows with the day: of several dropped at once the one with more lines filled in is the later. Of
    those with as many the stricter word on a line counts.
    """
    later_last = sorted(files, key=lambda file: (file.reading.counted, file.sha256))
    alike = [list(some) for _, some in groupby(later_last, key=lambda file: file.reading.counted)]
    by_file = [
        part for some in alike for part in in_turn([sorted(file.reading.events, key=_in_order) for file in some])
    ]
    events = ledger.ask(lambda connection: new_reports(connection, by_file))
    return sorted(events, key=lambda event: event.kind == "doubt")


def _of_bulk_list(ledger: Ledger, file: EventFile) -> list[NewEvent]:
    """Record a bulk list; the events of it that are to be recorded one by one."""
    if file.reading.bulk is None:
        return []
    source = {"file_sha256": file.sha256, "feed": file.feed}
    stated = {name: text for name, text in source.items() if text is not None}
    return record_bulk_list(ledger, file.reading.bulk, stated, file.read_at)


def _in_order(event: NewEvent) -> tuple[bool, datetime, str]:
    """Doubts last: what is said in the same batch, whichever row came first, never settles one."""
    return event.kind == "doubt", event.effective_at, event.dedup_key or ""
