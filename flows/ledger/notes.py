"""What people said when they were last spoken to: the text beside a touch, as the next contact needs it (practice P10).

Notes are plain text of people. They stand in the erasable table alone, so whoever is erased has none any more, and they
are shown by the commands that show briefs and queues, by no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger import frames
from flows.ledger.decoding import fetched, text_columns
from flows.ledger.model import EVERYTHING
from flows.ledger.tables import erasable, events
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from flows.ledger.ledger import Ledger
    from flows.ledger.model import Cut
    from policies.identity import Generation

__all__ = ["NOTES", "known_by", "last_notes"]

_TEXTS: Final = ("said", "next_step", "referred_to")
NOTES: Final = pl.Schema(
    {
        "person_id": pl.String(),
        "at": UTC_INSTANT,
        "channel": pl.String(),
        "outcome": pl.String(),
        "rep": pl.String(),
        **dict.fromkeys(_TEXTS, pl.String()),  # null: nothing was written down there
    }
)


def known_by(records: pl.DataFrame, tokens: pl.DataFrame, generation: Generation) -> pl.DataFrame:
    """``person_id, name``: everything a touch may name people by, their contact points' tokens and ids of any age.

    ``records`` has ``record_id, person_id`` of everybody, so that a contact point of several people is seen to be one;
    ``tokens`` is ``CONTACT_TOKENS`` of them.
    """
    person_of = records.select("record_id", "person_id")
    exact = tokens.filter(pl.col("match") == "exact").join(person_of, on="record_id")
    now = person_of.select("person_id", pl.col("person_id").alias("name"))
    before = generation.aliases.select(pl.col("old_person_id").alias("name")).with_columns(
        generation.resolve(pl.col("name")).alias("person_id")
    )
    named = [now, exact.select("person_id", pl.col("token").alias("name")), before.select("person_id", "name")]
    return pl.concat(named).unique().sort("person_id", "name")


def last_notes(ledger: Ledger, people: pl.DataFrame, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """The newest touch with a note of each person, as ``NOTES``; people without any are not there.

    ``people`` comes from :func:`known_by`. A touch that names a person is theirs alone; one that names only a contact
    point which several people use is nobody's, for what one said is not shown as another's word.
    """
    noted = ledger.ask(lambda connection: _noted(connection, cut))
    by_id = noted.join(people, left_on="person_id", right_on="name", how="inner").drop("person_id")
    alone = people.filter(pl.col("person_id").n_unique().over("name") == 1)
    by_contact = (
        noted.join(by_id.select("seq"), on="seq", how="anti")
        .join(alone, left_on="token", right_on="name", how="inner")
        .drop("person_id")
    )
    columns = ["seq", *(name for name in NOTES if name != "person_id"), "person_id_right"]
    both = pl.concat([by_id.select(columns), by_contact.select(columns)]).rename({"person_id_right": "person_id"})
    newest = both.sort("person_id", "at", "seq").unique("person_id", keep="last", maintain_order=True)
    return conform(newest, NOTES)


def _noted(connection: sa.Connection, cut: Cut) -> pl.DataFrame:
    """``TOUCHES`` that have a note, with its texts."""
    of_touches = sa.select(events.c.seq).where(events.c.kind == "touch")
    query = sa.select(erasable.c.ref, erasable.c.kind, erasable.c.value).where(
        erasable.c.kind.in_(_TEXTS), erasable.c.ref.in_(of_touches)
    )
    texts = fetched(connection, query, {"seq": pl.Int64(), **text_columns("kind", "value")})
    wide = texts.group_by("seq").agg(
        pl.col("value").filter(pl.col("kind") == name).first().alias(name) for name in _TEXTS
    )
    return frames.touches(connection, cut).join(wide, on="seq", how="inner", validate="m:1")
