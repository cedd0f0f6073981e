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
from flows.ledger.line_reports import touches_in_force
from flows.ledger.model import EVERYTHING
from flows.ledger.tables import erasable, events
from policies.schema import UTC_INSTANT, conform
from policies.subjects import theirs_alone

if TYPE_CHECKING:
    from flows.ledger.ledger import Ledger
    from flows.ledger.model import Cut

__all__ = ["NOTES", "last_notes"]

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


def last_notes(ledger: Ledger, people: pl.DataFrame, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """The newest touch with a note of each person, as ``NOTES``; people without any are not there.

    ``people`` comes from :func:`policies.subjects.known_by`. A note under a contact point which several people use is
    nobody's, unless it names its person: what one said is not shown as another's word.
    """
    noted = theirs_alone(ledger.ask(lambda connection: _noted(connection, cut)), people)
    newest = noted.sort("person_id", "at", "seq").unique("person_id", keep="last", maintain_order=True)
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
    added = wide.rename({"seq": "note_seq", **{name: f"{name}_added" for name in _TEXTS}})
    # of a line reported on anew: what was written down after the contact stays, where the new report says nothing there
    texts_of = (
        touches_in_force(connection, cut)
        .select("seq", "note_seq")
        .join(wide, on="seq", how="left", validate="1:1")
        .join(added, on="note_seq", how="left", validate="m:1")
        .select("seq", *(pl.coalesce(name, f"{name}_added") for name in _TEXTS))
        .filter(pl.any_horizontal(pl.col(name).is_not_null() for name in _TEXTS))
    )
    return frames.touches(connection, cut).join(texts_of, on="seq", how="inner", validate="m:1")
