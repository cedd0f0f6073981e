"""The files that events came in: what of each counts, what went with it, and which lists wait for a word.

Every frame is ordered by when the file came, then by content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.decoding import decoded_events, text_columns, tokens_of_events
from flows.ledger.model import EVERYTHING
from flows.ledger.taken_back import CONFIRMATION, UNDO, WAITING_CODE, going, last_marks, marks_frame
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import sqlalchemy as sa

    from flows.ledger.model import Cut

__all__ = [
    "DOUBT",
    "EVENT_FILES",
    "SOURCE",
    "event_files",
    "file_of",
    "recorded_before",
    "tokens_of_files",
    "waiting_lists",
]

DOUBT: Final = "doubt"  # a word nobody could understand: it stops nobody, and holds whom it names
SOURCE: Final = pl.Struct({"file_sha256": pl.String()})  # of a body: what :func:`file_of` reads

# The files whose events stand in the ledger, for people to choose from.
EVENT_FILES: Final = pl.Schema(
    {
        "file_sha256": pl.String(),
        "kind": pl.String(),  # of the events
        "events": pl.UInt32(),
        "first_recorded_at": UTC_INSTANT,
        "in_force": pl.UInt32(),  # how many of them would go if the file were taken back
    }
)


def event_files(connection: sa.Connection, kinds: Sequence[str]) -> pl.DataFrame:
    """The files that events of some kinds came in, as ``EVENT_FILES``, by the time they came."""
    body = {**text_columns("state"), "source": SOURCE}
    told = decoded_events(connection, kinds, EVERYTHING, body).with_columns(file_of())
    gone = recorded_before(connection, told, UNDO, EVERYTHING).get_column("seq")
    files = told.drop_nulls("file_sha256").group_by("file_sha256", "kind")
    found = files.agg(
        pl.len().alias("events"),
        pl.col("recorded_at").min().alias("first_recorded_at"),
        (going() & ~pl.col("seq").is_in(gone.implode())).sum().alias("in_force"),
    )
    return conform(found, EVENT_FILES).sort("first_recorded_at", "file_sha256", "kind")


def tokens_of_files(connection: sa.Connection, files: Collection[str]) -> frozenset[str]:
    """The exact tokens of the consents and notices that came in some files."""
    kinds = ("consent", "notice")
    told = decoded_events(connection, kinds, EVERYTHING, {"source": SOURCE}).with_columns(file_of())
    own = told.filter(pl.col("file_sha256").is_in(sorted(files))).select("seq")
    named = tokens_of_events(connection, kinds, EVERYTHING).filter("exact").join(own, on="seq", how="semi")
    return frozenset(named.get_column("token"))


def waiting_lists(connection: sa.Connection) -> pl.DataFrame:
    """``file_sha256, list, rows``: lists that hold everybody they name, neither confirmed nor taken back since.

    ``list`` is the source, ``rows`` how many rows name somebody. Where its file lies is not known here.
    """
    source = pl.Struct(text_columns("file_sha256", "list"))
    told = decoded_events(connection, (DOUBT,), EVERYTHING, {**text_columns("code"), "source": source})
    held = told.filter(pl.col("code") == WAITING_CODE).with_columns(file_of(), pl.col("source").struct.field("list"))
    for mark in (UNDO, CONFIRMATION):
        settled = recorded_before(connection, held, mark, EVERYTHING)
        held = held.join(settled, on="seq", how="anti")
    lists = held.group_by("file_sha256").agg(pl.col("list").sort_by("seq").last(), pl.len().alias("rows"))
    return lists.drop_nulls("file_sha256").sort("file_sha256")


def recorded_before(connection: sa.Connection, told: pl.DataFrame, mark: str, cut: Cut) -> pl.DataFrame:
    """Those of some events that were recorded before their file was marked (``UNDO``, ``CONFIRMATION``)."""
    marks = marks_frame(last_marks(connection, mark, cut))
    marked = told.join(marks, on="file_sha256", how="inner").filter(pl.col("seq") < pl.col("mark_seq"))
    return marked.select(pl.col(name) for name in told.columns)


def file_of() -> pl.Expr:
    """SHA-256 of the file an event came in, out of its body's ``source`` (``SOURCE``); null: it came in none."""
    return pl.col("source").struct.field("file_sha256")
