"""A backup carries a ledger from one database to another with every hash unchanged, and everything around it."""

from __future__ import annotations

import stat
import zipfile
from typing import TYPE_CHECKING

import pytest

from flows.backup.writing import make_backup
from flows.ledger_access import open_ledger
from flows.verification import verify_workspace
from flows.workspace import load
from policies.errors import LedgerError, UsageError
from tests.flows.backup.keeping import back_up, bring_back, chain, new_place, published_on
from tests.flows.ledger.ledgers import optout
from tests.postgres import DATABASES, place_in
from tests.small_workspace import lines_of, publish

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("origin", "target"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_a_round_trip_changes_no_hash(tmp_path: Path, origin: str, target: str) -> None:
    """There and back again: the same chain, the same files, everything verifies, and the run is published already."""
    ws = published_on(origin, tmp_path / "ws")
    there = tmp_path / "there"
    first = back_up(ws)
    done = bring_back(new_place(ws, there), first, place_in(target, there))
    moved = load(there)
    assert chain(moved) == chain(ws)
    assert not done.behind
    assert verify_workspace(moved).faults == ()
    assert publish(moved).status == "already_published"
    assert lines_of(moved.queue / "today.csv") == lines_of(ws.queue / "today.csv")
    second = back_up(moved, "second.zip")
    again = tmp_path / "again"
    bring_back(new_place(moved, again), second, place_in(origin, again))
    assert chain(load(again)) == chain(ws)


def test_a_backup_is_private_and_holds_no_key(tmp_path: Path) -> None:
    """Its owner alone may read it; nothing in it is a key, and it is never overwritten."""
    ws = published_on("sqlite", tmp_path / "ws")
    file = back_up(ws)
    secret = ws.key_file.read_bytes().partition(b"\nkey: ")[2].strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".key") or "/keys/" in name]
        assert not any(secret in archive.read(name) for name in archive.namelist())
    with pytest.raises(UsageError) as caught:
        back_up(ws)
    assert caught.value.code == "backup_exists"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["backup.zip", "ws"]


@pytest.mark.parametrize("database", DATABASES)
def test_a_sound_ledger_that_knows_more_is_left_alone(tmp_path: Path, database: str) -> None:
    """Restoring an old backup over a healthy ledger is needless and refused."""
    ws = published_on(database, tmp_path / "ws")
    file = back_up(ws)
    with open_ledger(ws) as ledger:
        ledger.append([optout("cem@cedar.example", ledger.keyring)])
    before = chain(ws)
    with pytest.raises(LedgerError) as caught:
        bring_back(ws.root, file)
    assert caught.value.code == "restore_needless"
    assert chain(ws) == before


def test_a_drill_never_writes_into_the_real_ledger(tmp_path: Path) -> None:
    """A workspace made from a backup does not silently share the database its settings name."""
    ws = published_on("postgresql", tmp_path / "ws")
    file = back_up(ws)
    place = new_place(ws, tmp_path / "drill")
    with pytest.raises(UsageError) as caught:
        bring_back(place, file)
    assert caught.value.code == "ledger_there"


@pytest.mark.parametrize("database", DATABASES)
def test_a_backup_holds_one_moment(tmp_path: Path, database: str) -> None:
    """Opt-outs recorded while it is written, at every step and in the middle of the ledger, are in it whole or not."""
    ws = published_on(database, tmp_path / "ws")
    said = iter(range(1000))

    def also(_: str) -> None:
        with open_ledger(ws) as ledger:
            ledger.append([optout(f"person{next(said)}@cedar.example", ledger.keyring) for _ in range(3)])

    before = chain(ws)
    make_backup(ws, tmp_path / "backup.zip", step=also)
    place = tmp_path / "there"
    bring_back(new_place(ws, place), tmp_path / "backup.zip", place_in(database, place))
    held, now = chain(load(place)), chain(ws)
    assert held == now[: len(held)]
    assert len(before) < len(held) < len(now)
    assert (len(held) - len(before)) % 3 == 0
    assert verify_workspace(load(place)).faults == ()
