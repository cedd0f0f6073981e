"""The canonical encoding that the ledger's hashes are taken over, the same under every database.

Invariant: a record's hash covers everything that makes up the record, its tokens and the hash before it, so that no
field of any record can change without breaking the chain at that spot. The encoding is JSON with sorted keys in UTF-8;
instants are ISO 8601 in UTC with six decimals; floats are refused, for their text depends on who writes it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.ledger.model import Token

__all__ = [
    "COMMITMENTS_KEY",
    "EVENTS",
    "GENESIS",
    "RUNS",
    "canonical",
    "event_hash",
    "instant",
    "instant_text",
    "keyed_event_hash",
    "run_hash",
]

# Where an event's body keeps the keyed commitments to its plain text: {"key_id": ..., kind: hmac}.
COMMITMENTS_KEY: Final = "erasable"
EVENTS: Final = "events"
RUNS: Final = "runs"
GENESIS: Final = "0" * 64  # what the first record of a chain names as the hash before it
_INSTANT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_PLAIN: Final = frozenset({str, int, bool, type(None)})  # what most values are, told by one look


def canonical(value: object) -> str:
    """The one JSON text of ``value``; raises ``TypeError`` for anything but JSON without floats and with text keys."""
    _check(value)
    return _ENCODER.encode(value)


def instant_text(at: datetime) -> str:
    """The canonical text of an aware instant; text order is time order. Raises ``ValueError`` for a naive one."""
    if at.tzinfo is None:
        message = "an instant needs a time zone"
        raise ValueError(message)
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def instant(text: str) -> datetime:
    """The instant of a canonical text."""
    return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)


def event_hash(row: dict[str, Any], tokens: Iterable[Token]) -> str:
    """The hash of one event: ``row`` holds the columns of the events table but the hash itself."""
    keyed = [[token.kind, token.token, token.exact, token.key_id, token.rule_version] for token in tokens]
    return keyed_event_hash(row, keyed)


def keyed_event_hash(row: dict[str, Any], tokens: Iterable[list[Any]]) -> str:
    """:func:`event_hash` for tokens as they stand in their table: kind, token, exact, key id, rule version."""
    return _sha256({"chain": EVENTS, **row, "tokens": sorted(tokens)})


def run_hash(row: dict[str, Any]) -> str:
    """The hash of one run or publication record."""
    return _sha256({"chain": RUNS, **row})


def _sha256(value: dict[str, Any]) -> str:
    """The hash of a record: its columns are text, numbers and truth values, which need no check."""
    return hashlib.sha256(_ENCODER.encode(value).encode()).hexdigest()


def _check(value: object) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                message = "keys in the ledger are text"
                raise TypeError(message)
            if type(item) not in _PLAIN:
                _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif not (value is None or isinstance(value, str | bool | int)):
        message = f"the ledger stores no {type(value).__name__}"
        raise TypeError(message)
