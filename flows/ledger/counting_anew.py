"""When a statement that is known already counts anew: after a consent, once its file was taken back, after a void.

It then stands under a key of its own, made of the key of what was said and of what makes it new.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from flows.ledger.tables import event_tokens, events, keys
from flows.ledger.taken_back import UNDO, goes_with_its_file, last_marks
from flows.ledger.void import last_voids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from flows.ledger.model import NewEvent

__all__ = ["Renewals", "TakenBack", "Voided", "known_keys"]

_CHUNK: Final = 500  # parameters in one IN (...)


def known_keys(connection: sa.Connection, asked: Iterable[str | None]) -> dict[str | None, int]:
    """The numbers of the events that are known by some keys."""
    wanted = sorted({key for key in asked if key is not None})
    found: dict[str | None, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = sa.select(events.c.dedup_key, events.c.seq).where(
            events.c.dedup_key.in_(wanted[start : start + _CHUNK])
        )
        found.update((key, seq) for key, seq in connection.execute(query))
    return found


class Renewals:
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
        if (
            settled
            or file is None
            or file == _file_of(self._connection, known_seq)
            or not self._consented(event, known_seq)
        ):
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


class TakenBack:
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
                known |= known_keys(self._connection, [dedup_key])
        return dedup_key

    def _undone_after(self, seq: int) -> int | None:
        """The number under which the file of an event was taken back after it was recorded."""
        undone = self._undone.get(_file_of(self._connection, seq) or "")
        return undone if undone is not None and undone > seq else None


class Voided:
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
            if file is not None and file == _file_of(self._connection, known[dedup_key]):
                break
            dedup_key = f"{base}:{file or void}"
            if dedup_key not in known:
                known |= known_keys(self._connection, [dedup_key])
        return dedup_key


def _file_of(connection: sa.Connection, seq: int) -> str | None:
    body = connection.scalar(sa.select(events.c.body).where(events.c.seq == seq))
    return _file(json.loads(body or "{}"))


def _file(body: Mapping[str, Any]) -> str | None:
    file: str | None = (body.get("source") or {}).get("file_sha256")
    return file
