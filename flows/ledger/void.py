"""Voids: a stop that was provably never the person's word is taken back by two named people (law 1).

Invariants: nothing is removed; from the void on the statement counts no longer, nor does any event by which its spread
was written down. Before the void, and in every reading with an earlier cut, it counts. A void is about one statement:
the same statement in the same file stays voided, said again anywhere else it counts anew.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.decoding import decoded_events, fetched, text_columns
from flows.ledger.events import dedup_key, evidence_digest, plain
from flows.ledger.kinds import KINDS
from flows.ledger.model import EVERYTHING, NewEvent
from flows.ledger.snapshots import named_snapshots
from flows.ledger.tables import erasable, events
from policies.errors import UsageError
from policies.permission import SPREAD, word_of
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from datetime import datetime

    from flows.ledger.keys import Keyring
    from flows.ledger.model import Cut
    from flows.ledger.snapshots import Snapshots

__all__ = [
    "VOID",
    "VOIDS",
    "Void",
    "last_voids",
    "require_voidable",
    "spread_words",
    "void_event",
    "voided_words",
    "voids",
    "without_voided",
]

VOID: Final = "void"
_NO_LONGER: Final = ("ConsentWithdrawn", "ConsentRefused")
_STOPS: Final = tuple(kind.name for kind in KINDS.values() if kind.voidable and kind.name != "consent")
_WORD: Final = pl.Schema({"word": pl.Int64(), "void_seq": pl.Int64()})
_TEXTS: Final = ("by", "second", "reason")
_BULK_LIST: Final = "optout_snapshot"

# What was voided, by whom and why; texts are null once they were erased.
VOIDS: Final = pl.Schema(
    {
        "seq": pl.Int64(),  # of the void
        "event": pl.Int64(),  # what it voids
        "entry": pl.Int64(),  # of a bulk list; null: an event of its own
        "kind": pl.String(),  # of what it voids
        "recorded_at": UTC_INSTANT,
        "by": pl.String(),
        "second": pl.String(),
        "reason": pl.String(),
        "evidence": pl.String(),  # SHA-256 of the evidence, or its keyed digest
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """What two people declare: which statement was never the person's word, why, and what proves it.

    ``entry`` is the row of a bulk list (0: the event itself). ``evidence`` is a SHA-256 or words.
    """

    event: int
    by: str = field(repr=False)
    second: str = field(repr=False)
    reason: str = field(repr=False)
    evidence: str = field(repr=False)
    entry: int = 0


def void_event(keyring: Keyring, declared: Void, kind: str, at: datetime) -> NewEvent:
    """The event of a void; ``kind`` is that of the statement, as :func:`require_voidable` tells it.

    The evidence is kept as its SHA-256 when it is one, else as a keyed digest and in plain text that can be erased.
    Raises ``UsageError``: ``void_incomplete`` where something is blank, ``one_person`` where both names are one.
    """
    _require_whole(declared)
    digest = evidence_digest(keyring, declared.evidence)
    body = {"event": declared.event, "of_kind": kind, "evidence": digest}
    words = declared.evidence if digest != declared.evidence.strip().lower() else None
    return NewEvent(
        kind=VOID,
        effective_at=at,
        body={**body, "entry": declared.entry} if declared.entry else body,
        dedup_key=dedup_key(keyring, VOID, declared.event, declared.entry),
        erasable=plain(by=declared.by, second=declared.second, reason=declared.reason, evidence=words),
    )


def require_voidable(connection: sa.Connection, snapshots: Snapshots, seq: int, entry: int = 0) -> str:
    """The kind of a statement that may be voided; ``entry`` is the row of a bulk list.

    Raises ``UsageError``: ``unknown_event``; ``not_voidable`` for what says no stop; ``spread_event`` for the writing
    down of another statement's spread, which goes with that statement.
    """
    row = connection.execute(sa.select(events.c.kind, events.c.body).where(events.c.seq == seq)).first()
    if row is None:
        raise UsageError("unknown_event", f"The ledger has no event {seq}.", "`tactful optout list` shows the numbers.")
    body: dict[str, Any] = json.loads(row.body)
    if row.kind == _BULK_LIST:
        return _kind_of_entry(connection, snapshots, seq, entry)
    if entry:
        message = f"Event {seq} is no bulk list: it has no entries."
        raise UsageError("unknown_event", message, f"Name it as {seq} alone.")
    if body.get("method") == SPREAD and "of" in (body.get("source") or {}):
        raise _spread(seq, body["source"]["of"])
    if row.kind not in _STOPS and not (row.kind == "consent" and body.get("state") in _NO_LONGER):
        raise UsageError(
            "not_voidable",
            f"Event {seq} is no opt-out, objection, complaint, bounce or withdrawal: there is nothing to void.",
            "A consent is ended by its withdrawal; a file is taken back by `tactful intake undo`.",
        )
    return str(row.kind)


def last_voids(connection: sa.Connection) -> dict[int, int]:
    """For each event voided as a whole the number of the last void of it."""
    query = sa.select(events.c.seq, events.c.body).where(events.c.kind == VOID).order_by(events.c.seq)
    bodies = [(seq, json.loads(body)) for seq, body in connection.execute(query)]
    return {body["event"]: seq for seq, body in bodies if not body.get("entry")}


def voided_words(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """``word, void_seq`` of what was voided before the cut: statements, and the events that write down their spread."""
    declared = decoded_events(connection, (VOID,), cut, {"event": pl.Int64(), "entry": pl.Int64()})
    word = word_of(pl.col("event"), pl.col("entry").fill_null(0))
    found = declared.select(word, pl.col("seq").alias("void_seq"))
    if found.is_empty():
        return pl.DataFrame(schema=_WORD)
    spread, reached = spread_words(connection, cut), found
    while not reached.is_empty():  # what was spread may have been spread again
        reached = spread.join(reached, left_on="origin", right_on="word").select("word", "void_seq")
        found = pl.concat([found, reached])
    return conform(found.unique("word", keep="first", maintain_order=True), _WORD).sort("word")


def without_voided(connection: sa.Connection, said: pl.DataFrame, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """Leave out the statements (column ``word``) that were voided before the cut."""
    gone = voided_words(connection, cut)
    return said if gone.is_empty() else said.join(gone, on="word", how="anti", maintain_order="left")


def voids(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """Every void for people to read, as ``VOIDS``, in the order of the ledger."""
    body = {"event": pl.Int64(), "entry": pl.Int64(), **text_columns("of_kind", "evidence")}
    found = decoded_events(connection, (VOID,), cut, body).drop("kind").rename({"of_kind": "kind"})
    for name in _TEXTS:
        query = sa.select(erasable.c.ref, erasable.c.value).where(erasable.c.kind == name)
        texts = fetched(connection, query, {"seq": pl.Int64(), **text_columns(name)})
        found = found.join(texts, on="seq", how="left", validate="1:1")
    return conform(found, VOIDS).sort("seq")


def spread_words(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """``word, origin`` of every event by which the spread of a statement was written down."""
    source = pl.Struct({"of": pl.Int64(), "entry": pl.Int64()})
    told = decoded_events(connection, _STOPS, cut, {**text_columns("method"), "source": source})
    spread = told.filter(pl.col("method") == SPREAD).unnest("source").drop_nulls("of")
    origin = word_of(pl.col("of"), pl.col("entry").fill_null(0)).alias("origin")
    return spread.select(word_of(pl.col("seq")), origin)


def _require_whole(declared: Void) -> None:
    texts = (declared.by, declared.second, declared.reason, declared.evidence)
    if not all(text.strip() for text in texts):
        raise UsageError(
            "void_incomplete",
            "A void needs two named people, a reason and evidence.",
            "Give --by, --and, --reason and --evidence, none of them blank.",
        )
    one, other = _folded(declared.by), _folded(declared.second)
    if "".join(one) == "".join(other) or sorted(one) == sorted(other):
        raise UsageError(
            "one_person",
            "Both names are the same: one person alone cannot void a stop.",
            "Have a second person check the evidence, and name them with --and.",
        )


def _folded(name: str) -> list[str]:
    """The words of a name as two are compared: without case, accents and marks."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return "".join(char if char.isalnum() else " " for char in bare.casefold()).split()


def _kind_of_entry(connection: sa.Connection, snapshots: Snapshots, seq: int, entry: int) -> str:
    """What an entry says: of a list that came again, only the rows that were new stand in its snapshot."""
    (snapshot,) = (snapshot for snapshot in named_snapshots(connection) if snapshot.seq == seq)
    kinds = snapshots.entry(snapshot, entry).get_column("kind")
    if kinds.is_empty():
        raise UsageError(
            "unknown_event",
            f"Event {seq} is a bulk list of {snapshot.entries:,} entries: one of them must be named.",
            "Name the entry by its row of the file; `tactful optout list CONTACT` shows both numbers.",
        )
    return str(kinds.min())


def _spread(seq: int, origin: int) -> UsageError:
    return UsageError(
        "spread_event",
        f"Event {seq} only writes down whom event {origin} reached: nobody said it by itself.",
        f"Void event {origin}; what it was spread to goes with it.",
    )
