"""The ledger in a backup: its tables as lines of canonical JSON, written from one snapshot, checked while read back.

The lines are the same whichever database the ledger stands in, so that a backup carries a ledger from one to another
with every hash unchanged.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import groupby, islice, takewhile
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa

from flows.backup.container import damaged_backup
from flows.ledger.appending import head_of
from flows.ledger.chain import GENESIS, canonical, run_hash
from flows.ledger.lines import event_lines, read_line
from flows.ledger.tables import claims, erasable, event_tokens, events, keys, runs
from flows.ledger.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flows.backup.container import BackupReader, BackupWriter
    from flows.ledger import Keyring
    from flows.ledger.lines import EventLine

__all__ = ["Heads", "add_ledger", "hashes_of", "insert_events", "insert_runs", "load_ledger", "run_rows"]

EVENTS: Final = "ledger/events.jsonl"
# Beside the events, in the order in which they must be written back; sorted by the first column, then by content.
_TABLES: Final = (("ledger/runs.jsonl", runs), ("ledger/claims.jsonl", claims), ("ledger/erasable.jsonl", erasable))
_KEYS: Final = "ledger/keys.jsonl"
_CHUNK: Final = 2_000
_FETCHED: Final = 5_000
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Heads:
    """Where both chains end."""

    events: int
    events_hash: str
    runs: int
    runs_hash: str


class _Ends:
    """Follows a chain and remembers its end."""

    def __init__(self) -> None:
        self.seq, self.hash = 0, GENESIS

    def step(self, row: dict[str, Any], *, holds: bool) -> None:
        """The next record; raises ``ValueError`` where it is not the next, or not what was recorded."""
        if not holds or row["seq"] != self.seq + 1 or row["prev_hash"] != self.hash:
            message = "the chain is broken"
            raise ValueError(message)
        self.seq, self.hash = row["seq"], row["hash"]


def add_ledger(writer: BackupWriter, connection: sa.Connection) -> Heads:
    """Write everything of a ledger into a backup; raises ``ValueError`` where a chain does not hold."""
    said, done = _Ends(), _Ends()
    writer.add_lines(_KEYS, (canonical(dict(row)) for row in _rows(connection, keys)))
    writer.add_lines(EVENTS, _followed(event_lines(connection), said))
    for name, table in _TABLES:
        rows = _rows(connection, table)
        if table is runs:
            rows = _following_runs(rows, done)
        writer.add_lines(name, (canonical(row) for row in rows))
    return Heads(said.seq, said.hash, done.seq, done.hash)


def load_ledger(connection: sa.Connection, backup: BackupReader, keyring: Keyring) -> Heads:
    """Write the ledger of a backup into empty tables, following both chains; every fault refuses the whole.

    Raises ``WorkspaceError`` ``backup_damaged``.
    """
    said, done = _Ends(), _Ends()
    try:
        _insert(connection, keys, (json.loads(line) for line in backup.lines(_KEYS)))
        lines = map(read_line, backup.lines(EVENTS))
        insert_events(connection, _checked(lines, said))
        for name, table in _TABLES:
            rows: Iterator[dict[str, Any]] = (json.loads(line) for line in backup.lines(name))
            if table is runs:
                rows = _following_runs(rows, done)
            _insert(connection, table, rows)
    except (ValueError, KeyError, TypeError):
        raise damaged_backup() from None
    heads = Heads(said.seq, said.hash, done.seq, done.hash)
    if asdict(heads) != backup.manifest["ledger"] or verify(connection, keyring):
        raise damaged_backup()
    return heads


def hashes_of(backup: BackupReader) -> Iterator[str]:
    """The hash of every event of a backup, in order."""
    for line in backup.lines(EVENTS):
        yield read_line(line).hash


def run_rows(connection: sa.Connection, after: int) -> Iterator[dict[str, Any]]:
    """The records of the chain of runs behind a number, in order."""
    query = sa.select(runs).where(runs.c.seq > after).order_by(runs.c.seq)
    return (dict(row) for row in connection.execute(query).mappings())


def insert_events(connection: sa.Connection, lines: Iterable[EventLine]) -> int:
    """Write events down as they stood, with their numbers and hashes; gives how many."""
    count = 0
    for chunk in _chunks(lines):
        connection.execute(sa.insert(events), [line.row for line in chunk])
        tokens = [_token_row(line, position) for line in chunk for position in range(len(line.tokens))]
        if tokens:
            connection.execute(sa.insert(event_tokens), tokens)
        count += len(chunk)
    return count


def insert_runs(connection: sa.Connection, rows: Iterable[dict[str, Any]]) -> int:
    """Write records of runs down as they stood, with the claims they made; gives how many.

    They go as far as their events are here, without a gap.
    """
    head, _ = head_of(connection, events)
    bodies = ((row, json.loads(row["body"])) for row in rows)
    kept = list(takewhile(lambda record: record[1].get("events_seq", 0) <= head, bodies))
    _insert(connection, runs, [row for row, _ in kept])
    names = ("workspace_id", "queue_date", "revision", "run_id")
    published = [(row, body) for row, body in kept if row["kind"] == "publication"]
    claimed = [{**{name: body[name] for name in names}, "publication_seq": row["seq"]} for row, body in published]
    _insert(connection, claims, claimed)
    return len(kept)


def _token_row(line: EventLine, position: int) -> dict[str, Any]:
    token = line.tokens[position]
    return {
        "seq": line.seq,
        "token_kind": token.kind,
        "token": token.token,
        "exact": token.exact,
        "key_id": token.key_id,
        "rule_version": token.rule_version,
    }


def _followed(lines: Iterable[EventLine], ends: _Ends) -> Iterator[str]:
    return (line.text() for line in _checked(lines, ends))


def _checked(lines: Iterable[EventLine], ends: _Ends) -> Iterator[EventLine]:
    for line in lines:
        ends.step(line.row, holds=line.holds())
        yield line


def _following_runs(rows: Iterable[dict[str, Any]], ends: _Ends) -> Iterator[dict[str, Any]]:
    for row in rows:
        ends.step(row, holds=run_hash({name: row[name] for name in row if name != "hash"}) == row["hash"])
        yield row


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    for chunk in _chunks(rows):
        connection.execute(sa.insert(table), chunk)


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    """The rows of a table by its number, those of one number by content: no database sorts texts like another."""
    first = next(column for column in table.c if not isinstance(column.type, sa.Text))
    number = table.c.publication_seq if table is claims else first
    streamed = connection.execution_options(yield_per=_FETCHED)
    with streamed.execute(sa.select(table).order_by(number)) as found:
        for _, same in groupby((dict(row) for row in found.mappings()), key=lambda row: row[number.name]):
            yield from sorted(same, key=canonical)


def _chunks(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
