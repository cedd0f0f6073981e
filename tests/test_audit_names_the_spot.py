"""`audit verify` holds over what was written, and names the spot after one byte or one event was altered."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from flows.verification import verify_workspace
from flows.workspace import load
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA = "ada@acme.example"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that published one queue line."""
    made = make_workspace(tmp_path_factory.mktemp("published") / "ws")
    drop_list(made, "summit", [Line(ADA), Line("bea@birch.example", family="Ruiz", no_mail="yes")])
    drop(made, "briefs/ada.md", brief_about(ADA))
    drop(made, "optouts/replies.csv", "value\ncem@cedar.example\n")
    publish(made)
    return made.root


@pytest.fixture
def ws(published: Path, tmp_path: Path) -> Workspace:
    """A copy of it."""
    return load(shutil.copytree(published, tmp_path / "ws"))


def places(ws: Workspace) -> list[str]:
    """Where something is wrong."""
    return [fault.place for fault in verify_workspace(ws).faults]


def alter(file: Path) -> None:
    """Turn one bit in the middle of a file."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(data)


def test_what_was_written_holds(ws: Workspace) -> None:
    """Nothing altered, nothing named."""
    assert places(ws) == []


@pytest.mark.parametrize(
    "pattern",
    [
        "runs/*/decisions.parquet",
        "runs/*/reasons.parquet",
        "runs/*/queue.csv",
        "runs/*/rejects.csv",
        "runs/*/report.html",
        "runs/*/report.json",
        "runs/*/manifest.json",
        "archive/*.csv",
        "archive/*.md",
        "store/lists/*/records.parquet",
        "store/briefs/*.md",
        "store/identity/*/assignments.parquet",
    ],
)
def test_one_byte_is_named(ws: Workspace, pattern: str) -> None:
    """The place of the altered file stands in what is wrong."""
    file = min(ws.data.glob(pattern))
    alter(file)
    named = ws.place(file if "identity" not in pattern else file.parent)
    assert any(place.startswith(named) for place in places(ws)), places(ws)


@pytest.mark.parametrize("pattern", ["store/lists/*/list.json", "store/briefs/*.json"])
def test_what_is_known_of_a_file_is_vouched_for(ws: Workspace, pattern: str) -> None:
    """Another date or contact beside the list or the brief is found, though it still reads well."""
    file = min(ws.data.glob(pattern))
    file.write_text(file.read_text(encoding="utf-8").replace("2026", "2025"), encoding="utf-8")
    assert ws.place(file) in places(ws)


def test_a_file_that_went_is_named(ws: Workspace) -> None:
    """A missing file of a run."""
    file = next(ws.runs.glob("*/queue.csv"))
    file.unlink()
    assert ws.place(file) in places(ws)


def test_an_altered_event_is_named(ws: Workspace) -> None:
    """Whoever can write to the database can drop its triggers; the chain still tells."""
    with closing(sqlite3.connect(ws.ledger_file)) as database:
        triggers = [row[0] for row in database.execute("select name from sqlite_master where type = 'trigger'")]
        for trigger in triggers:
            database.execute(f'drop trigger "{trigger}"')
        seq = database.execute("select max(seq) from events where kind = 'optout'").fetchone()[0]
        database.execute("update events set body = replace(body, 'any', 'phone') where seq = ?", (seq,))
        database.execute("update events set body = body || ' ' where seq = ?", (seq,))
        database.commit()
    assert any(place.endswith(f"events {seq}") for place in places(ws)), places(ws)
