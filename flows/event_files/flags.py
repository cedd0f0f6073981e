"""The opt-out columns of lists, as events: a word in a list is as good as one in an opt-out file.

Rejected rows count as well, and so does a row whose contact cannot be read. Every event names all contact points of its
row: nobody knows which of them the person will next be known by. A word nobody understands is nobody's opt-out: it is
recorded as a doubt, so that no later file lifts it. An address under which nothing arrives is a bounce.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.ledger.contacts import Contact, ContactLists, looks_like_contact, read_contact, unreadable
from flows.ledger.events import Doubt, OptOut, doubt_event, optout_event
from flows.ledger.taken_back import WAITING_CODE
from policies.permission import FLAG_COLUMN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from flows.ledger.keys import Keyring
    from flows.ledger.model import NewEvent

__all__ = ["flag_events", "named_contacts", "waiting_doubts"]

_CHANNELS: Final = ("email", "phone")
_COLUMNS: Final = (
    *("source", "file_sha256", "row_number", "full_name", "country", "email_opt_out", "phone_opt_out"),
    *("email", "email_received", "phone", "phone_received", "other_emails", "other_phones", "email_bounced"),
)
_SAID: Final = ("yes", "unknown")
_NO_CELLS: Final = pl.DataFrame(schema={"row_number": pl.UInt32, "cells": pl.List(pl.String)})
# A cell that is a telephone number wherever it stands. Digits alone may be an order, a day or a postal code.
_NUMBER: Final = re.compile(r"[+(0][\d\s().\-/]{6,}|\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4}")
_DIGEST: Final = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}")
_WRITTEN_OUT: Final = re.compile(r"[(\[{]\s*at\s*[)\]}]", re.IGNORECASE)


def flag_events(
    keyring: Keyring,
    records: pl.DataFrame,
    now: datetime,
    lists: ContactLists,
    *,
    cells: pl.DataFrame = _NO_CELLS,
) -> list[NewEvent]:
    """What the flags of ``RECORDS`` of one list say, rejected rows too, in the order of the rows.

    A yes is an opt-out, a word nobody understands a doubt, a dead address a bounce. Doubts come last, so that nothing
    said in the same list settles one, whichever row came first. ``cells`` has ``row_number, cells`` of rows whose
    contact points may stand in any cell. The list does not say when the person said so; it counts from
    ``now``, the time of the intake.
    """
    said = pl.any_horizontal(pl.col("email_opt_out", "phone_opt_out").is_in(_SAID), pl.col("email_bounced") == "yes")
    rows = _rows(records.filter(said), cells)
    found = [event for row in rows for event in _events(keyring, row, _contacts(row, lists), now)]
    return sorted(found, key=lambda event: event.kind == "doubt")


def waiting_doubts(
    keyring: Keyring, records: pl.DataFrame, now: datetime, lists: ContactLists, *, cells: pl.DataFrame = _NO_CELLS
) -> Iterator[NewEvent]:
    """A doubt about everybody whom a list names that waits to be confirmed: one event a row that names somebody.

    Tokens hold as well as plain text, of which nothing is kept: most of these people said nothing at all.
    """
    for row in _rows(records, cells):
        named = [contact for contacts in _contacts(row, lists).values() for contact in contacts]
        if named:
            yield replace(_doubt(keyring, row, WAITING_CODE, named, now), erasable={})


def named_contacts(records: pl.DataFrame, lists: ContactLists, *, cells: pl.DataFrame = _NO_CELLS) -> list[Contact]:
    """Every contact point that rows name, each once, those found inside a cell by themselves."""
    rows = (_contacts(row, lists) for row in _rows(records, cells))
    return list(dict.fromkeys(contact for found in rows for named in found.values() for contact in _flat(named)))


def _rows(records: pl.DataFrame, cells: pl.DataFrame) -> Iterator[dict[str, Any]]:
    found = records.select(_COLUMNS).join(cells, on="row_number", how="left", validate="m:1")
    return found.sort("file_sha256", "row_number").iter_rows(named=True)


def _events(
    keyring: Keyring, row: dict[str, Any], contacts: dict[str, list[Contact]], now: datetime
) -> Iterator[NewEvent]:
    for channel, other in (_CHANNELS, _CHANNELS[::-1]):
        named = [*contacts[channel], *contacts[other], *contacts["any"]]
        if named and row[f"{channel}_opt_out"] == "yes":
            yield _optout(keyring, row, named, now, channel=channel, scope="person")
    everything = [contact for named in contacts.values() for contact in named]
    if everything and "unknown" in (row["email_opt_out"], row["phone_opt_out"]):
        yield _doubt(keyring, row, "flag_unknown", everything, now)
    dead = contacts["email"][:1]  # the address to use; of several in a cell nobody knows which one is dead
    if row["email_bounced"] == "yes" and dead and dead[0].understood <= 1:
        yield _optout(keyring, row, dead, now, kind="bounce", channel="email", scope="address")


def _optout(
    keyring: Keyring,
    row: dict[str, Any],
    contacts: list[Contact],
    now: datetime,
    *,
    channel: str,
    scope: str,
    kind: str = "optout",
) -> NewEvent:
    said = OptOut(
        contacts=contacts,
        kind=kind,
        channel=channel,
        scope=scope,
        received_at=now,
        method=FLAG_COLUMN,
        full_name=row["full_name"] if scope == "person" else None,
        undated=True,
        source=_source(row),
    )
    return optout_event(keyring, said, ContactLists())


def _doubt(keyring: Keyring, row: dict[str, Any], code: str, contacts: list[Contact], now: datetime) -> NewEvent:
    line = f"{row['file_sha256']}:{row['row_number']}"
    raised = Doubt(at=now, code=code, words="", contacts=contacts, line=line, source=_source(row))
    return doubt_event(keyring, raised)


def _source(row: dict[str, Any]) -> dict[str, Any]:
    return {"list": row["source"], "file_sha256": row["file_sha256"], "row": row["row_number"]}


def _contacts(row: dict[str, Any], lists: ContactLists) -> dict[str, list[Contact]]:
    """All contact points of a row by the channel of their column; ``any`` are those of no known column."""
    found = {channel: list(_of_column(row, channel, lists)) for channel in _CHANNELS}
    known = {contact.value.lower() for contacts in found.values() for contact in _flat(contacts)}
    others = [contact for cell in row["cells"] or () for contact in _anywhere(cell or "", lists, row["country"])]
    return found | {"any": [contact for contact in dict.fromkeys(others) if contact.value.lower() not in known]}


def _of_column(row: dict[str, Any], channel: str, lists: ContactLists) -> Iterator[Contact]:
    """The contacts of a column: the one to use, what else can be found in a cell that holds more, the further ones."""
    text = (row[f"{channel}_received"] or "").strip()
    if row[channel]:
        yield Contact("email" if channel == "email" else "phone", row[channel])
    if not row[channel] or text.count("@") > 1:
        digest = _digest(text, lists) if channel == "email" else None
        whole = digest or unreadable(text, lists, row["country"])
        if digest or whole.inside or looks_like_contact(text):
            yield whole
    for value in row[f"other_{channel}s"] or ():
        yield Contact("email" if channel == "email" else "phone", value)


def _digest(text: str, lists: ContactLists) -> Contact | None:
    """The digest of an address in place of the address, as some programs export it; None for any other text."""
    if not _DIGEST.fullmatch(text):
        return None
    found = read_contact(text, lists)
    return found if found.kind == "digest" else None


def _anywhere(text: str, lists: ContactLists, country: str | None) -> Iterator[Contact]:
    """The contacts in a cell of any column: addresses, international numbers, or the cell as a number."""
    if not (looks_like_contact(text) or _WRITTEN_OUT.search(text)):
        return
    is_number = _NUMBER.fullmatch(text.strip()) is not None
    whole = unreadable(text, lists, country if is_number else None)
    yield from whole.inside or ([whole] if is_number or "@" in text else [])


def _flat(contacts: Iterable[Contact]) -> Iterator[Contact]:
    """Contacts, and those found inside them."""
    for contact in contacts:
        yield contact
        yield from contact.inside
