"""An older backup, a damaged ledger, a lost one: whoever said no before is stopped after, on either database."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flows.backup.reconciling import reconcile, recover
from flows.forgetting import forget
from flows.key_care import check_keys, rotate_key
from flows.ledger import Ledger, NewEvent
from flows.ledger.journal import Journal
from flows.ledger.lines import event_lines
from flows.ledger.screening import lookup_tokens
from flows.ledger.void import Void, void_event
from flows.ledger_access import open_ledger
from flows.verification import verify_workspace
from flows.workspace import load
from policies.errors import HeldError, LedgerError, UsageError
from tests.flows.backup.keeping import (
    ADA,
    back_up,
    bring_back,
    chain,
    moved_to,
    new_place,
    published_on,
    say_no,
    silent,
    stops,
    workspace_on,
)
from tests.flows.ledger.ledgers import KEYRING, NOW, Clock, new_ledger, optout
from tests.postgres import DATABASES, place_in
from tests.small_workspace import publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace


MOSTLY_FILES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.long))


def _lose(ws: Workspace, database: str, folder: Path) -> Workspace:
    """The database is gone for good; the settings name an empty place."""
    if database == "sqlite":
        for file in ws.data.glob("ledger.db*"):
            file.unlink()
        return ws
    url, text = place_in(database, folder), ws.settings_file.read_text(encoding="utf-8")
    ws.settings_file.write_text(text.partition("\n")[2], encoding="utf-8")
    return moved_to(ws, url)


def _reconciled(ws: Workspace) -> None:
    reconcile(ws, "Ada Okafor", "the disk failed", step=silent)


@pytest.mark.parametrize("database", DATABASES)
def test_the_journal_brings_stops_back(tmp_path: Path, database: str) -> None:
    """Opt-outs typed after the backup, in a run's day, survive the loss of the database."""
    ws = workspace_on(database, tmp_path / "ws")
    file = back_up(ws)
    publish(ws)
    said = [_opened(ws, address) for address in (ADA, "cem@cedar.example")]
    say_no(ws, *said)
    known = stops(ws)
    ws = _lose(ws, database, tmp_path)
    done = bring_back(ws.root, file)
    assert done.behind
    assert done.carried["optout"] == known
    assert stops(ws) == known
    with pytest.raises(HeldError) as caught:
        publish(ws)
    assert caught.value.code == "ledger_behind"
    assert caught.value.exit_code == 3
    recover(ws, step=silent)
    assert today(ws) == []
    with open_ledger(ws) as ledger:
        assert ledger.publications().height == 1
        assert ledger.open_commitments().height == 1
    _reconciled(ws)
    publish(ws)
    assert today(ws) == []  # she said no
    assert stops(ws) == known
    assert verify_workspace(ws).faults == ()


@pytest.mark.parametrize("database", MOSTLY_FILES)
def test_an_erasure_after_the_backup_brings_what_it_rewrote(tmp_path: Path, database: str) -> None:
    """The files it rewrote are as the journal says they must be: the audit finds nothing."""
    ws = published_on(database, tmp_path / "ws")
    file = back_up(ws)
    forget(ws, ADA, "DSR-1")
    ws = _lose(ws, database, tmp_path)
    done = bring_back(ws.root, file)
    assert done.carried["erasure"] == 1
    assert done.carried["redaction"] > 0
    assert verify_workspace(ws).faults == ()


def _opened(ws: Workspace, address: str) -> NewEvent:
    with open_ledger(ws) as ledger:
        return optout(address, ledger.keyring)


@pytest.mark.parametrize("database", MOSTLY_FILES)
def test_without_a_journal_the_archive_is_read_again(tmp_path: Path, database: str) -> None:
    """Files of opt-outs taken in after the backup count again; what was typed is said to be lost."""
    ws = workspace_on(database, tmp_path / "ws")
    file = back_up(ws)
    publish(ws)
    ws.journal_file.unlink()
    ws = _lose(ws, database, tmp_path)
    done = bring_back(ws.root, file)
    assert done.behind
    assert stops(ws) == 0
    found = recover(ws, step=silent)
    assert found.reread.events["optout"] == 1
    assert not found.journal
    assert (found.runs, found.commitments) == (tuple(run.name for run in ws.runs.glob("[!.]*")), 1)
    _reconciled(ws)
    assert publish(ws).status == "published"
    assert stops(ws) == 1
    assert verify_workspace(ws).faults == ()


