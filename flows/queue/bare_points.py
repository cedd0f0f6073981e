"""What was said about contact points that no list names any more: of lists taken out, of systems elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ledger import EVERYTHING
from flows.ledger.one_key import OneKey
from policies.schema import RECORDS, conform
from policies.standing import Known, standing_of_points

if TYPE_CHECKING:
    from datetime import date, datetime

    from flows.ledger import Ledger
    from policies.permission import Permission

__all__ = ["said_of_points"]


def _records_of_points(points: pl.DataFrame) -> pl.DataFrame:
    """``RECORDS`` with ``person_id``, one for each of ``points`` (``person_id, channel, contact``).

    The record id is the contact itself, behind its channel and whose it is: such records are never written down.
    """
    from policies.contact_points import email_equivalence

    emails = points.filter(pl.col("channel") == "email").get_column("contact").unique().sort()
    alike = [email_equivalence(address.lower()) for address in emails]
    known = pl.DataFrame({"contact": emails, "email_equiv": pl.Series(alike, dtype=pl.String)})
    is_email, contact = pl.col("channel") == "email", pl.col("contact")
    made = (
        points.unique()
        .join(known, on="contact", how="left", validate="m:1")
        .with_columns(
            pl.concat_str("channel", "person_id", "contact", separator=" ").alias("record_id"),
            *(pl.when(is_email).then(contact).alias(name) for name in ("email", "email_received")),
            *(pl.when(~is_email).then(contact).alias(name) for name in ("phone", "phone_received")),
            pl.when(is_email).then("email_equiv").alias("email_equiv"),
            pl.when(is_email).then(contact.str.to_lowercase().str.extract("@([^@]*)$")).alias("email_domain"),
        )
    )
    return conform(made, pl.Schema({**RECORDS, "person_id": pl.String()})).sort("record_id")


def said_of_points(ledger: Ledger, points: pl.DataFrame, as_of: datetime, on: date) -> tuple[Permission, pl.DataFrame]:
    """What everything recorded says of ``points`` (``person_id, channel, contact``); record ids as made of them.

    With it come the statements themselves, as ``PERMISSION_EVENTS``.
    """
    records = _records_of_points(points)
    own = OneKey(ledger.keyring, records, ledger.token_kinds())
    known = Known(
        records=records,
        tokens=own.tokens,
        events=own.named(ledger.permission_events(EVERYTHING, own.as_made)),
        consents=own.named(ledger.consents(EVERYTHING)),
        touches=own.named(ledger.touches(EVERYTHING)),
    )
    return standing_of_points(known, as_of, on), known.events
