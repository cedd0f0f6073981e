"""The journal of stops: what says stop, once more, in a file beside the database.

Should the database be lost, nobody who said no in the command line must be forgotten with it. Invariants: after every
append that holds a stop, and whenever a ledger is opened, the journal is brought to the ledger's end under a lock of
its own file. So its lines stand in the ledger's order and without gaps, whoever appended and whoever was interrupted.
A journal that says something else than the ledger is left as it is: it is evidence (see ``flows.backup``).
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

import sqlalchemy as sa

from flows.files import fsync
from flows.ledger.lines import EventLine, event_lines, read_line
from flows.ledger.tables import events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from flows.ledger.database import Database
    from flows.ledger.model import NewEvent

__all__ = ["STOP_EVENTS", "Journal", "holds_stop", "is_stop"]

# What stops or holds somebody, and what is said about that; with an erasure, which files were rewritten for it.
STOP_EVENTS: Final = (
    *("optout", "objection", "complaint", "bounce", "doubt", "erasure", "void", "optout_snapshot"),
    *("undo", "confirmation", "judgement", "redaction", "said_again"),
)
_NO_LONGER: Final = ("ConsentWithdrawn", "ConsentRefused")
_TAIL: Final = 1 << 12


def is_stop(kind: str, state: object = None) -> bool:
    """Whether an event of a kind (and, for a consent, of a state) belongs into the journal."""
    return kind in STOP_EVENTS or (kind == "consent" and state in _NO_LONGER)


class Journal:
    """The journal in one file; it appears with the first stop."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def last(self) -> EventLine | None:
        """The last line that can be read; none where there is none."""
        try:
            with self.path.open("rb") as stream:
                return _last(stream)
        except FileNotFoundError:
            return None

    def lines(self) -> tuple[list[EventLine], int]:
        """Every line that can be read, and how many cannot."""
        try:
            raw = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return [], 0
        read = [_read(text) for text in raw if text]
        found = [line for line in read if line is not None]
        return found, len(read) - len(found)

    def follows(self, connection: sa.Connection) -> bool:
        """Whether the ledger holds what the journal says last: else it is an older or another one."""
        last = self.last()
        return last is None or _hash_at(connection, last.seq) == last.hash

    def keep_up(self, database: Database, *, look_first: bool = True) -> None:
        """Write down what the ledger holds and the journal does not.

        Costs one look where there is nothing; without ``look_first`` there is something. Writers that come at the same
        moment find their lines written, and on disk, by whoever was first.
        """
        if look_first and not self._lacks(database):
            return
        with self._locked() as stream:
            if _catch_up(stream, database):
                stream.flush()
                os.fsync(stream.fileno())

    def _lacks(self, database: Database) -> bool:
        last = self.last()
        missing = sa.select(events.c.seq).where(_stops_after(last.seq if last else 0)).limit(1)
        with database.read() as connection:
            return connection.execute(missing).first() is not None

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        """The file, held alone, closed to other users; a new one has its name on disk when this ends."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = not self.path.exists()
        with open(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as stream:  # noqa: PTH123 - os.open gives the mode
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield stream
        if fresh:
            fsync(self.path.parent)


def holds_stop(new: Sequence[NewEvent]) -> bool:
    """Whether anything about to be appended belongs into the journal."""
    return any(is_stop(event.kind, event.body.get("state")) for event in new)


def _catch_up(stream: BinaryIO, database: Database) -> bool:
    """Write what is missing; says whether anything was."""
    last = _last(stream)
    with database.read() as connection:
        if last is not None and _hash_at(connection, last.seq) != last.hash:
            return False
        return _write(stream, event_lines(connection, _stops_after(last.seq if last else 0)))


def _write(stream: BinaryIO, lines: Iterable[EventLine]) -> bool:
    """Write lines at the end; says whether there were any."""
    end = stream.seek(0, os.SEEK_END)
    if end:
        stream.seek(end - 1)
        if stream.read(1) != b"\n":  # a line that an interruption cut off
            stream.write(b"\n")
    stream.writelines(line.text().encode() + b"\n" for line in lines)
    return stream.tell() > end


def _stops_after(seq: int) -> sa.ColumnElement[bool]:
    said = [events.c.body.like(f'%"state":"{state}"%') for state in _NO_LONGER]
    withdrawn = sa.and_(events.c.kind == "consent", sa.or_(*said))
    return sa.and_(sa.or_(events.c.kind.in_(STOP_EVENTS), withdrawn), events.c.seq > seq)


def _hash_at(connection: sa.Connection, seq: int) -> str | None:
    found: str | None = connection.scalar(sa.select(events.c.hash).where(events.c.seq == seq))
    return found


def _last(stream: BinaryIO) -> EventLine | None:
    """The last readable line, looked for from the end in ever larger steps."""
    end = stream.seek(0, os.SEEK_END)
    size = _TAIL
    while True:
        start = max(0, end - size)
        stream.seek(start)
        texts = stream.read(end - start).split(b"\n")
        for text in reversed(texts if start == 0 else texts[1:]):
            line = _read(text) if text else None
            if line is not None:
                return line
        if start == 0:
            return None
        size *= 8


def _read(text: bytes) -> EventLine | None:
    try:
        return read_line(text)
    except (ValueError, RecursionError):
        return None
