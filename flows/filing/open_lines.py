"""The queue line that a contact noted by hand answers, so that it and the line in the rep's file are one contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from flows.ledger.screening import lookup_tokens

if TYPE_CHECKING:
    from datetime import date

    from flows.ledger import Ledger
    from flows.ledger.contacts import Contact

__all__ = ["OpenLine", "open_line"]


class OpenLine(NamedTuple):
    """A line handed out and not reported on: the person and the day of its queue."""

    person_id: str
    queue_date: date


def open_line(ledger: Ledger, contact: Contact, made_on: date) -> OpenLine | None:
    """The newest open line of whoever a contact is, handed out by the day the contact was made.

    None where there is none, or where lines of several people stand under the contact: nobody knows whose it was.
    """
    tokens = sorted(lookup_tokens(ledger.keyring, contact.kind, contact.value))
    named = (pl.col("person_id") == contact.value) | pl.col("token").is_in(tokens)
    lines = ledger.open_commitments().filter(named.fill_null(value=False), pl.col("queue_date") <= made_on)
    people = lines.get_column("person_id").unique()
    if len(people) != 1:
        return None
    return OpenLine(people[0], lines.sort("queue_date").get_column("queue_date")[-1])
