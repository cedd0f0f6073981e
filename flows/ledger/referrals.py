"""Whom people named instead of themselves: known by an address or number in the note, or by name and company."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.decoding import CONTACT_KINDS, fetched, text_columns
from flows.ledger.line_reports import touches_in_force
from flows.ledger.model import EVERYTHING
from flows.ledger.queries import within
from flows.ledger.tables import event_tokens, events
from flows.ledger.tokens import MATCH_KEY, REFERRED, match_key, token
from policies.schema import NAMED, REFERRALS, conform

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.ledger.keys import Keyring
    from flows.ledger.model import Cut

__all__ = ["name_in", "records_named", "referrals"]

_AFTER_A_NAME: Final = re.compile(r"[,;:(/<]|\s[-\u2013]\s|\s(?:in|from|at|von|aus|bei)\s")
_FEWEST, _MOST = 2, 4  # words of a full name


def name_in(text: str | None) -> str | None:
    """The full name a note begins with: two to four words, each with a capital; None where it begins otherwise."""
    words = _AFTER_A_NAME.split(text or "", maxsplit=1)[0].split()
    is_name = _FEWEST <= len(words) <= _MOST and all(word[0].isupper() and "@" not in word for word in words)
    return " ".join(words) if is_name else None


def referrals(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """Whom people named instead, as ``REFERRALS``, from the notes of touches in force."""
    made = touches_in_force(connection, cut).rename({"effective_at": "at"}).drop("person_id")
    kinds = [REFERRED + kind for kind in (*CONTACT_KINDS, MATCH_KEY)]
    query = (
        sa.select(event_tokens.c.seq, event_tokens.c.token, event_tokens.c.token_kind)
        .join(events, events.c.seq == event_tokens.c.seq)
        .where(event_tokens.c.token_kind.in_(kinds), within(cut))
    )
    named = fetched(connection, query, {"seq": pl.Int64(), **text_columns("token", "kind")})
    of_name = (pl.col("kind") == REFERRED + MATCH_KEY).alias("of_name")
    found = made.drop("kind").join(named.with_columns(of_name), on="seq", how="inner")
    return conform(found, REFERRALS).sort("seq", "token")


def records_named(keyring: Keyring, records: pl.DataFrame, wanted: Iterable[str]) -> pl.DataFrame:
    """The ``records`` (``RECORDS``) whose full name stands under one of some tokens of names, as ``NAMED``."""
    sought = frozenset(wanted)
    held = records.select("record_id", "full_name").drop_nulls() if sought else records.clear()
    names = held.get_column("full_name").unique().sort()
    keyed = [token(keyring.first, MATCH_KEY, match_key(name)) for name in names]
    hit = pl.DataFrame({"full_name": names, "token": keyed}, schema={"full_name": pl.String, "token": pl.String})
    found = held.join(hit.filter(pl.col("token").is_in(sorted(sought))), on="full_name", how="inner")
    return conform(found, NAMED).sort("token", "record_id")
