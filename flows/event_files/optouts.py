"""Opt-out files: every entry that can be read counts at once, whatever else is wrong with the file.

What narrows a stop (a channel, a scope, a kind) and cannot be read is left out, so that the stop counts at its widest;
the row is a reject all the same, so that somebody mends it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flows.event_files.reading import EventContext, EventReading, Row, read_rows
from flows.event_files.salvage import salvaged
from flows.event_files.tables import EventTable, contact_column, load_table
from flows.ledger.contacts import Contact, as_domain
from flows.ledger.events import OptOut, optout_event
from flows.ledger.vocabulary import CHANNELS, SCOPES, STOP_KINDS, checked
from policies.errors import RefusedFile, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from flows.ledger.model import NewEvent

__all__ = ["read_optouts"]

_CONTACT_FIELDS: Final = ("value", "email", "phone", "domain", "md5", "sha1", "sha256")
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "value": ("value", "contact", "contact_point", "entry"),
    "email": ("email",),
    "phone": ("phone",),
    "domain": ("domain", "domains", "domain_name"),
    "md5": ("md5", "md5_hash", "email_md5", "md5_email"),
    "sha1": ("sha1", "sha1_hash", "email_sha1", "sha1_email"),
    "sha256": (
        "sha256",
        "sha_256",
        "sha256_hash",
        "email_sha256",
        "sha256_email",
        "hash",
        "email_hash",
        "hashed_email",
    ),
    "kind": ("kind",),
    "channel": ("channel",),
    "scope": ("scope",),
    "full_name": ("full_name", "name"),
    "person_id": ("person_id",),
    "received_at": ("received_at",),
    "effective_at": ("effective_at",),
    "method": ("method",),
    "words": ("words",),
    "normalisation": ("normalisation", "normalization"),
}
_VOCABULARIES: Final[Mapping[str, Mapping[str, str]]] = {"kind": STOP_KINDS, "channel": CHANNELS, "scope": SCOPES}


def read_optouts(path: Path, context: EventContext) -> EventReading:
    """Read an opt-out file of any shape of the contract: named columns, or one column of entries.

    Raises ``RefusedFile``: ``no_contact_column``, and what the readers refuse.
    """
    table = _with_contact_column(load_table(path, _names(context), headerless=True))
    return read_rows(table, context, _events_of, salvaged)


def _names(context: EventContext) -> dict[str, Sequence[str]]:
    also = {field: tuple(context.synonyms.get(field, ())) for field in ("email", "phone")}
    return {field: (*names, *also.get(field, ())) for field, names in _NAMES.items()}


def _with_contact_column(table: EventTable) -> EventTable:
    if any(field in table.columns for field in (*_CONTACT_FIELDS, "person_id")):
        return table
    column = contact_column(table)
    if column is None and table.frame.width == 1:
        column = table.frame.columns[0]
    if column is None:
        raise RefusedFile(
            "no_contact_column",
            "No column of the file holds contacts, as far as can be told.",
            f"Name the column one of: {', '.join(_CONTACT_FIELDS)}.",
        )
    return replace(table, columns={**table.columns, "value": column})


def _events_of(row: Row) -> list[NewEvent]:
    """A row's people and its domain are two statements: the one about somebody, the other about an organisation."""
    contacts = [contact for field in _CONTACT_FIELDS if (contact := row.contact(field)) is not None]
    words = {field: _word(row, field) for field in _VOCABULARIES}
    contacts = _as_domains(row, contacts) if words["scope"] == "domain" else contacts
    domains = [contact for contact in contacts if contact.kind == "domain"]
    persons = [contact for contact in contacts if contact.kind != "domain"]
    if words["scope"] == "domain" and persons:
        words["scope"] = None
    found = []
    if persons or (row.person_id() and not domains):
        found.append(_event(row, persons, words))
    if domains:
        found.append(_event(row, domains, {**words, "scope": "domain"}))
    if not found and not row.problems:
        row.required("value")
    return found


def _event(row: Row, contacts: list[Contact], words: dict[str, str | None]) -> NewEvent:
    stated = row.instant("received_at")
    said = OptOut(
        contacts=contacts,
        person_id=row.person_id(),
        kind=words["kind"] or "optout",
        channel=words["channel"],
        scope=words["scope"],
        received_at=stated or row.context.now,
        effective_at=row.instant("effective_at"),
        method=row.text("method"),
        words=row.text("words"),
        full_name=row.text("full_name"),
        normalisation=row.text("normalisation"),
        undated=stated is None,
        source=row.source,
    )
    return optout_event(row.context.keyring, said, row.context.lists)


def _word(row: Row, field: str) -> str | None:
    """The word of a vocabulary in a cell; None, the widest, where it is blank or unknown."""
    text = row.text(field)
    if text is None:
        return None
    try:
        return checked(field, text, _VOCABULARIES[field])
    except UsageError as error:
        row.problem(error.code, f"{error.message} The stop counts at its widest meanwhile.", error.fix)
        return None


def _as_domains(row: Row, contacts: Sequence[Contact]) -> list[Contact]:
    """The domains of contacts opted out with their whole domain; one without such a domain counts for the person."""
    found = []
    for contact in contacts:
        try:
            found.append(as_domain(contact, row.context.lists))
        except UsageError as error:
            row.problem(error.code, f"{error.message} The stop counts for the person meanwhile.", error.fix)
            found.append(contact)
    return found
