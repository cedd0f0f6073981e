"""Events appended per second on both databases, beside the database alone; and how fast they are read.

The yardstick writes the very same rows into the same tables, in transactions as long: without a chain, without asking
what is known, without guards. What is lost against it is what the ledger's promises cost. Both wait for the disk at
every commit.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from benchmarks._measuring import Cost, load
from flows.ledger import Key, Keyring, Ledger, NewEvent, Token
from flows.ledger.bulk import insert_rows
from flows.ledger.database import database_at
from flows.ledger.tables import erasable, event_tokens, events, metadata
from tests.postgres import DATABASES, place_in, wait_for_the_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["main"]

SINGLES: Final = 500
EVENTS: Final = 100_000
BATCH: Final = 10_000
_NOW: Final = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
_KEY: Final = Key(b"k" * 32)
_KINDS: Final = ("email", "email_equiv")


def main() -> None:
    """Append one by one, append in batches, read and verify, on each database."""
    parser = argparse.ArgumentParser(description="Events appended per second.")
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--singles", type=int, default=SINGLES)
    asked = parser.parse_args()
    wait_for_the_disk()
    print(f"{asked.singles:,} appends of one event, {asked.events:,} events in batches of {BATCH:,}; {load()}")
    for database in DATABASES:
        with tempfile.TemporaryDirectory() as folder:
            _measure(database, Path(folder), asked.singles, asked.events)


def _measure(database: str, folder: Path, singles: int, many: int) -> None:
    ledger = Ledger.create(place_in(database, folder), Keyring((_KEY,)), lambda: _NOW)
    said = [_stop(number) for number in range(singles + many)]
    one_by_one = [[event] for event in said[:singles]]
    batches = [said[start : start + BATCH] for start in range(singles, len(said), BATCH)]
    ours = [_cost(ledger.append, one_by_one), _cost(ledger.append, batches)]
    alone = _alone(database, folder, ledger)
    theirs = [_cost(alone, one_by_one), _cost(alone, batches)]
    _show(database, "one by one", singles, ours[0], theirs[0])
    _show(database, "in batches", many, ours[1], theirs[1])
    for what, call in (("read as a frame", ledger.permission_events), ("verified", ledger.verify)):
        begin = time.perf_counter()
        call()
        took = time.perf_counter() - begin
        print(f"{database:<12}{what:<18}{(singles + many) / took:>10,.0f} events a second")
    ledger.close()


def _show(database: str, what: str, count: int, ours: Cost, alone: Cost) -> None:
    print(
        f"{database:<12}{what:<18}{count / ours.wall:>10,.0f}/s, {ours.own / count * 1e6:,.0f} us CPU here"
        f"{count / alone.wall:>12,.0f}/s by the database alone, {alone.own / count * 1e6:,.0f} us"
        f"{ours.wall / alone.wall:>8.1f} times the time"
    )


def _cost(append: Callable[[Sequence[NewEvent]], object], batches: Iterable[Sequence[NewEvent]]) -> Cost:
    begin, cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        append(batch)
    return Cost(own=time.process_time() - cpu, children=0, wall=time.perf_counter() - begin)


def _stop(number: int) -> NewEvent:
    """An opt-out as the ledger keeps it: its two tokens and what was said in plain text."""
    address = f"person{number}@acme.example"
    tokens = [Token(kind, _KEY.sign(f"{kind}:{address}"), _KEY.key_id, exact=kind == "email") for kind in _KINDS]
    body = {"channel": "any", "scope": "person", "method": "email", "contact_kind": "email", "source": {}}
    said = {"contact": address, "words": "Please take me off your list."}
    key = f"optout:{_KEY.sign(address)}"
    return NewEvent(kind="optout", effective_at=_NOW, body=body, tokens=tokens, dedup_key=key, erasable=said)


def _alone(database: str, folder: Path, ledger: Ledger) -> Callable[[Sequence[NewEvent]], object]:
    """What writes the rows of events that the ledger has, in their order, into tables without guards."""
    bare = database_at(place_in(database, folder / "bare"))
    bare.create(metadata.create_all)
    with ledger._database.read() as connection:  # noqa: SLF001 - the yardstick needs the very rows
        rows = {table: _by_event(connection, table) for table in (events, event_tokens, erasable)}
    numbers = iter(range(2, ledger.head() + 1))

    def write(batch: Sequence[NewEvent]) -> None:
        wanted = list(islice(numbers, len(batch)))
        with bare.write() as connection:
            for table, found in rows.items():
                insert_rows(connection, table, [row for number in wanted for row in found[number]])

    return write


def _by_event(connection: sa.Connection, table: sa.Table) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(sa.select(table)):
        found.setdefault(row[0], []).append(row._asdict())
    return found


if __name__ == "__main__":
    main()
