"""The keys a ledger names, oldest first, and the step by which a new one joins them.

A key stands in a table and, announced by an event, in the chain. It is registered in one transaction, after its file is
on disk for good: whatever interrupts a rotation leaves the old keys in force, or the new one with its file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from flows.ledger.appending import append_events
from flows.ledger.model import NewEvent
from flows.ledger.queries import pairs
from flows.ledger.tables import keys
from policies.errors import LedgerError

if TYPE_CHECKING:
    from datetime import datetime

    from flows.ledger.keys import Key, Keyring

__all__ = ["check_values", "register_key", "rotate_to"]


def check_values(connection: sa.Connection) -> dict[str, str]:
    """Key id -> check value of every key of the ledger, oldest first."""
    return pairs(connection, sa.select(keys.c.key_id, keys.c.check_value).order_by(keys.c.position))


def register_key(connection: sa.Connection, key: Key, now: datetime) -> None:
    """Write a key down, and an event that announces it, so that the keys stand in the chain as well."""
    position = connection.scalar(sa.select(sa.func.max(keys.c.position))) or 0
    row = {"position": position + 1, "key_id": key.key_id, "check_value": key.check_value}
    connection.execute(sa.insert(keys), [row])
    body = {"key_id": key.key_id, "check_value": key.check_value}
    append_events(connection, [NewEvent(kind="key", effective_at=now, body=body)], key, now)


def rotate_to(connection: sa.Connection, keyring: Keyring, key: Key, now: datetime) -> None:
    """Register a new key behind those of the ring; raises ``LedgerError`` ``key_rotated`` where another came first."""
    there = check_values(connection)
    if list(there) != [known.key_id for known in keyring]:
        raise LedgerError(
            "key_rotated",
            "Another command gave this ledger a new key at the same moment.",
            "Nothing is left to do; run `tactful key rotate` again only if you want one more.",
        )
    register_key(connection, key, now)
