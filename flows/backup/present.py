"""The ledger that is there already: how much of it is the backup's chain, and what else can be read of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from flows.backup.ledger_rows import hashes_of, run_rows
from flows.ledger.chain import GENESIS, run_hash
from flows.ledger.lines import EventLine, event_lines
from flows.ledger.schema_version import ensure_head
from flows.ledger.tables import erasable, events
from flows.ledger.verifying import verify
from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.backup.container import BackupReader
    from flows.ledger import Keyring
    from flows.ledger.database import Database

__all__ = ["Present", "look_at"]

_STEP: Final = 64
_GIVEN_UP: Final = 50  # pieces in a row that cannot be read
_NOT_DAMAGE: Final = frozenset({"ledger_foreign", "ledger_newer", "ledger_locked"})


@dataclass(frozen=True)
class Present:
    """A ledger as far as it can be read.

    ``shared`` is the number up to which its events are those of the backup; ``follows`` are the events behind it that
    continue the same chain without a fault, where the whole backup is shared; ``others`` is whatever else can be read.
    ``runs`` likewise continue the backup's chain of runs; ``texts`` is plain text by number of event.
    """

    head: int | None
    shared: int
    sound: bool
    follows: tuple[EventLine, ...]
    others: tuple[EventLine, ...]
    runs: tuple[dict[str, Any], ...]
    texts: dict[int, dict[str, str]]


def look_at(database: Database, backup: BackupReader, keyring: Keyring) -> Present:
    """Compare the ledger that is there with a backup, however damaged it is.

    Raises ``LedgerError`` for what is no ledger, one of a newer version, or one that is locked.
    """
    heads = backup.manifest["ledger"]
    sound = _is_sound(database, keyring)
    shared, follows, others = _split(_readable(database, sound=sound), backup, heads)
    runs: tuple[dict[str, Any], ...] = ()
    texts: dict[int, dict[str, str]] = {}
    try:
        with database.read() as connection:
            head: int | None = connection.scalar(sa.select(sa.func.max(events.c.seq))) or 0
            if shared == heads["events"]:
                runs = tuple(_runs_behind(connection, heads))
            texts = _texts(connection, {line.seq for line in (*follows, *others)})
    except LedgerError:
        head = None
    return Present(head, shared, sound, tuple(follows), tuple(others), runs, texts)


def _is_sound(database: Database, keyring: Keyring) -> bool:
    try:
        ensure_head(database)
        with database.read() as connection:
            return not verify(connection, keyring)
    except LedgerError as error:
        if error.code in _NOT_DAMAGE:
            raise
        return False
    except (ValueError, TypeError, KeyError):  # values no honest row holds
        return False


def _split(
    lines: Iterator[EventLine], backup: BackupReader, heads: dict[str, Any]
) -> tuple[int, list[EventLine], list[EventLine]]:
    """How far the chains agree, what continues the backup's, and everything else."""
    theirs = hashes_of(backup)
    shared, last = 0, GENESIS
    follows: list[EventLine] = []
    others: list[EventLine] = []
    agreeing = True
    for line in lines:
        next_one = line.seq == shared + len(follows) + 1 and line.row["prev_hash"] == last and line.holds()
        if agreeing and next_one and shared < heads["events"] and line.hash == next(theirs):
            shared, last = line.seq, line.hash
        elif agreeing and next_one and shared == heads["events"]:
            follows.append(line)
            last = line.hash
        else:
            agreeing = False
            others.append(line)
    return shared, follows, others


def _readable(database: Database, *, sound: bool) -> Iterator[EventLine]:
    """Every event that can be read; of a damaged ledger piece by piece."""
    last = 0
    try:
        with database.read() as connection:
            for line in event_lines(connection):
                last = line.seq
                yield line
    except (LedgerError, ValueError, TypeError):
        if sound:
            raise
    else:
        return
    failed, start = 0, last + 1
    while failed < _GIVEN_UP:
        found = list(_piece(database, start, start + _STEP))
        failed = 0 if found else failed + 1
        yield from found
        start += _STEP


def _piece(database: Database, start: int, end: int) -> Iterator[EventLine]:
    """The events with numbers from ``start`` to before ``end`` that can be read, one by one where need be."""
    try:
        with database.read() as connection:
            found = list(event_lines(connection, sa.and_(events.c.seq >= start, events.c.seq < end)))
    except (LedgerError, ValueError, TypeError):
        middle = (start + end) // 2
        if end - start > 1:
            yield from _piece(database, start, middle)
            yield from _piece(database, middle, end)
    else:
        yield from found


def _runs_behind(connection: sa.Connection, heads: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The records of runs that continue the backup's chain without a fault."""
    seq, last = heads["runs"], heads["runs_hash"]
    for row in run_rows(connection, seq):
        unhashed = {name: row[name] for name in row if name != "hash"}
        if row["seq"] != seq + 1 or row["prev_hash"] != last or run_hash(unhashed) != row["hash"]:
            return
        seq, last = row["seq"], row["hash"]
        yield row


def _texts(connection: sa.Connection, numbers: set[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    lowest = min(numbers, default=0)
    query = sa.select(erasable).where(erasable.c.ref >= lowest)
    for ref, kind, value in connection.execute(query):
        if ref in numbers:
            found.setdefault(ref, {})[kind] = value
    return found
