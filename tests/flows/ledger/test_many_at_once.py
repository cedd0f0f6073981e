"""Threads of one process read and write the same ledger without disturbing each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.flows.ledger.ledgers import new_ledger
from tests.flows.ledger.writers import stop_of

if TYPE_CHECKING:
    from flows.ledger import Ledger

WRITERS = 3
APPENDS = 12


def _written(ledger: Ledger, name: str) -> list[int]:
    return [ledger.append([stop_of(name, number, 0)])[0] for number in range(APPENDS)]


def _looked(ledger: Ledger) -> list[int]:
    """How much each of several looks saw: whole events, each with its token."""
    seen = []
    for _ in range(APPENDS):
        frame = ledger.permission_events()
        assert frame.get_column("token").null_count() == 0
        seen.append(frame.height)
    return seen


def test_threads_share_a_ledger(ledger_place: str) -> None:
    """Every append of every thread is there once; whoever reads sees whole events, and never less than before."""
    ledger = new_ledger(ledger_place)
    with ThreadPoolExecutor(WRITERS + 2) as threads:
        writing = [threads.submit(_written, ledger, f"thread{number}") for number in range(WRITERS)]
        looking = [threads.submit(_looked, ledger) for _ in range(2)]
        numbers = sorted(seq for one in writing for seq in one.result())
        for one in looking:
            assert all(earlier <= later for earlier, later in pairwise(one.result()))
    assert numbers == list(range(2, 2 + WRITERS * APPENDS))
    assert ledger.verify() == []
