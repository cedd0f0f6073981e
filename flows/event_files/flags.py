"""The opt-out columns of lists, as events: a word in a list is as good as one in an opt-out file.

Rejected rows count as well, and so does a row whose contact cannot be read. Every event names all contact points of its
row: nobody knows which of them the person will next be known by. A word nobody understands is nobody's opt-out; where
the list does not come in, and so holds nobody by itself, it is recorded as a doubt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.ledger.contacts import Contact, ContactLists, looks_like_contact, unreadable
from flows.ledger.events import Doubt, OptOut, doubt_event, optout_event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from flows.ledger.keys import Keyring
    from flows.ledger.model import NewEvent

__all__ = ["flag_events"]

_CHANNELS: Final = ("email", "phone")
_COLUMNS: Final = (
    *("source", "file_sha256", "row_number", "full_name", "country", "reject_code", "email_opt_out", "phone_opt_out"),
    *("email", "email_received", "phone", "phone_received"),
)
_SAID: Final = ("yes", "unknown")
_NO_CELLS: Final = pl.DataFrame(schema={"row_number": pl.UInt32, "cells": pl.List(pl.String)})
# A cell that is a telephone number wherever it stands. Digits alone may be an order, a day or a postal code.
_NUMBER: Final = re.compile(r"[+(0][\d\s().\-/]{6,}|\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4}")
_WRITTEN_OUT: Final = re.compile(r"[(\[{]\s*at\s*[)\]}]", re.IGNORECASE)


def flag_events(
    keyring: Keyring,
    records: pl.DataFrame,
    now: datetime,
    lists: ContactLists,
    *,
    cells: pl.DataFrame = _NO_CELLS,
    refused: bool = False,
) -> list[NewEvent]:
    """An opt-out for each flag that says yes, of ``RECORDS`` of one list (rejected rows too), in the order of the rows.

    ``cells`` has ``row_number, cells`` of rows whose contact points may stand in any cell. A flag nobody understands is
    a doubt about all of them where the list is ``refused``, else about those by which its row holds nobody. The list
    does not say when the person said so; it counts from ``now``, the time of the intake.
    """
    said = pl.any_horizontal(pl.col("email_opt_out", "phone_opt_out").is_in(_SAID))
    flagged = records.select(_COLUMNS).filter(said).join(cells, on="row_number", how="left", validate="m:1")
    rows = flagged.sort("file_sha256", "row_number").iter_rows(named=True)
    return [event for row in rows for event in _events(keyring, row, _contacts(row, lists), now, refused=refused)]


def _events(
    keyring: Keyring, row: dict[str, Any], contacts: dict[str, list[Contact]], now: datetime, *, refused: bool
) -> Iterator[NewEvent]:
    for channel, other in (_CHANNELS, _CHANNELS[::-1]):
        named = [*contacts[channel], *contacts[other], *contacts["any"]]
        if named and row[f"{channel}_opt_out"] == "yes":
            yield _optout(keyring, row, channel, named, now)
    doubted = [contact for named in contacts.values() for contact in named] if refused else _unheld(row, contacts)
    if doubted and "unknown" in (row["email_opt_out"], row["phone_opt_out"]):
        yield _doubt(keyring, row, doubted, now)


def _optout(keyring: Keyring, row: dict[str, Any], channel: str, contacts: list[Contact], now: datetime) -> NewEvent:
    said = OptOut(
        contacts=contacts,
        channel=channel,
        scope="person",
        received_at=now,
        method="flag_column",
        full_name=row["full_name"],
        undated=True,
        source=_source(row),
    )
    return optout_event(keyring, said, ContactLists())


def _doubt(keyring: Keyring, row: dict[str, Any], contacts: list[Contact], now: datetime) -> NewEvent:
    line = f"{row['file_sha256']}:{row['row_number']}"
    raised = Doubt(at=now, code="flag_unknown", words="", contacts=contacts, line=line, source=_source(row))
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
    """The contact of a column; of a cell that holds more, or cannot be read, whatever can be found in it as well."""
    text = (row[f"{channel}_received"] or "").strip()
    if row[channel]:
        yield Contact("email" if channel == "email" else "phone", row[channel])
        if text.count("@") <= 1:
            return
    whole = unreadable(text, lists, row["country"])
    if whole.inside or looks_like_contact(text):
        yield whole


def _anywhere(text: str, lists: ContactLists, country: str | None) -> Iterator[Contact]:
    """The contacts in a cell of any column: addresses, international numbers, or the cell as a number."""
    if not (looks_like_contact(text) or _WRITTEN_OUT.search(text)):
        return
    is_number = _NUMBER.fullmatch(text.strip()) is not None
    whole = unreadable(text, lists, country if is_number else None)
    yield from whole.inside or ([whole] if is_number or "@" in text else [])


def _unheld(row: dict[str, Any], contacts: dict[str, list[Contact]]) -> list[Contact]:
    """Contact points of a row that its own record does not show, so that its unknown flag holds nobody who has them."""
    shown = {row[channel].lower() for channel in _CHANNELS if row[channel]}
    return [
        contact
        for named in contacts.values()
        for contact in _flat(named)
        if contact.value.lower() not in shown and (row["reject_code"] or contact.kind != "unreadable")
    ]


def _flat(contacts: Iterable[Contact]) -> Iterator[Contact]:
    """Contacts, and those found inside them."""
    for contact in contacts:
        yield contact
        yield from contact.inside
