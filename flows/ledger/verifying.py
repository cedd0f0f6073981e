"""Walking the ledger and naming every spot where it is not what was written.

Beside the two chains: tokens and plain text that belong to no event, claims and publications that do not match, keys
that no event announced, guards that are gone, and an end of the events that was cut off behind a recorded run.
"""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from flows.ledger.appending import COMMITMENTS_KEY, commitment_to
from flows.ledger.chain import EVENTS, GENESIS, RUNS, keyed_event_hash, run_hash
from flows.ledger.model import Fault
from flows.ledger.schema_version import missing_triggers
from flows.ledger.tables import claims, erasable, event_tokens, events, keys, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.ledger.keys import Keyring

__all__ = ["verify"]

_AT_A_TIME: Final = 5000  # rows in memory


def verify(connection: sa.Connection, keyring: Keyring) -> list[Fault]:
    """Every fault of the ledger, in the order of its chains; an empty list says that it holds.

    It is read as a stream: what is kept in memory are the faults and what the records of the runs name.
    """
    faults = [Fault("database", None, f"the guard {name} is missing") for name in missing_triggers(connection)]
    heads = _Heads(connection)
    tokens = _Tokens(connection)

    def hash_of_event(row: dict[str, Any]) -> str:
        heads.passed(row["seq"], row["hash"])
        return keyed_event_hash(_unhashed(row), tokens.of(row["seq"]))

    faults += _walk(connection, events, EVENTS, hash_of_event)
    faults += [Fault("event_tokens", seq, "tokens of an event that is not there") for seq in tokens.left_over()]
    faults += _walk(connection, runs, RUNS, lambda row: run_hash(_unhashed(row)))
    faults += heads.faults()
    faults += _claims(connection)
    faults += _keys(connection)
    faults += _plain_text(connection, keyring)
    return faults


def _streamed(connection: sa.Connection, query: sa.Select[Any]) -> sa.CursorResult[Any]:
    """The rows of a query a few at a time, whichever database holds them."""
    return connection.execute(query, execution_options={"yield_per": _AT_A_TIME})


def _walk(
    connection: sa.Connection, table: sa.Table, chain: str, hash_of: Callable[[dict[str, Any]], str]
) -> Iterator[Fault]:
    """Follow one chain; after a fault it goes on from what stands there, so that each spot is named once."""
    seq, last = 0, GENESIS
    names = table.columns.keys()
    for values in _streamed(connection, sa.select(table).order_by(table.c.seq)):
        row = dict(zip(names, values, strict=True))
        gap = row["seq"] != seq + 1
        if gap:
            yield Fault(chain, seq + 1, _missing(seq + 1, row["seq"] - 1))
        elif row["prev_hash"] != last:
            yield Fault(chain, row["seq"], "does not follow from the record before it")
        if _hash(hash_of, row) != row["hash"]:
            yield Fault(chain, row["seq"], "was altered: its content does not match its hash")
        seq, last = row["seq"], row["hash"]


class _Tokens:
    """The tokens of the events, read beside them in the same order."""

    def __init__(self, connection: sa.Connection) -> None:
        query = sa.select(event_tokens).order_by(event_tokens.c.seq)
        self._groups = groupby(_streamed(connection, query), key=itemgetter(0))
        self._strays: list[int] = []
        self._ahead: tuple[int, list[list[Any]]] | None = None

    def of(self, seq: int) -> list[list[Any]]:
        """What an event's hash was taken over; those of events that are not there are left behind."""
        while (ahead := self._next()) is not None and ahead[0] < seq:
            self._stray()
        if ahead is None or ahead[0] > seq:
            return []
        self._ahead = None
        return ahead[1]

    def left_over(self) -> list[int]:
        """The numbers of events that have tokens and are not there."""
        while self._next() is not None:
            self._stray()
        return self._strays

    def _next(self) -> tuple[int, list[list[Any]]] | None:
        if self._ahead is None:
            seq, rows = next(self._groups, (None, ()))
            self._ahead = None if seq is None else (seq, [list(row)[1:] for row in rows])
        return self._ahead

    def _stray(self) -> None:
        if self._ahead is not None:
            self._strays.append(self._ahead[0])
            self._ahead = None


