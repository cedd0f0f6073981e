"""Killed at any moment, a restore leaves the old ledger or the new one in force, whole; done again it is completed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.ledger_access import open_ledger
from flows.verification import verify_workspace
from flows.workspace import load
from policies.errors import LedgerError
from tests.flows.backup.keeping import (
    back_up,
    bring_back,
    chain,
    copied,
    new_place,
    published_on,
    say_no,
    stops,
    template,
)
from tests.flows.ledger.ledgers import optout
from tests.postgres import place_in

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger import NewEvent
    from flows.workspace import Workspace

# Where the process is ended: just before each of these is entered.
MOMENTS = (
    "flows.backup.restoring.replace_ledger",
    "flows.backup.restoring.load_ledger",
    "flows.backup.restoring.reappend",
    "flows.backup.restoring.append_events",
    "flows.backup.replacing.fsync",
)


def _die_at(moment: str, root: Path, file: Path, url: str | None) -> None:
    """In a process of its own: restore, and end by kill -9 when the moment comes."""
    module, _, name = moment.rpartition(".")
    setattr(__import__(module, fromlist=[name]), name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    bring_back(root, file, url)


def _killed(moment: str, root: Path, file: Path, url: str | None = None) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die_at, args=(moment, root, file, url))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


@cache
def _forked() -> tuple[Workspace, Path, Path]:
    """A workspace whose ledger goes another way than the second of these backups."""
    ws, old = template(lambda folder: published_on("sqlite", folder))
    say_no(ws, *_said(ws, "cem@cedar.example"))
    new = back_up(ws, "new.zip")
    other = ws.root.parent / "other"
    bring_back(new_place(ws, other), old)
    moved = load(other)
    say_no(moved, *_said(moved, "dora@dune.example"))
    return moved, back_up(moved, "moved.zip"), new


def _said(ws: Workspace, address: str) -> list[NewEvent]:
    with open_ledger(ws) as ledger:
        return [optout(address, ledger.keyring)]


def _forked_on(database: str, folder: Path) -> tuple[Workspace, Path]:
    ws, own, new = _forked()
    return copied(database, ws, own, folder), new


LONG = pytest.mark.long


@pytest.mark.parametrize(
    ("database", "moment"),
    [
        pytest.param("sqlite", MOMENTS[0], marks=LONG),
        pytest.param("sqlite", MOMENTS[1], marks=LONG),
        pytest.param("sqlite", MOMENTS[2], marks=LONG),
        pytest.param("sqlite", MOMENTS[3], marks=LONG),
        ("sqlite", MOMENTS[4]),
        pytest.param("postgresql", MOMENTS[1], marks=LONG),
        ("postgresql", MOMENTS[3]),
    ],
)
def test_a_ledger_is_replaced_or_not(tmp_path: Path, database: str, moment: str) -> None:
    """The old chain stands as it did; the next restore carries everything over."""
    ws, file = _forked_on(database, tmp_path / "ws")
    before, known = chain(ws), stops(ws)
    _killed(moment, ws.root, file)
    assert chain(ws) == before
    assert verify_workspace(ws).faults == ()
    bring_back(ws.root, file)
    assert stops(ws) == known + 1
    assert verify_workspace(ws).faults == ()
    assert call(["status", "--workspace", str(ws.root)]) == 0


@pytest.mark.parametrize(
    ("database", "moment"),
    [
        ("sqlite", "flows.backup.restoring.bring_back"),
        pytest.param("sqlite", "flows.backup.restoring.load_ledger", marks=LONG),
        pytest.param("postgresql", "flows.backup.restoring.load_ledger", marks=LONG),
        ("sqlite", None),
        ("postgresql", None),
    ],
)
def test_a_workspace_is_made_or_not(tmp_path: Path, database: str, moment: str | None) -> None:
    """A new one is not there before it is whole; the same restore completes it (None: killed at the very end)."""
    ws = published_on("sqlite", tmp_path / "ws")
    file, place = back_up(ws), new_place(ws, tmp_path / "place")
    url = place_in(database, place)
    if moment is None:
        bring_back(place, file, url)
        (place / ".tactful-restoring").write_bytes(b"")
    else:
        _killed(moment, place, file, url)
    assert (place / ".tactful-restoring").exists()
    bring_back(place, file, url)
    assert not (place / ".tactful-restoring").exists()
    assert chain(load(place)) == chain(ws)
    assert verify_workspace(load(place)).faults == ()


def test_a_ledger_in_use_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another process has the file open, nothing takes its place."""
    monkeypatch.setattr("flows.backup.replacing.PATIENCE", 0.1)
    ws, file = _forked_on("sqlite", tmp_path / "ws")
    with closing(sqlite3.connect(ws.data / "ledger.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        with pytest.raises(LedgerError) as caught:
            bring_back(ws.root, file)
    assert caught.value.code == "ledger_in_use"
    assert verify_workspace(ws).faults == ()
