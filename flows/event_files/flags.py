"""The opt-out columns of lists, as events: a word in a list is as good as one in an opt-out file.

Rejected rows count as well, and so does a row whose contact cannot be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.ledger.contacts import Contact, ContactLists, looks_like_contact, unreadable
from flows.ledger.events import OptOut, optout_event

if TYPE_CHECKING:
    from datetime import datetime

    from flows.ledger.keys import Keyring
    from flows.ledger.model import NewEvent

__all__ = ["flag_events"]

_COLUMNS: Final = (
    *("source", "file_sha256", "row_number", "full_name", "email_opt_out", "phone_opt_out"),
    *("email", "email_received", "phone", "phone_received"),
)


def flag_events(keyring: Keyring, records: pl.DataFrame, now: datetime) -> list[NewEvent]:
    """An event for each opt-out flag that says yes, of ``RECORDS`` (rejected rows too), in the order of the rows.

    The list does not say when the person said so; it counts from ``now``, the time of the intake.
    """
    flagged = records.select(_COLUMNS).filter((pl.col("email_opt_out") == "yes") | (pl.col("phone_opt_out") == "yes"))
    found = []
    for row in flagged.sort("file_sha256", "row_number").iter_rows(named=True):
        for channel in ("email", "phone"):
            contacts = _contacts(row, channel) if row[f"{channel}_opt_out"] == "yes" else []
            if contacts:
                found.append(_event(keyring, row, channel, contacts, now))
    return found


def _event(keyring: Keyring, row: dict[str, Any], channel: str, contacts: list[Contact], now: datetime) -> NewEvent:
    said = OptOut(
        contacts=contacts,
        channel=channel,
        scope="person",
        received_at=now,
        method="flag_column",
        full_name=row["full_name"],
        undated=True,
        source={"list": row["source"], "file_sha256": row["file_sha256"], "row": row["row_number"]},
    )
    return optout_event(keyring, said, ContactLists())


def _contacts(row: dict[str, Any], channel: str) -> list[Contact]:
    """The row's contact point on the channel; where none can be read there, the other one as well."""
    other = "phone" if channel == "email" else "email"
    own = _contact(row, channel)
    if own is not None and own.kind != "unreadable":
        return [own]
    return [contact for contact in (own, _contact(row, other)) if contact is not None]


def _contact(row: dict[str, Any], channel: str) -> Contact | None:
    if row[channel]:
        return Contact("email" if channel == "email" else "phone", row[channel])
    text = (row[f"{channel}_received"] or "").strip()
    return unreadable(text) if looks_like_contact(text) else None
