"""What a row says wherever it stands: cells that are contacts, in damaged rows and in columns of no field.

A row with a cell too many cannot be laid under its header. Where the file says stop, every contact in it counts all the
same, at its widest; the row is a reject as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.event_files.words import reads_like_a_refusal
from flows.ledger.contacts import Contact, read_contact, unreadable
from flows.ledger.events import Doubt, OptOut, doubt_event, optout_event
from flows.ledger.vocabulary import CONSENT_STATES, OUTCOMES, folded
from flows.readers.rejects import check_of
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.event_files.reading import Row
    from flows.ledger.contacts import ContactLists
    from flows.ledger.model import NewEvent

__all__ = ["certain_contact", "nothing", "salvaged", "salvaged_stop"]

_CERTAIN: Final = ("email", "digest", "person_id")
_STOPS: Final = frozenset({"asked_to_stop", "complaint", "deceased", "ConsentWithdrawn", "ConsentRefused"})
_LONGEST_WORD: Final = 40  # characters; a longer cell is a note or a line of ours, not an outcome


def salvaged(row: Row, cells: Sequence[str]) -> list[NewEvent]:
    """An opt-out for every e-mail address, international number, digest and person id among the cells.

    Where no cell is one as a whole, for every address and number inside the cells.
    """
    return [_optout(row, contact) for contact in _contacts(row, cells)]


def salvaged_stop(row: Row, cells: Sequence[str]) -> list[NewEvent]:
    """The same where a cell says stop: an outcome or a state of consent that does; otherwise nothing.

    A word nobody listed that reads like a refusal may be a note as well: it holds the people until the row is mended.
    """
    said = {OUTCOMES.get(folded(cell)) or CONSENT_STATES.get(folded(cell)) for cell in cells}
    if said & _STOPS:
        return salvaged(row, cells)
    short = [cell for cell in cells if cell.strip() and len(cell) <= _LONGEST_WORD]
    refusals = [cell for cell in short if reads_like_a_refusal(cell, row.context.lists)]
    return [_doubt(row, contact, refusals[0]) for contact in _contacts(row, cells)] if refusals else []


def nothing(row: Row, cells: Sequence[str]) -> list[NewEvent]:  # noqa: ARG001 - one shape for all of them
    """Nothing: a damaged row that would only permit something."""
    return []


def certain_contact(text: str, lists: ContactLists) -> Contact | None:
    """The contact a text certainly is, wherever it stands: a bare number may be a date, a domain a name with a dot."""
    try:
        found = read_contact(text, lists)
    except UsageError:
        return None
    return found if found.kind in _CERTAIN or (found.kind == "phone" and text.strip().startswith(("+", "00"))) else None


def _contacts(row: Row, cells: Sequence[str]) -> list[Contact]:
    lists = row.context.lists
    whole = [contact for cell in cells if (contact := certain_contact(cell, lists)) is not None]
    found = whole or [contact for cell in cells for contact in unreadable(cell, lists).inside]
    row.named += 1
    row.understood += len(found)
    return list(dict.fromkeys(found))


def _optout(row: Row, contact: Contact) -> NewEvent:
    said = OptOut(contacts=[contact], received_at=row.context.now, undated=True, source=row.source)
    return optout_event(row.context.keyring, said, row.context.lists)


def _doubt(row: Row, contact: Contact, words: str) -> NewEvent:
    line = check_of(row.original)
    raised = Doubt(
        at=row.context.now, code="row_damaged", words=words, contacts=[contact], line=line, source=row.source
    )
    return doubt_event(row.context.keyring, raised)