class _Heads:
    """Each record of the runs names the head of the events at its time; that event must still be there."""

    def __init__(self, connection: sa.Connection) -> None:
        rows = connection.execute(sa.select(runs.c.seq, runs.c.body).order_by(runs.c.seq))
        self._named = [(seq, _parsed(body)) for seq, body in rows]
        self._hashes: dict[int, str | None] = {body.get("events_seq", 0): None for _, body in self._named}
        self.passed(0, GENESIS)

    def passed(self, seq: int, own: str) -> None:
        """Take note of an event that is there, where a record names it."""
        if seq in self._hashes:
            self._hashes[seq] = own

    def faults(self) -> Iterator[Fault]:
        """Where an event that a record names is gone or another, once all events have passed."""
        for seq, body in self._named:
            number = body.get("events_seq", 0)
            if self._hashes[number] is None:
                yield Fault(EVENTS, number, f"is missing, though record {seq} of the runs names it")
            elif self._hashes[number] != body.get("events_hash", GENESIS):
                yield Fault(EVENTS, number, f"is not the event that record {seq} of the runs names")


def _hash(hash_of: Callable[[dict[str, Any]], str], row: dict[str, Any]) -> str | None:
    """The hash of what stands there; None when it cannot even be encoded, which no honest record is."""
    try:
        return hash_of(row)
    except (TypeError, UnicodeError):
        return None


def _missing(first: int, last: int) -> str:
    return "is missing" if first == last else f"is missing, as is everything up to {last}"


def _unhashed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "hash"}


def _claims(connection: sa.Connection) -> Iterator[Fault]:
    published = {
        (body["workspace_id"], body["queue_date"], body["revision"], body["run_id"], seq)
        for seq, text in connection.execute(sa.select(runs.c.seq, runs.c.body).where(runs.c.kind == "publication"))
        if {"workspace_id", "queue_date", "revision", "run_id"} <= (body := _parsed(text)).keys()
    }
    claimed = {tuple(row) for row in connection.execute(sa.select(claims))}
    for *_, seq in sorted(claimed - published):
        yield Fault("claims", seq, "a claim without its publication")
    for *_, seq in sorted(published - claimed):
        yield Fault("claims", seq, "a publication without its claim")


def _keys(connection: sa.Connection) -> Iterator[Fault]:
    query = sa.select(events.c.body).where(events.c.kind == "key")
    announced = {(body.get("key_id"), body.get("check_value")) for body in map(_parsed, connection.scalars(query))}
    for position, *key in connection.execute(sa.select(keys).order_by(keys.c.position)):
        if tuple(key) not in announced:
            yield Fault("keys", position, "is not the key an event announced")


def _plain_text(connection: sa.Connection, keyring: Keyring) -> Iterator[Fault]:
    """Plain text that is still there must be what the event was appended with; text that is gone may be gone."""
    by_id = {key.key_id: key for key in keyring}
    query = (
        sa.select(erasable, events.c.body)
        .join(events, events.c.seq == erasable.c.ref, isouter=True)
        .order_by(erasable.c.ref, erasable.c.kind)
    )
    for ref, kind, value, text in _streamed(connection, query):
        proofs = _parsed(text).get(COMMITMENTS_KEY, {})
        key = by_id.get(proofs.get("key_id"))
        if key is None or proofs.get("values", {}).get(kind) != commitment_to(key, ref, kind, value):
            yield Fault("erasable", ref, f"its {kind} is not what was recorded")


def _parsed(text: str | None) -> dict[str, Any]:
    """A body as far as it can be read; a damaged one is reported by its hash."""
    try:
        body = json.loads(text or "{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
