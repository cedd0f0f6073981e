"""Processes that append to one ledger, each writing down what was acknowledged: to be killed at any moment.

Run as a program it reads names from its input, forks a writer for each and prints its process id, so that a writer
costs no import. At the end of its input it waits for the writers; a file ``stop`` tells them to end.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.ledger import Ledger, NewEvent, Token
from flows.ledger.database import database_at
from tests.flows.ledger.ledgers import KEY, KEYRING, NOW, Clock

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["killed_again_and_again", "stop_of"]

_ROOT: Final = Path(__file__).parents[3]
_STOP: Final = "stop"
_BATCHES: Final = (1, 1, 3, 1, 8)  # how many events one append has, in turn


def stop_of(writer: str, number: int, part: int) -> NewEvent:
    """The opt-out that a writer appends as one part of its batch of a number."""
    said = f"{writer}-{number}-{part}"
    token = Token("email", KEY.sign(f"email:{said}@acme.example"), KEY.key_id)
    body = {"channel": "any", "scope": "person", "method": "email", "source": {}}
    words = {"contact": f"{said}@acme.example"}
    return NewEvent(kind="optout", effective_at=NOW, body=body, tokens=[token], dedup_key=said, erasable=words)


def killed_again_and_again(place: str, folder: Path, *, writers: int, kills: int) -> Mapping[str, list[int]]:
    """Let writers append, kill one after the other with SIGKILL at moments nobody chose, and replace each.

    Returns for every opt-out that was acknowledged the numbers it was acknowledged under (one, if all is well).
    """
    names = (f"writer{number}" for number in itertools.count())
    chance = random.Random(kills)  # noqa: S311 - draws moments, guards nothing
    command = [sys.executable, "-m", __name__, place, str(folder)]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forks:
        assert forks.stdin is not None
        assert forks.stdout is not None

        def started() -> int:
            name = next(names)
            print(name, file=forks.stdin, flush=True)
            pid = int(forks.stdout.readline())  # type: ignore[union-attr] # asserted above
            while not (folder / name).exists():  # it has the ledger open
                time.sleep(0.001)
            return pid

        running = [started() for _ in range(writers)]
        for _ in range(kills):
            time.sleep(chance.uniform(0, 0.04))
            victim = chance.randrange(writers)
            os.kill(running[victim], signal.SIGKILL)
            running[victim] = started()
        time.sleep(0.05)
        (folder / _STOP).touch()
        forks.stdin.close()
        assert forks.wait(60) == 0
    return _acknowledged(folder)


def _acknowledged(folder: Path) -> dict[str, list[int]]:
    """What the writers wrote down; a line that a kill cut off does not count."""
    found: dict[str, list[int]] = {}
    for path in folder.glob("writer*"):
        for line in path.read_text().rpartition("\n")[0].splitlines():
            number, *seqs = line.split()
            for part, seq in enumerate(seqs):
                found.setdefault(f"{path.name}-{number}-{part}", []).append(int(seq))
    return found


def _write(place: str, folder: Path, name: str) -> None:
    ledger = Ledger.open(place, KEYRING, Clock(), busy_seconds=60)
    said = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in itertools.count():
        if (folder / _STOP).exists():
            return
        parts = range(_BATCHES[number % len(_BATCHES)])
        seqs = ledger.append([stop_of(name, number, part) for part in parts])
        os.write(said, f"{number} {' '.join(map(str, seqs))}\n".encode())


def _fork(place: str, folder: Path) -> None:
    database_at(place).close()  # what a writer would import is imported before the first is forked
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is killed leaves nothing behind
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                _write(place, folder, line.strip())
                status = 0
            finally:
                os._exit(status)
        print(pid, flush=True)  # noqa: T201 - who asked reads it
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


if __name__ == "__main__":
    _fork(sys.argv[1], Path(sys.argv[2]))
