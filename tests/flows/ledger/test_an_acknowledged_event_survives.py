"""Several processes append at once and one after the other is killed: what was acknowledged is there for good."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from flows.ledger import Ledger
from flows.ledger.tables import erasable, event_tokens, events
from policies.errors import LedgerError
from tests.flows.ledger.ledgers import KEYRING, Clock, new_ledger
from tests.flows.ledger.writers import killed_again_and_again, stop_of
from tests.postgres import crash, fresh_database_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def _survived(place: str, acknowledged: Mapping[str, list[int]]) -> None:
    ledger = Ledger.open(place, KEYRING, Clock())
    assert ledger.verify() == []
    with ledger._database.read() as connection:
        there = dict(connection.execute(sa.select(events.c.dedup_key, events.c.seq)).tuples().all())
        tokens, texts = (
            set(connection.execute(sa.select(column)).scalars()) for column in (event_tokens.c.seq, erasable.c.ref)
        )
    assert {said: [there.get(said)] for said in acknowledged} == acknowledged
    written = {said: seq for said, seq in there.items() if said and said.startswith("writer")}
    assert tokens >= set(written.values())
    assert texts >= set(written.values())
    # an append that was cut off is there whole or not at all: the next batch of 3 or 8 has all its parts
    sizes = Counter(said.rpartition("-")[0] for said in written)
    assert {size for batch, size in sizes.items() if int(batch.rpartition("-")[2]) % 5 == 2} <= {3}
    assert {size for batch, size in sizes.items() if int(batch.rpartition("-")[2]) % 5 == 4} <= {8}
    ledger.close()


def test_every_acknowledged_event_is_there_after_kill_9(ledger_place: str, tmp_path: Path) -> None:
    """Four writers, three of them killed in the middle of their work and replaced."""
    new_ledger(ledger_place).close()
    acknowledged = killed_again_and_again(ledger_place, tmp_path, writers=4, kills=3)
    assert len(acknowledged) > 20
    _survived(ledger_place, acknowledged)


@pytest.mark.long
def test_every_acknowledged_event_is_there_after_the_server_crashed() -> None:
    """The server is ended in the middle of appends, twice; who tries again writes nothing twice."""
    place = fresh_database_url()
    ledger = new_ledger(place)
    acknowledged: dict[str, list[int]] = {}
    done = threading.Event()

    def write() -> None:
        for number in itertools.count(step=5):  # batches of one
            while not done.is_set():
                try:
                    acknowledged[f"writer0-{number}-0"] = ledger.append([stop_of("writer0", number, 0)])
                    break
                except LedgerError as error:
                    if error.code != "ledger_unreachable":
                        raise
                    time.sleep(0.01)
            if done.is_set():
                return

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write)
        for _ in range(2):
            before = len(acknowledged)
            while len(acknowledged) < before + 20 and not writing.done():
                time.sleep(0.002)
            crash()
        done.set()
        writing.result()
    assert len(acknowledged) >= 40
    _survived(place, acknowledged)


@pytest.mark.long
def test_every_acknowledged_event_is_there_after_fifty_kills(ledger_place: str, tmp_path: Path) -> None:
    """Eight writers, fifty kills."""
    new_ledger(ledger_place).close()
    acknowledged = killed_again_and_again(ledger_place, tmp_path, writers=8, kills=50)
    assert len(acknowledged) > 300
    _survived(ledger_place, acknowledged)
