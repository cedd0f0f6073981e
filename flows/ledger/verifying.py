"""Walking the ledger and naming every spot where it is not what was written.

Beside the two chains: tokens and plain text that belong to no event, claims and publications that do not match, keys
that no event announced, guards that are gone, and an end of the events that was cut off behind a recorded run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flows.ledger.appending import COMMITMENTS_KEY, commitment_to
from flows.ledger.chain import EVENTS, GENESIS, RUNS, event_hash, run_hash
from flows.ledger.model import Fault, Token
from flows.ledger.schema_version import missing_triggers
from flows.ledger.tables import claims, erasable, event_tokens, events, keys, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.ledger.keys import Keyring

__all__ = ["verify"]


def verify(connection: sa.Connection, keyring: Keyring) -> list[Fault]:
    """Every fault of the ledger, in the order of its chains; an empty list says that it holds."""
    faults = [Fault("database", None, f"the guard {name} is missing") for name in missing_triggers(connection)]
    tokens = _tokens_by_event(connection)
    hashes: dict[int, str] = {0: GENESIS}

    def hash_of_event(row: dict[str, Any]) -> str:
        hashes[row["seq"]] = row["hash"]
        return event_hash(_unhashed(row), tokens.pop(row["seq"], []))

    faults += _walk(connection, events, EVENTS, hash_of_event)
    faults += [Fault("event_tokens", seq, "tokens of an event that is not there") for seq in sorted(tokens)]
    faults += _walk(connection, runs, RUNS, lambda row: run_hash(_unhashed(row)))
    faults += _heads(connection, hashes)
    faults += _claims(connection)
    faults += _keys(connection)
    faults += _plain_text(connection, keyring)
    return faults


def _walk(
    connection: sa.Connection, table: sa.Table, chain: str, hash_of: Callable[[dict[str, Any]], str]
) -> Iterator[Fault]:
    """Follow one chain; after a fault it goes on from what stands there, so that each spot is named once."""
    seq, last = 0, GENESIS
    for row in connection.execute(sa.select(table).order_by(table.c.seq)).mappings():
        gap = row["seq"] != seq + 1
        if gap:
            yield Fault(chain, seq + 1, _missing(seq + 1, row["seq"] - 1))
        elif row["prev_hash"] != last:
            yield Fault(chain, row["seq"], "does not follow from the record before it")
        if _hash(hash_of, dict(row)) != row["hash"]:
            yield Fault(chain, row["seq"], "was altered: its content does not match its hash")
        seq, last = row["seq"], row["hash"]


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


def _tokens_by_event(connection: sa.Connection) -> dict[int, list[Token]]:
    found: dict[int, list[Token]] = {}
    for seq, kind, token, exact, key_id, version in connection.execute(sa.select(event_tokens)):
        made = Token(kind=kind, token=token, key_id=key_id, exact=exact, rule_version=version)
        found.setdefault(seq, []).append(made)
    return found


def _heads(connection: sa.Connection, hashes: dict[int, str]) -> Iterator[Fault]:
    """Each record of the runs names the head of the events at its time; that event must still be there."""
    for seq, body in connection.execute(sa.select(runs.c.seq, runs.c.body).order_by(runs.c.seq)):
        head = _parsed(body)
        number = head.get("events_seq", 0)
        if number not in hashes:
            yield Fault(EVENTS, number, f"is missing, though record {seq} of the runs names it")
        elif hashes[number] != head.get("events_hash", GENESIS):
            yield Fault(EVENTS, number, f"is not the event that record {seq} of the runs names")


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
    for ref, kind, value, text in connection.execute(query):
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
