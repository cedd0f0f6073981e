"""Opt-out files: every entry that can be read counts at once, whatever else is wrong with the file.

A row may name one person under several contacts: a contact counts in whatever column it stands. What narrows a stop (a
channel, a scope, a kind) and cannot be read is left out, so that the stop counts at its widest; the row is a reject all
the same, so that somebody mends it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flows.event_files.reading import EventContext, EventReading, Row, read_rows
from flows.event_files.salvage import certain_contact, salvaged
from flows.event_files.tables import EventTable, contact_column, folded_header, load_table
from flows.event_files.unsubscribes import TOKEN_NAMES, token_events
from flows.event_files.words import known_word
from flows.ledger.contacts import Contact, as_domain, unreadable
from flows.ledger.events import OptOut, optout_event
from flows.ledger.vocabulary import CHANNELS, SCOPES, STOP_KINDS
from policies.errors import RefusedFile, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from flows.ledger.model import NewEvent

__all__ = ["read_optouts"]

_CONTACT_FIELDS: Final = ("value", "email", "phone", "domain", "md5", "sha1", "sha256")
_WHO: Final = (*_CONTACT_FIELDS, "person_id")
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
    "token": TOKEN_NAMES,
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
# Headers of columns in which a contact may stand with a remark beside it.
_OF_CONTACTS: Final = re.compile(r"mail|phone|mobil|telefon|correo|courriel")
_COUNTED: Final = re.compile(r"_?\d+$")  # email2, phone 3, and email_2 for the second of two columns of one name
_BETWEEN: Final = re.compile(r"[;,|\s]+")
_VOCABULARIES: Final[Mapping[str, Mapping[str, str]]] = {"kind": STOP_KINDS, "channel": CHANNELS, "scope": SCOPES}

_WIDEST: Final = "The stop counts at its widest meanwhile."


def read_optouts(path: Path, context: EventContext) -> EventReading:
    """Read an opt-out file of any shape: named columns, or one column of entries.

    Raises ``RefusedFile``: ``no_contact_column``, and what the readers refuse.
    """
    names = _names(context)
    table = _with_contact_column(load_table(path, names, headerless=True))
    repeated = frozenset(folded_header(name) for field in _CONTACT_FIELDS for name in names[field])
    return read_rows(table, context, lambda row: _events_of(row, repeated), salvaged)


def _names(context: EventContext) -> dict[str, Sequence[str]]:
    also = {field: tuple(context.synonyms.get(field, ())) for field in ("email", "phone")}
    return {field: (*names, *also.get(field, ())) for field, names in _NAMES.items()}


def _with_contact_column(table: EventTable) -> EventTable:
    if any(field in table.columns for field in _WHO):
        return table
    column = contact_column(table)
    if column is None and "token" in table.columns:
        return table
    if column is None and table.frame.width == 1:
        column = table.frame.columns[0]
    if column is None:
        raise RefusedFile(
            "no_contact_column",
            "No column of the file holds contacts, as far as can be told.",
            f"Name the column one of: {', '.join(_CONTACT_FIELDS)}.",
        )
    return replace(table, columns={**table.columns, "value": column})


def _events_of(row: Row, repeated: frozenset[str]) -> list[NewEvent]:
    """A row's people and its domain are two statements: the one about somebody, the other about an organisation.

    ``repeated`` are the names of contact columns, of which only the first of each field is mapped.
    """
    found = token_events(row, names_others=any(field in row.cells for field in _WHO))
    contacts = [contact for field in _CONTACT_FIELDS if (contact := row.contact(field)) is not None]
    contacts += [
        contact for header, cell in row.others for contact in _further(row, folded_header(header), cell, repeated)
    ]
    contacts = list(dict.fromkeys(contacts))
    words = {field: known_word(row, field, known, _WIDEST) for field, known in _VOCABULARIES.items()}
    contacts = _as_domains(row, contacts) if words["scope"] == "domain" else contacts
    domains = [contact for contact in contacts if contact.kind == "domain"]
    persons = [contact for contact in contacts if contact.kind != "domain"]
    if words["scope"] == "domain" and persons:
        words["scope"] = None
    if persons or (row.person_id() and not domains):
        found.append(_event(row, persons, words))
    if domains:
        found.append(_event(row, domains, {**words, "scope": "domain"}))
    if not found and not row.problems:
        row.required("token" if "token" in row.cells else "value")
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


def _further(row: Row, header: str, cell: str, repeated: frozenset[str]) -> list[Contact]:
    """The contacts in a cell of a column that holds no field: a second address opts out as the first does."""
    lists, country = row.context.lists, row.context.country
    if not cell.strip():
        return []
    if _COUNTED.sub("", header) in repeated:
        read = row.contact_in(cell, header)
        return [read] if read else []
    parts = [certain_contact(cell, lists)]
    if None in parts:
        parts = [certain_contact(part, lists) for part in _BETWEEN.split(cell.strip())]
    found = [] if None in parts else [part for part in parts if part]
    if not found and _OF_CONTACTS.search(header) and (text := unreadable(cell, lists, country)).inside:
        found = [text]
    row.understood += sum(contact.understood for contact in found)
    return found


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
