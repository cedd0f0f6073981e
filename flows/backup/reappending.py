"""Recording again what another ledger or the journal says and this ledger does not know.

Every event carried over names in its body the number and the hash it had (``recovered``). What is known already, by its
hash or as the same statement, is not recorded twice, so that this can be done again at any time. A void or a spread
that names another event by number is told the number this has here. A void whose statement is not here is left out, a
spread is recorded without it: a stop then stays in force.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from flows.ledger.appending import COMMITMENTS_KEY, append_events, commitment_to
from flows.ledger.chain import instant
from flows.ledger.journal import is_stop
from flows.ledger.model import NewEvent
from flows.ledger.rotation import check_values, register_key
from flows.ledger.said_again import SAID_AGAIN, renumbered
from flows.ledger.tables import events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from flows.ledger import Key, Keyring
    from flows.ledger.lines import EventLine

__all__ = ["Reappended", "reappend", "require_keys"]

_CHUNK: Final = 500
_MARK: Final = "recovered"


@dataclass
class Reappended:
    """How many events were carried over, by kind; ``unplaced`` name an event that is not here."""

    kinds: Counter[str] = field(default_factory=Counter)
    unplaced: int = 0

    def plus(self, other: Reappended) -> Reappended:
        """Both together."""
        return Reappended(self.kinds + other.kinds, self.unplaced + other.unplaced)


def reappend(
    connection: sa.Connection,
    lines: Sequence[EventLine],
    keyring: Keyring,
    now: datetime,
    texts: Mapping[int, Mapping[str, str]] | None = None,
    shared: int = 0,
) -> Reappended:
    """Append those of some events that stop or hold somebody and are not known here, in their order.

    ``keyring`` are the keys at hand; ``texts`` is plain text by number, kept where it is what the event vouched for.
    Up to the number ``shared`` the events come from the same chain as those here.
    Raises ``HeldError`` ``key_missing`` where one was made under a key that is not at hand.
    """
    done = Reappended()
    wanted = [line for line in lines if is_stop(line.row["kind"], line.body.get("state"))]
    ring = require_keys(connection, wanted, keyring, now)
    placed: dict[int, int] = {}
    for chunk in _in_chunks(wanted):
        fresh = _unknown(connection, chunk, placed)
        new = [(line, _event(line, ring, _Places(placed, shared), (texts or {}).get(line.seq, {}))) for line in fresh]
        done.unplaced += sum(event is None for _, event in new)
        kept = [(line, event) for line, event in new if event is not None]
        numbers = append_events(connection, [event for _, event in kept], ring.current, now)
        placed |= {line.seq: number for (line, _), number in zip(kept, numbers, strict=True)}
        done.kinds.update(line.row["kind"] for line, _ in kept)
    return done


def require_keys(connection: sa.Connection, lines: Iterable[EventLine], keyring: Keyring, now: datetime) -> Keyring:
    """Register the keys that events were made under and the ledger does not name; gives the ring of the ledger."""
    named = check_values(connection)
    used = dict.fromkeys(key_id for line in lines for key_id in _keys_of(line))
    at_hand: dict[str, Key] = {key.key_id: key for key in keyring}
    for key_id in used:
        if key_id not in named and key_id in at_hand:
            register_key(connection, at_hand[key_id], now)
    missing = {key_id: "" for key_id in used if key_id not in named and key_id not in at_hand}
    return keyring.of_ledger(check_values(connection) | missing)


def _keys_of(line: EventLine) -> list[str]:
    """The keys that the tokens of an event, or of the long list it names, were made with."""
    return [*(token.key_id for token in line.tokens), *map(str, line.body.get("key_ids", ()))]


def _unknown(connection: sa.Connection, chunk: Sequence[EventLine], placed: dict[int, int]) -> list[EventLine]:
    """Those events that are not here; of the others the numbers they have here are noted."""
    query = sa.select(events.c.hash, events.c.seq).where(events.c.hash.in_([line.hash for line in chunk]))
    by_hash = dict(connection.execute(query).tuples().all())
    keys = [key for line in chunk for key in (line.row["dedup_key"], _own_key(line)) if key is not None]
    by_key: dict[str | None, int] = {}
    for start in range(0, len(keys), _CHUNK):
        found = sa.select(events.c.dedup_key, events.c.seq).where(events.c.dedup_key.in_(keys[start : start + _CHUNK]))
        by_key |= dict(connection.execute(found).tuples().all())
    fresh = []
    for line in chunk:
        here = by_hash.get(line.hash) or by_key.get(_own_key(line)) or by_key.get(line.row["dedup_key"] or "")
        if here is None:
            fresh.append(line)
        else:
            placed[line.seq] = here
    return fresh


def _in_chunks(lines: Sequence[EventLine]) -> Iterable[Sequence[EventLine]]:
    """Pieces of the events in order; one that names another begins a piece, so that the other has its number."""
    piece: list[EventLine] = []
    for line in lines:
        if len(piece) >= _CHUNK or (piece and _names_others(line)):
            yield piece
            piece = []
        piece.append(line)
    if piece:
        yield piece


@dataclass(frozen=True, slots=True)
class _Places:
    """Which number here an event has."""

    placed: Mapping[int, int]
    shared: int

    def of(self, number: int) -> int | None:
        """The number here; None where the event is not here."""
        return number if number <= self.shared else self.placed.get(number)


def _event(line: EventLine, ring: Keyring, places: _Places, texts: Mapping[str, str]) -> NewEvent | None:
    """The event anew; None for a void whose statement is not here.

    A spread of a statement that is not here stays: it names whom it stops by tokens of its own.
    """
    body = line.body
    proofs = body.pop(COMMITMENTS_KEY, {})
    if (named := _names(body)) is not None:
        here = places.of(named)
        if here is None and "event" in body:
            return None
        body = _renamed(body, here)
    if line.row["kind"] == SAID_AGAIN:
        body = renumbered(body, places.of)
    body[_MARK] = {"seq": line.seq, "hash": line.hash}
    return NewEvent(
        kind=line.row["kind"],
        effective_at=instant(line.row["effective_at"]),
        body=body,
        tokens=line.tokens,
        dedup_key=line.row["dedup_key"] or _own_key(line),
        erasable={kind: text for kind, text in texts.items() if _vouched(line, proofs, ring, kind, text)},
    )


def _own_key(line: EventLine) -> str:
    return f"{_MARK}:{line.hash}"


def _vouched(line: EventLine, proofs: Mapping[str, Any], ring: Keyring, kind: str, text: str) -> bool:
    key = next((key for key in ring if key.key_id == proofs.get("key_id")), None)
    return key is not None and proofs.get("values", {}).get(kind) == commitment_to(key, line.seq, kind, text)


def _names(body: Mapping[str, Any]) -> int | None:
    """The number of the event that another one is about: what is void, what was spread."""
    source = body.get("source")
    of = source.get("of") if isinstance(source, dict) else None
    named = body.get("event", of)
    return named if isinstance(named, int) else None


def _names_others(line: EventLine) -> bool:
    return line.row["kind"] == SAID_AGAIN or _names(line.body) is not None


def _renamed(body: dict[str, Any], number: int | None) -> dict[str, Any]:
    if "event" in body:
        return {**body, "event": number}
    source = {name: value for name, value in body["source"].items() if name != "of"}
    return {**body, "source": source if number is None else {**source, "of": number}}
