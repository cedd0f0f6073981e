"""What the people in a queue said last, for whoever prepares the next call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ledger.notes import last_notes
from flows.ledger.screening import contact_tokens
from flows.store import active_lists, load_records
from policies.subjects import known_by

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.ledger import Ledger
    from flows.workspace import Workspace
    from policies.identity import Generation

__all__ = ["notes_about"]

_POINTS = ("email", "phone")


def notes_about(ws: Workspace, ledger: Ledger, generation: Generation, people: Collection[str]) -> pl.DataFrame:
    """The newest touch with a note of some people (ids of ``generation``), as ``NOTES``; only they are there.

    Only the records of these people, and of whoever shares a contact point with them, are looked up. Raises
    ``WorkspaceError`` where a stored list is damaged.
    """
    person_of = generation.assignments.select("record_id", "person_id")
    records = load_records(ws, active_lists(ws)).join(person_of, on="record_id", how="inner")
    asked = pl.col("person_id").is_in(sorted(people))
    theirs = records.filter(asked)
    reached = (pl.col(name).is_in(theirs.get_column(name).drop_nulls().unique().implode()) for name in _POINTS)
    near = records.filter(asked | pl.any_horizontal(*reached).fill_null(value=False))
    tokens = contact_tokens(ledger.keyring, near.drop("person_id"), ledger.token_kinds())
    return last_notes(ledger, known_by(near, tokens, generation)).filter(asked)
