"""Consent and notice files. Where permission would follow, everything must be there; a withdrawal counts as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.event_files.reading import EventContext, EventReading, Row, read_rows
from flows.event_files.salvage import nothing, salvaged_stop
from flows.event_files.tables import load_table
from flows.event_files.words import held_or_stopped, known_word
from flows.ledger.chain import canonical, instant_text
from flows.ledger.events import Consent, Notice, consent_event, notice_event
from flows.ledger.vocabulary import CHANNELS, CONSENT_STATES, checked
from policies.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger.contacts import Contact
    from flows.ledger.model import NewEvent

__all__ = ["read_consents", "read_notices"]

_REQUIRED: Final = ("purpose", "captured_at", "method", "statement", "statement_version", "evidence")
_CONSENT_NAMES: Final = {
    "contact": ("contact", "contact_point", "email", "phone", "value"),
    **{name: (name,) for name in ("channel", "event_state", *_REQUIRED, "expires_on", "lawful_basis", "controller")},
}
_NOTICE_NAMES: Final = {
    "contact": ("contact", "contact_point", "email", "phone", "value"),
    **{name: (name,) for name in ("sent_at", "text_version", "method")},
}
_MEANWHILE: Final = "It permits nothing: a refusal counts as one, anything else holds the person meanwhile."
_STOPS: Final = ("ConsentWithdrawn", "ConsentRefused")


def read_consents(path: Path, context: EventContext) -> EventReading:
    """Read a consent file; raises ``RefusedFile`` (``columns_missing``, what the readers refuse)."""
    table = load_table(path, _CONSENT_NAMES)
    table.require("contact", "event_state")
    return read_rows(table, context, _consent_of, salvaged_stop)


def read_notices(path: Path, context: EventContext) -> EventReading:
    """Read a notice file; raises ``RefusedFile`` as :func:`read_consents`."""
    table = load_table(path, _NOTICE_NAMES)
    table.require("contact", "sent_at", "text_version")
    return read_rows(table, context, _notice_of, nothing)


def _consent_of(row: Row) -> list[NewEvent]:
    contact = row.contact("contact")
    if not row.required("contact", "event_state"):
        return []
    state = known_word(row, "event_state", CONSENT_STATES, _MEANWHILE)
    if state is None:
        return _unknown(row, contact)
    return _stop(row, contact, state) if state in _STOPS else _given(row, contact, state)


def _unknown(row: Row, contact: Contact | None) -> list[NewEvent]:
    """A state nobody listed: whatever it means, it is no permission."""
    if contact is None or contact.kind == "domain":
        return []
    captured = row.instant("captured_at")
    line = instant_text(captured) if captured else canonical({"file": row.file_sha256, "row": row.number})
    return held_or_stopped(row, "event_state", [contact], line)


def _given(row: Row, contact: Contact | None, state: str) -> list[NewEvent]:
    """A consent to rely on: complete, for one readable contact point, on one channel."""
    row.required("channel", *_REQUIRED)
    if not _is_point(row, contact) or row.problems or contact is None:
        return []
    channel = checked("channel", row.text("channel") or "", CHANNELS)
    if channel == "any":
        row.problem("channel_any", "A consent holds for one channel.", "Write email or phone, one row for each.")
    return [event for event in [_event(row, contact, state, channel)] if not row.problems]


def _stop(row: Row, contact: Contact | None, state: str) -> list[NewEvent]:
    """A withdrawal or refusal: whatever is missing or cannot be read is left out, and it counts at its widest."""
    row.required("channel", *_REQUIRED)
    if contact is None or contact.kind == "domain":
        _is_point(row, contact)
        return []
    channel = "any"
    try:
        channel = checked("channel", row.text("channel") or "any", CHANNELS)
    except UsageError as error:
        row.problems.append(error)
    return [_event(row, contact, state, channel)]


def _event(row: Row, contact: Contact, state: str, channel: str) -> NewEvent:
    said = Consent(
        contact=contact,
        channel=channel,
        purpose=row.text("purpose") or "direct_marketing",
        state=state,
        captured_at=row.instant("captured_at") or row.context.now,
        method=row.text("method"),
        statement=row.text("statement"),
        statement_version=row.short("statement_version"),
        evidence=row.text("evidence"),
        expires_on=row.day("expires_on"),
        lawful_basis=row.text("lawful_basis"),
        controller=row.text("controller"),
        source=row.source,
    )
    return consent_event(row.context.keyring, said)


def _notice_of(row: Row) -> list[NewEvent]:
    contact, sent_at = row.contact("contact"), row.instant("sent_at")
    row.required("contact", "sent_at", "text_version")
    text_version = row.short("text_version")
    if not _is_point(row, contact) or row.problems or not (contact and sent_at and text_version):
        return []
    said = Notice(
        contact=contact, sent_at=sent_at, text_version=text_version, method=row.text("method"), source=row.source
    )
    return [notice_event(row.context.keyring, said)]


def _is_point(row: Row, contact: Contact | None) -> bool:
    """Whether the contact is one address or number; anything else is a problem of the row."""
    if contact is not None and contact.channel is None and contact.kind != "unreadable":
        row.problem(
            "contact_kind", "The contact is neither an e-mail address nor a number.", "Write the very contact point."
        )
    return contact is not None and contact.channel is not None
