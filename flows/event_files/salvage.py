"""What a damaged row still says: cells that are contacts opt out, wherever in the row they stand.

A row with a cell too many cannot be laid under its header. Where the file says stop, every contact in it counts all the
same, at its widest; the row is a reject as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.ledger.contacts import Contact, read_contact
from flows.ledger.events import OptOut, optout_event
from flows.ledger.vocabulary import CONSENT_STATES, OUTCOMES, folded
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.event_files.reading import Row
    from flows.ledger.model import NewEvent

__all__ = ["nothing", "salvaged", "salvaged_stop"]

_CERTAIN: Final = ("email", "digest", "person_id")  # a bare number may be a date, a domain a name with a dot
_STOPS: Final = frozenset({"asked_to_stop", "complaint", "deceased", "ConsentWithdrawn", "ConsentRefused"})


def salvaged(row: Row, cells: Sequence[str]) -> list[NewEvent]:
    """An opt-out for every e-mail address, international number, digest and person id among the cells."""
    contacts = [contact for cell in cells if (contact := _contact(row, cell)) is not None]
    return [_optout(row, contact) for contact in dict.fromkeys(contacts)]


def salvaged_stop(row: Row, cells: Sequence[str]) -> list[NewEvent]:
    """The same where a cell says stop: an outcome or a state of consent that does; otherwise nothing."""
    said = {OUTCOMES.get(folded(cell)) or CONSENT_STATES.get(folded(cell)) for cell in cells}
    return salvaged(row, cells) if said & _STOPS else []


def nothing(row: Row, cells: Sequence[str]) -> list[NewEvent]:  # noqa: ARG001 - one shape for all of them
    """Nothing: a damaged row that would only permit something."""
    return []


def _contact(row: Row, cell: str) -> Contact | None:
    try:
        found = read_contact(cell, row.context.lists)
    except UsageError:
        return None
    return found if found.kind in _CERTAIN or (found.kind == "phone" and cell.strip().startswith("+")) else None


def _optout(row: Row, contact: Contact) -> NewEvent:
    said = OptOut(contacts=[contact], received_at=row.context.now, undated=True, source=row.source)
    return optout_event(row.context.keyring, said, row.context.lists)
