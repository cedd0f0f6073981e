"""A note written down after the conversation: it goes to that conversation and is no contact of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from flows.ledger.said_again import as_recorded
from flows.ledger.screening import contact_tokens, lookup_tokens
from flows.ledger.touch_events import noted_touch
from flows.store import active_lists, load_generation, load_records
from policies.errors import UsageError
from policies.subjects import known_by, theirs_alone

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.ledger import Ledger, NewEvent
    from flows.ledger.contacts import Contact
    from flows.workspace import Workspace

__all__ = ["Note", "note_event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What there is to add to the last conversation."""

    said: str | None = field(default=None, repr=False)
    next_step: str | None = field(default=None, repr=False)
    referred_to: str | None = field(default=None, repr=False)


def note_event(ws: Workspace, ledger: Ledger, contact: Contact, note: Note, conversations: Collection[str]) -> NewEvent:
    """The last conversation with whom a contact is, again, with the note; without any, the last contact made.

    ``conversations`` are the outcomes that are one. Raises ``UsageError`` ``no_contact_made`` where nothing was ever
    recorded with them.
    """
    made = _touches_with(ws, ledger, contact)
    talks = made.filter(pl.col("outcome").is_in(sorted(conversations)))
    numbers = (made if talks.is_empty() else talks).sort("at", "seq").get_column("seq")
    seq = int(numbers[-1]) if len(numbers) else 0
    recorded = ledger.ask(lambda connection: as_recorded(connection, seq))
    if recorded is None:
        raise UsageError(
            "no_contact_made",
            "No contact with them is recorded that this could be a note of.",
            "Say what came of it as well, such as --outcome connected.",
        )
    texts = {"said": note.said, "next_step": note.next_step, "referred_to": note.referred_to}
    return noted_touch(ledger.keyring, seq, recorded, texts)


def _touches_with(ws: Workspace, ledger: Ledger, contact: Contact) -> pl.DataFrame:
    """The touches in force with whoever a contact is: the person on the lists, else under the contact itself."""
    touches = ledger.touches()
    direct = touches.filter(
        (pl.col("person_id") == contact.value)
        | pl.col("token").is_in(sorted(lookup_tokens(ledger.keyring, contact.kind, contact.value)))
    )
    people = _people(ws, ledger)
    asked = people.filter(pl.col("name").is_in(_names(ledger, contact))).get_column("person_id").unique()
    if len(asked) != 1:
        return direct
    own = theirs_alone(touches, people).filter(pl.col("person_id") == asked[0])
    return pl.concat([direct, own]).unique("seq")


def _names(ledger: Ledger, contact: Contact) -> list[str]:
    """What the person behind a contact goes by in events."""
    if contact.kind == "person_id":
        return [contact.value]
    rings = [type(ledger.keyring)((key,)) for key in ledger.keyring]
    return [made.token for ring in rings for made in contact.tokens(ring) if made.exact]


def _people(ws: Workspace, ledger: Ledger) -> pl.DataFrame:
    """Everybody on the lists under what events may name them by, as ``known_by``."""
    published = ledger.publications().get_column("identity_generation")
    generation = load_generation(ws, published[-1] if len(published) else None)
    person_of = generation.assignments.select("record_id", "person_id")
    records = load_records(ws, active_lists(ws)).join(person_of, on="record_id", how="inner")
    tokens = contact_tokens(ledger.keyring, records.drop("person_id"), ledger.token_kinds())
    return known_by(records, tokens, generation)