def test_a_damaged_ledger_keeps_what_can_be_read(tmp_path: Path) -> None:
    """Pages in the middle are gone: what can be read behind the backup is carried over, the rest moved aside."""
    ws = workspace_on("sqlite", tmp_path / "ws")
    publish(ws)
    file = back_up(ws)
    say_no(ws, *(_opened(ws, f"person{number}@cedar.example") for number in range(200)))
    ws.journal_file.unlink()
    _overwrite(ws)
    done = bring_back(ws.root, file)
    assert done.aside is not None
    assert done.behind
    assert done.kept + done.carried.get("optout", 0) > 0
    assert list(ws.data.glob("ledger.db.replaced-*"))
    _reconciled(ws)
    assert verify_workspace(ws).faults == ()


def _overwrite(ws: Workspace) -> None:
    """Spoil the last pages of the file."""
    with closing(sqlite3.connect(ws.data / "ledger.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = ws.data / "ledger.db"
    data = bytearray(path.read_bytes())
    middle = len(data) * 3 // 4 // 4096 * 4096
    data[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(data)


@pytest.mark.parametrize("database", MOSTLY_FILES)
def test_a_forked_ledger_loses_nothing(tmp_path: Path, database: str) -> None:
    """After an older restore somebody went on; then the newer backup is restored: stops of both are there."""
    ws = workspace_on(database, tmp_path / "ws")
    publish(ws)
    old = back_up(ws, "old.zip")
    say_no(ws, _opened(ws, "cem@cedar.example"))
    new = back_up(ws, "new.zip")
    ws.journal_file.unlink()
    ws = _lose(ws, database, tmp_path)
    bring_back(ws.root, old)
    say_no(ws, _opened(ws, "dora@dune.example"))
    ws.journal_file.unlink()
    before = stops(ws)
    done = bring_back(ws.root, new)
    assert done.carried == {"optout": 1}
    assert stops(ws) == before + 1
    assert done.aside is not None
    _reconciled(ws)
    assert verify_workspace(ws).faults == ()


@pytest.mark.parametrize("database", MOSTLY_FILES)
def test_an_older_ledger_gives_way_to_the_newer_backup(tmp_path: Path, database: str) -> None:
    """Nothing is missing then, so nobody has to answer for anything."""
    ws = workspace_on(database, tmp_path / "ws")
    old = back_up(ws, "old.zip")
    publish(ws)
    new, newest = back_up(ws, "new.zip"), chain(ws)
    ws = _lose(ws, database, tmp_path)
    (ws.root / "data" / "store" / "journal" / "stops.jsonl").rename(tmp_path / "journal")
    bring_back(ws.root, old)
    (tmp_path / "journal").rename(ws.journal_file)
    done = bring_back(ws.root, new)
    assert chain(ws)[: len(newest)] == newest
    assert done.carried == {}
    assert not done.behind or done.aside is not None


def test_an_older_file_put_back_by_hand_is_noticed(tmp_path: Path) -> None:
    """Copying an old ledger.db over the new one stops runs and empties the queue until it is reconciled."""
    ws = workspace_on("sqlite", tmp_path / "ws")
    with open_ledger(ws):
        pass
    kept = (ws.data / "ledger.db").read_bytes()
    publish(ws)
    assert today(ws)
    for file in ws.data.glob("ledger.db*"):
        file.unlink()
    (ws.data / "ledger.db").write_bytes(kept)
    with pytest.raises(HeldError) as caught:
        publish(ws)
    assert caught.value.code == "ledger_behind"
    assert today(ws) == []
    with pytest.raises(UsageError, match="answer"):
        reconcile(ws, "", None, step=silent)
    found = reconcile(ws, "Ada Okafor", "the newest is lost", step=silent)
    assert found.carried == {"optout": 1}
    assert found.reconciled
    assert not reconcile(ws, "Ada Okafor", "once more", step=silent).reconciled
    publish(ws)
    assert verify_workspace(ws).faults == ()
    lines, unreadable = Journal(ws.journal_file).lines()
    assert (len(lines), unreadable) == (1, 0)


def test_a_waiting_writer_never_writes_into_the_old_file(tmp_path: Path) -> None:
    """Who waited for a ledger that was replaced meanwhile is told; nothing is acknowledged that would be lost."""
    path = tmp_path / "ledger.db"
    holder = new_ledger(tmp_path)
    (tmp_path / "other").mkdir()
    new_ledger(tmp_path / "other").close()
    waiting, found = Ledger.open(path, KEYRING, Clock()), []

    def append() -> None:
        try:
            waiting.append([optout("cem@cedar.example")])
        except LedgerError as error:
            found.append(error.code)

    def replaced(*_: object) -> None:
        writer.start()
        time.sleep(0.3)  # it waits for the lock by now; if not, it is refused all the same
        (tmp_path / "other" / "ledger.db").replace(path)
        raise LedgerError("stop", "Nothing is written.", "")

    writer = threading.Thread(target=append)
    with pytest.raises(LedgerError, match="Nothing is written"):
        holder.enter(replaced)
    writer.join()
    assert found == ["ledger_replaced"]


def test_a_key_that_came_after_the_backup_comes_along(tmp_path: Path) -> None:
    """What was recorded under a newer key than the backup knows is recognised after the restore."""
    ws = published_on("sqlite", tmp_path / "ws")
    file = back_up(ws)
    rotate_key(ws)
    say_no(ws, _opened(ws, ADA))
    ws = _lose(ws, "sqlite", tmp_path)
    done = bring_back(ws.root, file)
    assert done.carried == {"optout": 1}
    assert len(check_keys(ws).keys) == 2
    _reconciled(ws)
    publish(ws)
    assert today(ws) == []
    assert verify_workspace(ws).faults == ()


def test_a_void_follows_the_event_it_is_about(tmp_path: Path) -> None:
    """Numbers change when events are recorded again; what one says about another still means that one."""
    ws = published_on("sqlite", tmp_path / "ws")
    file = back_up(ws)
    with open_ledger(ws) as ledger:
        numbers = ledger.append([optout(f"{who}@cedar.example", ledger.keyring) for who in ("cem", "dora")])
        ledger.append([NewEvent(kind="void", effective_at=NOW, body={"event": numbers[1]})])
        ledger.append([NewEvent(kind="void", effective_at=NOW, body={"event": numbers[1] + 50})])
    ws = _lose(ws, "sqlite", tmp_path)
    done = bring_back(ws.root, file)
    assert done.carried == {"optout": 2, "void": 1}
    assert done.unplaced == 1
    with open_ledger(ws) as ledger:
        lines = ledger.ask(lambda connection: list(event_lines(connection)))
    void = next(line for line in lines if line.row["kind"] == "void")
    about = next(line for line in lines if line.seq == void.body["event"])
    assert about.body["recovered"]["seq"] == numbers[1]


def test_a_spread_without_its_word_still_stops(tmp_path: Path) -> None:
    """What it was spread from cannot be read any more: whom it names is stopped all the same."""
    ws = published_on("sqlite", tmp_path / "ws")
    file = back_up(ws)
    with open_ledger(ws) as ledger:
        lost = optout("cem@cedar.example", ledger.keyring)
        ledger.append([replace(lost, body={**lost.body, "method": "spread", "source": {"undo": "x", "of": 5000}})])
    known = stops(ws)
    ws = _lose(ws, "sqlite", tmp_path)
    assert bring_back(ws.root, file).carried == {"optout": 1}
    assert stops(ws) == known


def test_a_copy_of_the_journal_is_enough(tmp_path: Path) -> None:
    """Everything is gone but an old backup and the journal: restored into a new folder, every stop is there."""
    ws = published_on("sqlite", tmp_path / "ws")
    file = back_up(ws)
    say_no(ws, _opened(ws, ADA), _opened(ws, "cem@cedar.example"))
    known, journal = stops(ws), ws.journal_file.read_bytes()
    place = new_place(ws, tmp_path / "new")
    assert not bring_back(place, file).behind
    made = load(place)
    made.journal_file.write_bytes(journal)
    with pytest.raises(HeldError):
        publish(made)
    _reconciled(made)
    publish(made)
    assert stops(made) == known
    assert today(made) == []
    assert verify_workspace(made).faults == ()


@pytest.mark.parametrize("database", MOSTLY_FILES)
def test_what_files_repeat_is_known_after_a_restore(tmp_path: Path, database: str) -> None:
    """A void in the restored ledger leaves standing what another file said before the loss."""
    ws = published_on(database, tmp_path / "ws")
    file = back_up(ws)
    for name in "ab":
        with open_ledger(ws) as ledger:
            ledger.append([optout("cem@cedar.example", ledger.keyring, source={"file_sha256": name * 64})])
    ws = _lose(ws, database, tmp_path)
    done = bring_back(ws.root, file)
    assert (done.carried["optout"], done.carried["said_again"]) == (1, 1)
    with open_ledger(ws) as ledger:
        tokens = lookup_tokens(ledger.keyring, "email", "cem@cedar.example")
        (event,) = ledger.contact_events(tokens)
        declared = Void(event=event.seq, by="Ines Holm", second="Tom Ruiz", reason="typed wrong", evidence="ticket 17")
        ledger.append([void_event(ledger.keyring, declared, "optout", NOW)])
        still = [
            found.body["source"]["file_sha256"] for found in ledger.contact_events(tokens) if found.seq > event.seq
        ]
    assert still == ["b" * 64]
