"""Several processes append at once and one of them is killed: every acknowledged event is there and the chain holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from flows.ledger import Ledger
from tests.flows.ledger.ledgers import KEYRING, Clock, new_ledger, optout

WRITERS = 4
ROOT = Path(__file__).parents[3]
# Appends opt-outs one by one and prints the number of each once the ledger has acknowledged it.
WRITER = """
import sys
from tests.flows.ledger.ledgers import KEYRING, Clock, optout
from flows.ledger import Ledger
name, place, count = sys.argv[1:]
ledger = Ledger.open(place, KEYRING, Clock())
for number in range(int(count)):
    [seq] = ledger.append([optout(f"{name}-{number}@acme.example")])
    print(number, seq, flush=True)
"""


def _writer(name: str, place: Path, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, name, str(place), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def _acknowledged(writer: subprocess.Popen[str]) -> dict[int, int]:
    """Number of the opt-out -> sequence number, for every whole line that was printed."""
    assert writer.stdout is not None
    with writer, writer.stdout as lines:
        text = lines.read()
    whole = text[: text.rfind("\n") + 1]
    return {int(number): int(seq) for number, seq in (line.split() for line in whole.splitlines())}


def test_every_acknowledged_event_is_there_after_kill_9(tmp_path: Path) -> None:
    """Four writers at once; the first is killed with SIGKILL in the middle of its work, the others finish."""
    place = tmp_path / "ledger.db"
    new_ledger(tmp_path).close()
    writers = [_writer(f"writer{index}", place, 2000 if index == 0 else 60) for index in range(WRITERS)]
    victim = writers[0]
    assert victim.stdout is not None
    begun = victim.stdout.readline().split()
    time.sleep(0.1)
    os.kill(victim.pid, signal.SIGKILL)
    found = [_acknowledged(writer) for writer in writers]
    found[0][int(begun[0])] = int(begun[1])
    assert victim.returncode == -signal.SIGKILL
    assert [len(numbers) for numbers in found[1:]] == [60] * (WRITERS - 1)

    ledger = Ledger.open(place, KEYRING, Clock())
    assert ledger.verify() == []
    for index, numbers in enumerate(found):
        for number, seq in numbers.items():
            event = optout(f"writer{index}-{number}@acme.example")
            assert [known.seq for known in ledger.contact_events([event.tokens[0].token])] == [seq]
    assert len({seq for numbers in found for seq in numbers.values()}) == sum(map(len, found))
