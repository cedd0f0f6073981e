"""Appending: one short serialised transaction that assigns number, time and hash.

Invariants: sequence numbers have no gaps; order is by sequence, never by time; an event whose key is known is not
written again. The caller holds a write transaction of database.py, so no two appends ever see the same head.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flows.ledger.bulk import insert_rows
from flows.ledger.chain import COMMITMENTS_KEY, GENESIS, canonical, event_hash, instant_text, run_hash
from flows.ledger.counting_anew import Renewals, TakenBack, Voided, known_keys
from flows.ledger.erasure import without_texts
from flows.ledger.said_again import Repeats, said_elsewhere, spread_anew
from flows.ledger.tables import erasable, event_tokens, events, runs
from flows.ledger.void import VOID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from flows.ledger.keys import Key
    from flows.ledger.model import NewEvent
    from flows.ledger.snapshots import Snapshots

__all__ = ["COMMITMENTS_KEY", "append_events", "append_run_record", "commitment_to", "head_of", "new_kinds"]


@dataclass
class _Batch:
    """The rows of one append, and how the numbers go on."""

    seq: int
    hash: str
    recorded_at: str
    key: Key
    events: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[dict[str, Any]] = field(default_factory=list)
    plain: list[dict[str, Any]] = field(default_factory=list)

    def add(self, event: NewEvent, dedup_key: str | None) -> int:
        """Take one event in as the next of the chain."""
        seq = self.seq + 1
        row: dict[str, Any] = {
            "seq": seq,
            "kind": event.kind,
            "recorded_at": self.recorded_at,
            "effective_at": instant_text(event.effective_at),
            "dedup_key": dedup_key,
            "body": _body_text(event, seq, self.key),
            "prev_hash": self.hash,
        }
        tokens = {(token.kind, token.token): token for token in event.tokens}.values()
        row["hash"] = event_hash(row, tokens)
        self.seq, self.hash = seq, row["hash"]
        self.events.append(row)
        self.tokens += [
            {
                "seq": seq,
                "token_kind": token.kind,
                "token": token.token,
                "exact": token.exact,
                "key_id": token.key_id,
                "rule_version": token.rule_version,
            }
            for token in tokens
        ]
        self.plain += [{"ref": seq, "kind": kind, "value": _storable(value)} for kind, value in event.erasable.items()]
        return seq

    def add_new(self, connection: sa.Connection, made: Iterable[NewEvent], known: dict[str | None, int]) -> None:
        """Take in those of some events that are not known by their own key."""
        for event in list(made):
            known |= known_keys(connection, [event.dedup_key])
            if event.dedup_key not in known:
                known[event.dedup_key] = self.add(event, event.dedup_key)


def append_events(
    connection: sa.Connection, new: Sequence[NewEvent], key: Key, now: datetime, snapshots: Snapshots | None = None
) -> list[int]:
    """Append events in their order; for each its sequence number, or that of the same event known before.

    Of those that name somebody erased no plain text is stored. What a file repeats is noted, and a void records anew
    what other files said (``said_again``; of entries of bulk lists with ``snapshots``).
    """
    known = known_keys(connection, [key for event in new for key in (event.dedup_key, event.formerly)])
    seq, last = head_of(connection, events)
    renewals = Renewals(connection, head=seq)
    taken_back, voided = TakenBack(connection), Voided(connection)
    batch, repeats = _Batch(seq=seq, hash=last, recorded_at=instant_text(now), key=key), Repeats(connection)
    numbers = []
    for event in without_texts(connection, new):
        dedup_key = _key_in(known, event)
        if event.undated and dedup_key in known:
            dedup_key = renewals.key_of(event, known[dedup_key])
            if dedup_key not in known:
                known |= known_keys(connection, [dedup_key])
        if dedup_key in known:
            dedup_key = voided.key_of(event, taken_back.key_of(event, dedup_key, known), known)
        if dedup_key is None or dedup_key not in known:
            known[dedup_key] = batch.add(event, dedup_key)
            if event.kind == VOID:
                _say_anew(connection, batch, event.body, snapshots, known)
        else:
            repeats.heard(event, known[dedup_key])
        numbers.append(known[dedup_key])
    bodies = {row["seq"]: row["body"] for row in batch.events}
    batch.add_new(connection, repeats.notes(bodies, now), known)
    for table, rows in ((events, batch.events), (event_tokens, batch.tokens), (erasable, batch.plain)):
        insert_rows(connection, table, rows)
    return numbers


def _key_in(known: Mapping[str | None, int], event: NewEvent) -> str | None:
    """The key of an event, or the one it had formerly where it is known by that."""
    return event.formerly if event.formerly is not None and event.formerly in known else event.dedup_key


def _say_anew(
    connection: sa.Connection,
    batch: _Batch,
    void: Mapping[str, Any],
    snapshots: Snapshots | None,
    known: dict[str | None, int],
) -> None:
    """With a void, what other files said of the same, and whom that was spread to."""
    for said in said_elsewhere(connection, void, snapshots):
        batch.add_new(connection, [said], known)
        batch.add_new(connection, spread_anew(connection, void, known[said.dedup_key]), known)


def new_kinds(connection: sa.Connection, new: Sequence[NewEvent]) -> dict[str, int]:
    """How many of these events, by kind, are not known yet."""
    known = known_keys(connection, [key for event in new for key in (event.dedup_key, event.formerly)])
    fresh = [event for event in new if _key_in(known, event) not in known]
    kinds = {event.dedup_key or str(number): event.kind for number, event in enumerate(fresh)}
    return dict(sorted(Counter(kinds.values()).items()))


def append_run_record(connection: sa.Connection, kind: str, body: dict[str, Any], now: datetime) -> int:
    """Append a record to the chain of runs; it names the head of the events, so that their end cannot be cut off."""
    events_seq, events_hash = head_of(connection, events)
    seq, last = head_of(connection, runs)
    row = {
        "seq": seq + 1,
        "kind": kind,
        "recorded_at": instant_text(now),
        "body": canonical({**body, "events_seq": events_seq, "events_hash": events_hash}),
        "prev_hash": last,
    }
    connection.execute(sa.insert(runs), [{**row, "hash": run_hash(row)}])
    return seq + 1


def head_of(connection: sa.Connection, table: sa.Table) -> tuple[int, str]:
    """Number and hash of the last record of a chain."""
    last = connection.execute(sa.select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, GENESIS)


def commitment_to(key: Key, seq: int, kind: str, value: str) -> str:
    """What an event's body holds in place of plain text: proves the text while it is there, says nothing after."""
    return key.sign(f"erasable:{seq}:{kind}:{_storable(value)}")


def _body_text(event: NewEvent, seq: int, key: Key) -> str:
    if not event.erasable:
        return _storable(canonical(dict(event.body)))
    proofs = {kind: commitment_to(key, seq, kind, value) for kind, value in event.erasable.items()}
    return _storable(canonical({**event.body, COMMITMENTS_KEY: {"key_id": key.key_id, "values": proofs}}))


def _storable(text: str) -> str:
    """Text that every database can hold: no NUL, no lone surrogate."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
