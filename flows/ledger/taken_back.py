"""Files taken back by ``intake undo``, and files that waited and were confirmed.

Invariants: what says stop counts for good, whatever becomes of the file it came in (law 1): an opt-out, a withdrawal
and a refusal of consent are never taken back. What goes with a file are the consents it gave, its notices and the
doubts it raised, and of them only what was recorded before it was taken back: dropped again it counts anew.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.events import dedup_key, plain
from flows.ledger.model import EVERYTHING, NewEvent
from flows.ledger.queries import within
from flows.ledger.tables import events
from policies.permission import GIVEN, LIST_WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flows.ledger.keys import Keyring
    from flows.ledger.model import Cut

__all__ = [
    "CONFIRMATION",
    "UNDO",
    "WAITING_CODE",
    "confirmation_event",
    "goes_with_its_file",
    "going",
    "last_marks",
    "marks_frame",
    "undo_event",
]

UNDO: Final = "undo"
CONFIRMATION: Final = "confirmation"
WAITING_CODE: Final = LIST_WAITING  # of the doubts about everybody whom a waiting list names
_GOING: Final = ("notice", "doubt")  # kinds of events that always go with their file; a consent where it was given
_MARKS: Final = pl.Schema({"file_sha256": pl.String(), "mark_seq": pl.Int64()})


def undo_event(
    keyring: Keyring, sha256: str, what: str, head: int, at: datetime, reason: str | None = None
) -> NewEvent:
    """The event of a file taken back; ``what`` was it: lists, consents, notices or waiting.

    ``head`` is the number of the last event before the command, so that taking back what was dropped again is a new
    event and completing an interrupted command is none. ``reason`` is plain text and can be erased.
    """
    return NewEvent(
        kind=UNDO,
        effective_at=at,
        body={"file_sha256": sha256, "what": what},
        dedup_key=dedup_key(keyring, UNDO, sha256, head),
        erasable=plain(words=reason),
    )


def confirmation_event(keyring: Keyring, sha256: str, head: int, at: datetime) -> NewEvent:
    """The event of a waiting list that somebody confirmed: from then on its doubts about everybody count no longer."""
    return NewEvent(
        kind=CONFIRMATION,
        effective_at=at,
        body={"file_sha256": sha256},
        dedup_key=dedup_key(keyring, CONFIRMATION, sha256, head),
    )


def goes_with_its_file(kind: str, body: Mapping[str, Any]) -> bool:
    """Whether an event counts no longer once its file is taken back."""
    return kind in _GOING or (kind == "consent" and body.get("state") in GIVEN)


def going() -> pl.Expr:
    """:func:`goes_with_its_file` of a frame with ``kind, state``."""
    given = (pl.col("kind") == "consent") & pl.col("state").is_in(GIVEN)
    return pl.col("kind").is_in(_GOING) | given.fill_null(value=False)


def last_marks(connection: sa.Connection, kind: str, cut: Cut = EVERYTHING) -> dict[str, int]:
    """For each file taken back (``UNDO``) or confirmed (``CONFIRMATION``) the number of the last such event."""
    query = sa.select(events.c.seq, events.c.body).where(events.c.kind == kind, within(cut)).order_by(events.c.seq)
    return {json.loads(body)["file_sha256"]: seq for seq, body in connection.execute(query)}


def marks_frame(marks: Mapping[str, int]) -> pl.DataFrame:
    """``file_sha256, mark_seq`` of :func:`last_marks`, to be joined."""
    return pl.DataFrame({"file_sha256": list(marks), "mark_seq": list(marks.values())}, schema=_MARKS)
