"""Appending: one short serialised transaction that assigns number, time and hash.

Invariants: sequence numbers have no gaps; order is by sequence, never by time; an event whose key is known is not
written again. The caller holds a write transaction of database.py, so no two appends ever see the same head.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from flows.ledger.bulk import insert_rows
from flows.ledger.chain import COMMITMENTS_KEY, GENESIS, canonical, event_hash, instant_text, run_hash
from flows.ledger.erasure import without_texts
from flows.ledger.said_again import Repeats, said_elsewhere
from flows.ledger.tables import erasable, event_tokens, events, keys, runs
from flows.ledger.taken_back import UNDO, goes_with_its_file, last_marks
from flows.ledger.void import VOID, last_voids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from flows.ledger.keys import Key
    from flows.ledger.model import NewEvent
    from flows.ledger.snapshots import Snapshots

__all__ = ["COMMITMENTS_KEY", "append_events", "append_run_record", "commitment_to", "head_of", "new_kinds"]

_CHUNK: Final = 500  # parameters in one IN (...)


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
            known |= _known(connection, [event.dedup_key])
            if event.dedup_key not in known:
                known[event.dedup_key] = self.add(event, event.dedup_key)


def append_events(
    connection: sa.Connection, new: Sequence[NewEvent], key: Key, now: datetime, snapshots: Snapshots | None = None
) -> list[int]:
    """Append events in their order; for each its sequence number, or that of the same event known before.

    Of those that name somebody erased no plain text is stored. What a file repeats is noted, and a void records anew
    what other files said (``said_again``; of entries of bulk lists with ``snapshots``).
    """
    known = _known(connection, [event.dedup_key for event in new])
    seq, last = head_of(connection, events)
    renewals = _Renewals(connection, head=seq)
    taken_back, voided = _TakenBack(connection), _Voided(connection)
    batch, repeats = _Batch(seq=seq, hash=last, recorded_at=instant_text(now), key=key), Repeats(connection)
    numbers = []
    for event in without_texts(connection, new):
        dedup_key = event.dedup_key
        if event.undated and dedup_key in known:
            dedup_key = renewals.key_of(event, known[dedup_key])
            if dedup_key not in known:
                known |= _known(connection, [dedup_key])
        if dedup_key in known:
            dedup_key = voided.key_of(event, taken_back.key_of(event, dedup_key, known), known)
        if dedup_key is None or dedup_key not in known:
            known[dedup_key] = batch.add(event, dedup_key)
            if event.kind == VOID:
                batch.add_new(connection, said_elsewhere(connection, event.body, snapshots), known)
        else:
            repeats.heard(event, known[dedup_key])
        numbers.append(known[dedup_key])
    bodies = {row["seq"]: row["body"] for row in batch.events}
    batch.add_new(connection, repeats.notes(bodies, now), known)
    for table, rows in ((events, batch.events), (event_tokens, batch.tokens), (erasable, batch.plain)):
        insert_rows(connection, table, rows)
    return numbers


def new_kinds(connection: sa.Connection, new: Sequence[NewEvent]) -> dict[str, int]:
    """How many of these events, by kind, are not known yet."""
    known = _known(connection, [event.dedup_key for event in new])
    fresh = [event for event in new if event.dedup_key not in known]
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


def _known(connection: sa.Connection, keys: Iterable[str | None]) -> dict[str | None, int]:
    wanted = sorted({key for key in keys if key is not None})
    found: dict[str | None, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = sa.select(events.c.dedup_key, events.c.seq).where(
            events.c.dedup_key.in_(wanted[start : start + _CHUNK])
        )
        found.update((key, seq) for key, seq in connection.execute(query))
    return found


class _Renewals:
    """When a statement without a date, known already, counts anew.

    Came a consent in after it, and comes the statement in another file now, then it may be a new refusal: it counts
    under a key of its own, once per file. Otherwise nothing has changed.
    """

    def __init__(self, connection: sa.Connection, *, head: int) -> None:
        self._connection = connection
        self._head = head

    @cached_property
    def _last_consent(self) -> int:
        last = sa.select(sa.func.max(events.c.seq)).where(events.c.kind == "consent")
        return self._connection.scalar(last) or 0

    def key_of(self, event: NewEvent, known_seq: int) -> str | None:
        """The key to count the event under: its own, or the one for its file."""
        file = _file(event.body)
        settled = known_seq > self._head or known_seq > self._last_consent
        if settled or file is None or file == self._file_of(known_seq) or not self._consented(event, known_seq):
            return event.dedup_key
        return f"{event.dedup_key}:{file}"

    @cached_property
    def _rotated(self) -> bool:
        return (self._connection.scalar(sa.select(sa.func.count()).select_from(keys)) or 0) > 1

    def _consented(self, event: NewEvent, known_seq: int) -> bool:
        if event.body.get("contact_kind") == "token" and self._rotated:
            return True  # an unsubscribe token names nobody under another key than its own: it may have been them
        own = [*(token.token for token in event.tokens), *event.older]
        query = (
            sa.select(events.c.seq)
            .join(event_tokens, events.c.seq == event_tokens.c.seq)
            .where(events.c.kind == "consent", events.c.seq > known_seq, event_tokens.c.token.in_(own))
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def _file_of(self, seq: int) -> str | None:
        body = self._connection.scalar(sa.select(events.c.body).where(events.c.seq == seq))
        return _file(json.loads(body or "{}"))


class _TakenBack:
    """When a statement whose file was taken back counts anew: whenever it is made again.

    It then stands under a key of its own, once for every time it was taken back.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @cached_property
    def _undone(self) -> dict[str, int]:
        return last_marks(self._connection, UNDO)

    def key_of(self, event: NewEvent, dedup_key: str | None, known: dict[str | None, int]) -> str | None:
        """The key to count the event under: its own, or the one after the last time it was taken back."""
        base = dedup_key
        while dedup_key in known and goes_with_its_file(event.kind, event.body) and self._undone:
            undone = self._undone_after(known[dedup_key])
            if undone is None:
                break
            dedup_key = f"{base}:{undone}"
            if dedup_key not in known:
                known |= _known(self._connection, [dedup_key])
        return dedup_key

    def _undone_after(self, seq: int) -> int | None:
        """The number under which the file of an event was taken back after it was recorded."""
        body = self._connection.scalar(sa.select(events.c.body).where(events.c.seq == seq))
        undone = self._undone.get(_file(json.loads(body or "{}")) or "")
        return undone if undone is not None and undone > seq else None


class _Voided:
    """When a statement that was voided counts anew: when it is made again elsewhere than in the file it came in.

    It then stands under a key of its own, once for every file, or else for every time it was voided.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @cached_property
    def _voids(self) -> dict[int, int]:
        return last_voids(self._connection)

    def key_of(self, event: NewEvent, dedup_key: str | None, known: dict[str | None, int]) -> str | None:
        """The key to count the event under: its own, or that of its file or of the last void of it."""
        base, file = dedup_key, _file(event.body)
        while dedup_key in known and (void := self._voids.get(known[dedup_key])) is not None:
            if file is not None and file == self._file_of(known[dedup_key]):
                break
            dedup_key = f"{base}:{file or void}"
            if dedup_key not in known:
                known |= _known(self._connection, [dedup_key])
        return dedup_key

    def _file_of(self, seq: int) -> str | None:
        body = self._connection.scalar(sa.select(events.c.body).where(events.c.seq == seq))
        return _file(json.loads(body or "{}"))


def _file(body: Mapping[str, Any]) -> str | None:
    file: str | None = (body.get("source") or {}).get("file_sha256")
    return file
