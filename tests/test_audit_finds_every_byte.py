"""`audit verify` on the whole sample: whatever file of the run or event of the ledger is altered, its spot is named."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.ledger_access import open_ledger
from flows.runs.manifest import verify_run
from tests.demo_workspace import copy_of, published_demo

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

COLUMNS = ("kind", "recorded_at", "effective_at", "dedup_key", "body", "prev_hash", "hash")


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the published sample; every test leaves it as it was."""
    return copy_of(published_demo(tmp_path_factory), tmp_path_factory.mktemp("audit") / "ws")


@pytest.fixture(scope="module")
def published(ws: Workspace) -> tuple[str, str, str]:
    """The run, and the hashes that the ledger has of it."""
    with open_ledger(ws) as ledger:
        row: tuple[str, str, str] = ledger.publications().select("run_id", "manifest_sha256", "quality_sha256").row(0)
    return row


def test_what_was_written_holds(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, with how much was checked."""
    assert call(["audit", "verify", "--workspace", str(ws.root), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["faults"], found["runs"]) == (True, [], 1)
    assert found["events"] > 500
    assert found["files"] > 50


def flipped(data: bytes, place: int) -> bytes:
    """The bytes with one of them altered."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_one_byte_of_any_file_of_the_run_is_named(ws: Workspace, published: tuple[str, str, str]) -> None:
    """The first, the middle and the last byte of every file, those of the gates included."""
    run_id, manifest, quality = published
    folder = ws.run_folder(run_id)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "static" not in path.parts)
    assert len(files) > 15
    for file in files:
        data = file.read_bytes()
        place = file.relative_to(folder).as_posix()
        named = "quality/" if place.startswith("quality/") else place
        for position in sorted({0, len(data) // 2, len(data) - 1} if data else set()):
            file.write_bytes(flipped(data, position))
            assert [fault.place for fault in verify_run(folder, manifest, quality)] == [named], (place, position)
        file.write_bytes(data)
    assert verify_run(folder, manifest, quality) == []


def test_a_file_more_or_less_is_named(ws: Workspace, published: tuple[str, str, str]) -> None:
    """Nothing can be added to a run, and nothing taken away."""
    run_id, manifest, quality = published
    folder = ws.run_folder(run_id)
    (folder / "note.txt").write_text("", encoding="utf-8")
    assert [fault.place for fault in verify_run(folder, manifest, quality)] == ["note.txt"]
    moved = (folder / "note.txt").rename(folder / "quality" / "note.txt")
    assert [fault.place for fault in verify_run(folder, manifest, quality)] == ["quality/"]
    moved.unlink()


def spots(ws: Workspace) -> list[tuple[str, int | None]]:
    """Where the ledger is not what was written."""
    with open_ledger(ws) as ledger:
        return [(fault.chain, fault.seq) for fault in ledger.verify()]


@pytest.mark.parametrize("column", COLUMNS)
def test_one_character_of_any_event_is_named(ws: Workspace, column: str) -> None:
    """An event early, in the middle and at the end; whatever column it stands in."""
    with closing(sqlite3.connect(ws.ledger_file, isolation_level=None)) as database:
        last: int = database.execute("SELECT max(seq) FROM events").fetchone()[0]
        guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for seq in (2, last // 2, last):
            query = f"SELECT {column} FROM events WHERE seq = ?"  # noqa: S608 - a column named above
            whole = database.execute(query, (seq,)).fetchone()[0]
            altered = "x" if whole is None else flipped(whole.encode(), len(whole) // 2).decode()
            _write(database, guards, column, seq, altered)
            assert ("events", seq) in spots(ws), column
            _write(database, guards, column, seq, whole)
    assert spots(ws) == []


def _write(
    database: sqlite3.Connection, guards: list[tuple[str, str]], column: str, seq: int, value: str | None
) -> None:
    """What somebody with the file could do: take the guards off, alter the event, put them back."""
    for name, _ in guards:
        database.execute(f'DROP TRIGGER "{name}"')
    database.execute(f"UPDATE events SET {column} = ? WHERE seq = ?", (value, seq))  # noqa: S608 - a column named above
    for _, sql in guards:
        database.execute(sql)


def test_the_command_names_every_spot(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 and the places, relative to the workspace: a file of the run, an original, a brief, a list, an event."""
    files = [
        next(ws.runs.glob("*/queue.csv")),
        min(ws.archive.iterdir()),
        min(ws.store_briefs.glob("*.md")),
        min(ws.store_lists.glob("*/records.parquet")),
    ]
    kept = [file.read_bytes() for file in files]
    for file, data in zip(files, kept, strict=True):
        file.write_bytes(flipped(data, len(data) // 3))
    assert call(["audit", "verify", "--workspace", str(ws.root), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["ok"]
    assert sorted(fault["place"] for fault in found["faults"]) == sorted(ws.place(file) for file in files)
    assert call(["audit", "verify", "--workspace", str(ws.root)]) == 1
    told = capsys.readouterr().out
    assert all(ws.place(file) in told for file in files)
    for file, data in zip(files, kept, strict=True):
        file.write_bytes(data)


def test_an_end_that_was_cut_off_is_named(ws: Workspace, tmp_path: Path) -> None:
    """Events after the run are part of what it published: taken away, the run names them."""
    cut = copy_of(ws.root, tmp_path / "ws")
    with closing(sqlite3.connect(cut.ledger_file, isolation_level=None)) as database:
        guards = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in guards:
            database.execute(f'DROP TRIGGER "{name}"')
        last = database.execute("SELECT max(seq) FROM events").fetchone()[0]
        for table, key in (("event_tokens", "seq"), ("erasable", "ref"), ("events", "seq")):
            database.execute(f"DELETE FROM {table} WHERE {key} > ?", (last - 3,))  # noqa: S608 - named above
    assert ("events", last) in spots(cut)
