"""An older ledger takes the place of one that knows of an erasure: what it says in plain of who was erased goes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from flows.backup import reconciling, restoring
from flows.backup.reconciling import reconcile
from flows.forgetting import forget
from flows.ledger_access import open_ledger
from flows.store.redacting import erasing
from flows.verification import verify_workspace
from tests.flows.backup.keeping import ADA, back_up, bring_back, published_on, say_no, silent
from tests.flows.forgetting import texts_of
from tests.flows.ledger.ledgers import optout

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace


class Killed(BaseException):
    """The process is gone."""


def _killed(*_: object) -> None:
    raise Killed


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace in which somebody said no and is published."""
    made = published_on("sqlite", tmp_path / "ws")
    with open_ledger(made) as ledger:
        said = optout(ADA, ledger.keyring, words=f"{ADA} wants nothing")
    say_no(made, said)
    return made


def _put_back(ws: Workspace, older: Path) -> None:
    for file in ws.data.glob("ledger.db*"):
        file.unlink()
    shutil.copy(older, ws.ledger_file)


@pytest.mark.parametrize("interrupted", [False, True])
def test_an_older_file_put_back_by_hand(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, interrupted: bool
) -> None:
    """Reconciling takes their words away again; killed on the way, the next command does."""
    older = tmp_path / "older.db"
    shutil.copy(ws.ledger_file, older)
    forget(ws, ADA, "DSR-1")
    _put_back(ws, older)
    if interrupted:
        monkeypatch.setattr(reconciling, "take_away", _killed)
        with pytest.raises(Killed):
            reconcile(ws, "Ada Okafor", "the disk failed", step=silent)
        monkeypatch.undo()
        assert erasing(ws)
    reconcile(ws, "Ada Okafor", "the disk failed", step=silent)
    assert ADA not in texts_of(ws, "recall.csv")
    assert not erasing(ws)
    assert verify_workspace(ws).faults == ()


def test_a_restore_that_was_interrupted(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The backup's ledger is in force and its words still there: the next command takes them away."""
    backup = back_up(ws)
    forget(ws, ADA, "DSR-1")
    for file in ws.data.glob("ledger.db*"):
        file.unlink()
    monkeypatch.setattr(restoring, "_derive", _killed)
    with pytest.raises(Killed):
        bring_back(ws.root, backup)
    monkeypatch.undo()
    assert erasing(ws)
    with open_ledger(ws):
        pass
    assert ADA not in texts_of(ws, "recall.csv")
    assert not erasing(ws)
    assert verify_workspace(ws).faults == ()
