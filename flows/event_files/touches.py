"""Touch files, and the rep's own queue file with its outcome columns filled in; a blank outcome says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.event_files.reading import EventContext, EventReading, Row, read_rows
from flows.event_files.salvage import salvaged_stop
from flows.event_files.tables import load_table
from flows.event_files.words import held_or_stopped, known_word
from flows.ledger.chain import canonical, instant_text
from flows.ledger.touch_events import Touch, touch_events
from flows.ledger.vocabulary import CHANNELS, OUTCOMES, checked
from policies.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger.model import NewEvent

__all__ = ["read_touches"]

# A rep's queue file is known by this column; its lines tell one day from another, those of other files do not.
_OF_A_QUEUE: Final = "not_before"
_NAMES: Final = {
    "contact": ("contact", "contact_point", "email", "phone", "value"),
    "person_id": ("person_id",),
    "channel": ("channel",),
    "at": ("at",),
    "outcome": ("outcome",),
    "rep": ("rep", "owner"),
    **{name: (name,) for name in ("said", "next_step", "callback_on", "referred_to", _OF_A_QUEUE)},
}
_MEANWHILE: Final = "Nobody is contacted on the strength of it: a refusal counts as one, anything else holds meanwhile."


def read_touches(path: Path, context: EventContext) -> EventReading:
    """Read a touch file or a rep's queue file.

    Raises ``RefusedFile``: ``columns_missing``, and what the readers refuse.
    """
    table = load_table(path, _NAMES)
    table.require("contact|person_id", "outcome")
    return read_rows(table, context, _touch_of, salvaged_stop)


def _touch_of(row: Row) -> list[NewEvent] | None:
    """The events of one row; a stop counts even where the rest of the row does not hold."""
    if row.text("outcome") is None:
        return None
    outcome = known_word(row, "outcome", OUTCOMES, _MEANWHILE)
    contact = row.contact("contact")
    if contact is not None and contact.kind == "domain":
        row.problem("contact_kind", "A domain cannot be contacted.", "Write the very contact point.")
        contact = None
    if contact is None and row.person_id() is None:
        return [] if row.problems else _nobody(row)
    stated = row.instant("at")
    if outcome is None:
        said = instant_text(stated) if stated else _line(row)
        return held_or_stopped(row, "outcome", [contact] if contact else [], said)
    made = Touch(
        at=stated or row.context.now,
        outcome=outcome,
        contacts=[contact] if contact else [],
        person_id=row.person_id(),
        channel=_channel(row),
        rep=row.short("rep"),
        said=row.text("said"),
        next_step=row.text("next_step"),
        callback_on=row.day("callback_on"),
        referred_to=row.text("referred_to"),
        undated=stated is None,
        line=_line(row),
        source=row.source,
    )
    found = touch_events(row.context.keyring, made, row.context.lists)
    return found if not row.problems else [event for event in found if event.kind != "touch"]


def _nobody(row: Row) -> list[NewEvent]:
    row.required("contact")
    return []


def _channel(row: Row) -> str | None:
    text = row.text("channel")
    try:
        return checked("channel", text, CHANNELS) if text else None
    except UsageError as error:
        row.problems.append(error)
        return None


def _line(row: Row) -> str:
    """What tells a touch without a time from another: the day's queue it stands in, else the file it came in."""
    if row.text(_OF_A_QUEUE) is not None:
        return row.cells[_OF_A_QUEUE].strip()
    return canonical({"file": row.file_sha256, "row": row.number})
