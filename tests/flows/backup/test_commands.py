"""What is typed: backup, restore, reconcile and key, with their answers and exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from flows.ledger_access import open_ledger
from tests.flows.backup.keeping import ADA, new_place, published_on
from tests.small_workspace import lines_of, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace with a queue in force."""
    return published_on("sqlite", tmp_path / "ws")


def _answer(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    """The JSON that a command answers with."""
    capsys.readouterr()
    assert call([*words, "--json"]) == code
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.usefixtures("polars_gate")
def test_from_a_lost_ledger_to_the_next_run(ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Backup; somebody says no; the disk fails; restore; nobody is handed out; a name and a reason; on it goes."""
    place, file = ["--workspace", str(ws.root)], str(tmp_path / "backup.zip")
    made = _answer(capsys, "backup", file, *place)
    assert (made["runs"], made["not_included"]) == (1, ["keys"])
    assert [line["contact_point"] for line in today(ws)] == [ADA]
    assert call(["optout", "add", "cem@cedar.example", *place]) == 0
    for lost in ws.data.glob("ledger.db*"):
        lost.unlink()
    assert _answer(capsys, "status", *place, code=1)["error"]["code"] == "ledger_missing"
    done = _answer(capsys, "restore", file, *place)
    assert (done["carried"], done["behind"]) == ({"optout": 1}, True)
    assert done["recovered"]["reconciled"] is False
    assert today(ws) == []
    assert [line["contact_point"] for line in lines_of(ws.queue / "recall.csv")] == [ADA]
    assert _answer(capsys, "run", *place, code=3)["error"]["code"] == "ledger_behind"
    assert _answer(capsys, "queue", *place, code=3)["error"]["code"] == "ledger_behind"
    assert _answer(capsys, "restore", "--reconcile", *place, code=2)["error"]["code"] == "reason_missing"
    answered = ["--by", "Ada Okafor", "--reason", "the disk failed"]
    assert _answer(capsys, "restore", "--reconcile", *answered, *place)["reconciled"] is True
    assert _answer(capsys, "restore", "--reconcile", *answered, *place)["reconciled"] is False
    assert call(["audit", "verify", *place]) == 0
    with open_ledger(ws) as ledger:
        assert ledger.counts()["reconciled"] == 1
        seq = ledger.head()
        assert ledger.plain_text(seq) == {"by": "Ada Okafor", "words": "the disk failed"}


def test_texts_say_what_to_keep(ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Backup and key say plainly that the keys are not part of it and must be kept; no text shows a person."""
    place, file = ["--workspace", str(ws.root)], str(tmp_path / "backup.zip")
    assert call(["backup", file, *place]) == 0
    assert call(["key", "rotate", *place]) == 0
    assert call(["key", "check", *place]) == 0
    there = new_place(ws, tmp_path / "there")
    assert call(["restore", file, "--workspace", str(there)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for words in ("keys are not in it", "Make a copy of it now", "Keep the older keys", "nor are the keys", "at hand"):
        assert words in told
    assert ADA not in told
    assert call(["backup", str(ws.data / "backup.zip"), *place]) == 2
    assert call(["restore", *place]) == 2
    assert call(["restore", file, "--reconcile", *place]) == 2


def test_what_is_no_backup_is_told(ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A spreadsheet is no backup."""
    file = tmp_path / "people.xlsx"
    file.write_bytes(b"PK\x05\x06" + bytes(18))
    found = _answer(capsys, "restore", str(file), "--workspace", str(ws.root), code=1)
    assert found["error"]["code"] == "backup_unreadable"
