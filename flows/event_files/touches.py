"""Touch files, and the rep's own queue file with its outcome columns filled in; a blank line says nothing.

A rep's file comes back as a spreadsheet saved it: days as its country writes them, numbers without their plus. A line
of a queue names its person and its day by itself, so what a program made of the contact point does not matter there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from flows.event_files.reading import EventContext, EventReading, Row, read_rows
from flows.event_files.salvage import salvaged_stop
from flows.event_files.sheet_times import day_first
from flows.event_files.tables import load_table
from flows.event_files.touch_times import When, named_day, queue_day, when
from flows.event_files.words import held_or_stopped, known_word
from flows.ledger.chain import canonical, instant_text
from flows.ledger.contacts import Contact, reachable_in, read_contact
from flows.ledger.touch_events import Touch, touch_events
from flows.ledger.vocabulary import CHANNELS, OUTCOMES, checked
from policies.errors import UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from flows.event_files.tables import EventTable
    from flows.ledger.model import NewEvent

__all__ = ["read_touches"]

# A line of a queue is known by one of these; they tell one day's line from another's.
_OF_A_QUEUE: Final = ("not_before", "valid_until", "queue_date")
_TEXTS: Final = ("said", "next_step", "callback_on", "referred_to")
_NAMES: Final = {
    "contact": ("contact", "contact_point", "email", "phone", "value"),
    "person_id": ("person_id",),
    "channel": ("channel",),
    "at": ("at",),
    "outcome": ("outcome",),
    "rep": ("rep", "owner"),
    **{name: (name,) for name in (*_TEXTS, *_OF_A_QUEUE)},
}
_MEANWHILE: Final = "Nobody is contacted on the strength of it: a refusal counts as one, anything else holds meanwhile."
_DIGITS: Final = re.compile(r"[1-9]\d{6,14}")  # a number in E.164 whose plus a spreadsheet took off
_REACHABLE: Final = ("email", "phone")


@dataclass(frozen=True, slots=True)
class _File:
    """What the rows of one file tell about each other."""

    day_first: bool | None  # how its days with slashes are written; None: unknown
    unknown: frozenset[str]  # person ids in it that are nobody's


def read_touches(path: Path, context: EventContext) -> EventReading:
    """Read a touch file or a rep's queue file.

    Raises ``RefusedFile``: ``columns_missing``, and what the readers refuse.
    """
    table = load_table(path, _NAMES)
    table.require("contact|person_id", "outcome")
    days = (cell for name in ("at", "callback_on") for cell in _cells(table, name))
    file = _File(day_first(days), _unknown(table, context))
    return read_rows(table, context, partial(_touch_of, file), salvaged_stop)


def _cells(table: EventTable, field: str) -> list[str]:
    """The filled cells of a field, trimmed."""
    if field not in table.columns:
        return []
    return [bare for cell in table.frame.get_column(table.columns[field]) if (bare := (cell or "").strip())]


def _unknown(table: EventTable, context: EventContext) -> frozenset[str]:
    """Person ids of the file that no published run knows; none where nobody can tell."""
    named = frozenset(_cells(table, "person_id"))
    return named - context.known_people(named) if named and context.known_people is not None else frozenset()


def _touch_of(file: _File, row: Row) -> list[NewEvent] | None:
    """The events of one row; a stop counts even where the rest of the row does not hold."""
    if row.text("outcome") is None:
        return _without_outcome(row)
    outcome = known_word(row, "outcome", OUTCOMES, _MEANWHILE)
    line = queue_day(row, _OF_A_QUEUE)
    person = _person(row, file)
    contact = _contact(row, of_line=line is not None and person is not None)
    if contact is None and person is None:
        return [] if row.problems else _nobody(row)
    at = when(row, line, day_first=file.day_first)
    if outcome is None:
        return held_or_stopped(row, "outcome", [contact] if contact else [], _apart(row, at, line))
    made = Touch(
        at=at.at,
        outcome=outcome,
        contacts=[contact] if contact else [],
        person_id=person,
        channel=_channel(row),
        rep=row.short("rep"),
        said=row.text("said"),
        next_step=row.text("next_step"),
        callback_on=named_day(row, "callback_on", at, day_first=file.day_first),
        referred_to=row.text("referred_to"),
        referred=reachable_in(row.text("referred_to"), row.context.lists, row.context.country),
        undated=at.stated is None,
        line=_apart(row, at, line),
        line_formerly=_formerly_apart(row, at),
        queue_date=line if person else None,
        source=row.source,
    )
    found = touch_events(row.context.keyring, made, row.context.lists)
    return found if not row.problems else [event for event in found if event.kind != "touch"]


def _without_outcome(row: Row) -> list[NewEvent] | None:
    """A line nobody filled in says nothing; one with a note and no outcome was forgotten half way."""
    if all(row.text(name) is None for name in _TEXTS):
        return None
    words = ", ".join(dict.fromkeys(OUTCOMES.values()))
    row.problem("outcome_missing", "Something is noted, but not what came of the contact.", f"Write one of: {words}.")
    return []


def _nobody(row: Row) -> list[NewEvent]:
    row.required("contact")
    return []


def _person(row: Row, file: _File) -> str | None:
    """The person a row names by id; an id that is nobody's is a problem where nothing else says who is meant."""
    person = row.person_id()
    if person not in file.unknown:
        return person
    if row.text("contact") is None:
        row.problem(
            "unknown_person", "No published run knows a person of this id.", "Copy it from a queue, or name a contact."
        )
    return None


def _contact(row: Row, *, of_line: bool) -> Contact | None:
    """The contact a row names. On a queue's line, whose person is known, one that cannot be read is left out."""
    if of_line:
        return _readable(row)
    contact = row.contact("contact")
    if contact is not None and contact.kind == "domain":
        row.problem("contact_kind", "A domain cannot be contacted.", "Write the very contact point.")
        return None
    return contact


def _readable(row: Row) -> Contact | None:
    text = row.text("contact") or ""
    try:
        found = read_contact(f"+{text}" if _DIGITS.fullmatch(text) else text, row.context.lists, row.context.country)
    except UsageError:
        return None
    return found if found.kind in _REACHABLE else None


def _channel(row: Row) -> str | None:
    text = row.text("channel")
    try:
        return checked("channel", text, CHANNELS) if text else None
    except UsageError as error:
        row.problems.append(error)
        return None


def _apart(row: Row, at: When, line: date | None) -> str:
    """What tells a touch from another: its time, unless it answers a queue's line or has none of its own."""
    stated = instant_text(at.stated) if at.stated else None
    if line is not None:
        return canonical({"queue_date": line.isoformat(), "at": stated})
    return stated or canonical({"file": row.file_sha256, "row": row.number})


def _formerly_apart(row: Row, at: When) -> str:
    """What told a queue's line from another before lines were known by their day."""
    return (row.text("not_before") if at.stated is None else None) or _apart(row, at, None)
