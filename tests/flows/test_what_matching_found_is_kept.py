"""What matching found is read back while nothing has changed, made anew when it is gone, and goes with its people."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
from typing import TYPE_CHECKING, Final

import polars as pl
import pytest

from flows.cli import call
from flows.forgetting import forget
from flows.ledger_access import open_ledger
from flows.pipeline import undo_file
from flows.policy_files import load_policy
from flows.queue.suppression_now import standing_now
from flows.store import active_lists, load_records
from flows.store.matching import drop_states, keep_state, states, stored_state, verified_states
from flows.verification import verify_workspace
from flows.who_is_who import Cohort, matching_for
from flows.who_is_who.matching import _RECENT
from policies.subjects import people_of
from tests.small_workspace import Line, drop_list, publish, published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.workspace import Workspace
    from policies.identity import Matching

ADA: Final = Line("ada@acme.example", phone="+1 312 555 0101")
BEA: Final = Line("bea@bolt.example", "Ruizdottir", given="Beatrix", company="Bolt Inc")
FRAMES: Final = {"groups": pl.DataFrame({"record_id": ["r1"]}), "links": pl.DataFrame({"millibits": [6000]})}
NAME, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of two people, published; nothing is at hand but what the store holds."""
    made = published(tmp_path / "ws", {"summit": [ADA, BEA]})
    _RECENT.clear()
    yield made
    _RECENT.clear()


def _matching(ws: Workspace) -> Matching:
    lists, settings = active_lists(ws), load_policy(ws).book.settings
    with open_ledger(ws) as ledger:
        found = matching_for(ws, ledger, settings, Cohort.of_lists(load_records(ws, lists), lists))
    _RECENT.clear()
    return found


def _same(one: Matching, other: Matching) -> bool:
    return all(getattr(one, part).equals(getattr(other, part)) for part in ("groups", "links", "judged"))


def _damaged(folder: Path, what: str) -> None:
    if what == "gone":
        shutil.rmtree(folder)
    elif what == "hashes":
        (folder / "hashes.json").write_text("[]", encoding="utf-8")
    elif what == "other hashes":
        (folder / "hashes.json").write_text('{"groups": "x"}', encoding="utf-8")
    else:
        (folder / f"{what}.parquet").write_bytes(b"PAR1 and nothing behind it")


def test_it_is_read_back(ws: Workspace) -> None:
    """A second look finds the very same, and leaves one result behind."""
    (name,) = states(ws, "result")
    before = (ws.store_matching / "result" / name / "groups.parquet").stat().st_mtime_ns
    assert _same(_matching(ws), _matching(ws))
    assert states(ws, "result") == [name]
    assert (ws.store_matching / "result" / name / "groups.parquet").stat().st_mtime_ns == before


@pytest.mark.parametrize("what", ["gone", "groups", "links", "judged", "hashes", "other hashes"])
def test_damage_is_mended_unasked(ws: Workspace, what: str) -> None:
    """It is derived: what cannot be read is found anew, and stands there whole again."""
    whole = _matching(ws)
    (name,) = states(ws, "result")
    _damaged(ws.store_matching / "result" / name, what)
    assert [fine for _, fine in verified_states(ws)] == ([] if what == "gone" else [False])
    assert _same(_matching(ws), whole)
    assert [fine for _, fine in verified_states(ws)] == [True]
    assert verify_workspace(ws).faults == ()


def test_an_altered_result_is_named(ws: Workspace) -> None:
    """`audit verify` says so; nothing is decided by it."""
    (name,) = states(ws, "result")
    _damaged(ws.store_matching / "result" / name, "links")
    assert [fault.place for fault in verify_workspace(ws).faults] == [f"data/store/matching/result/{name}"]


def test_another_list_or_another_word_is_another_result(ws: Workspace) -> None:
    """Nothing out of date is ever read."""
    (first,) = states(ws, "result")
    drop_list(ws, "guild", [Line("cho@dyn.example", "Lim", given="Cho")])
    publish(ws)
    assert len(states(ws, "result")) == 2
    assert call(["people", "different", ADA.email, BEA.email, "--workspace", str(ws.root)]) == 0
    assert len(states(ws, "result")) == 3
    assert states(ws, "result")[-1] == first
    assert _matching(ws).judged.height == 1


def test_without_room_nothing_is_kept_and_all_is_found(ws: Workspace) -> None:
    """A folder that cannot be written is no trouble."""
    whole = _matching(ws)
    drop_states(ws)
    shutil.rmtree(ws.store_matching)
    ws.store_matching.write_text("in the way", encoding="utf-8")
    assert _same(_matching(ws), whole)


def test_files_of_people_are_closed_to_others(ws: Workspace) -> None:
    """Files 0600, folders 0700."""
    for path in ws.store_matching.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path.name


def test_many_may_write_and_read_at_once(ws: Workspace) -> None:
    """Whoever is first has written it; nobody ever reads half of one."""
    found: list[bool] = []

    def work() -> None:
        for _ in range(15):
            keep_state(ws, "result", NAME, FRAMES)
            read = stored_state(ws, "result", NAME)
            found.append(read is None or read["links"].collect().equals(FRAMES["links"]))
            if len(found) % 7 == 0:
                drop_states(ws)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found)
    assert len(found) == 60


def test_of_old_results_the_latest_stay(ws: Workspace) -> None:
    """Six results and one epoch, by when they were used; what a process left that is gone goes too."""
    drop_states(ws)
    for number in range(8):
        keep_state(ws, "result", f"{number:064x}", FRAMES)
        os.utime(ws.store_matching / "result" / f"{number:064x}", ns=(number, number))
    assert stored_state(ws, "result", f"{3:064x}") is not None  # in use
    (ws.store_matching / "result" / f".stage-{2**22 + 7}-left").mkdir()
    keep_state(ws, "result", NAME, FRAMES)
    left = states(ws, "result")
    assert len(left) == 6
    assert {NAME, f"{3:064x}"} <= set(left)
    assert not list((ws.store_matching / "result").glob(".stage-*"))
    for name in (NAME, OTHER):
        keep_state(ws, "epoch", name, FRAMES)
    assert len(states(ws, "epoch")) == 1


@pytest.mark.parametrize("how", ["forget", "undo"])
def test_it_goes_with_its_people(ws: Workspace, how: str) -> None:
    """Not one cell in the store's matching names anybody who is gone, in the form they were compared by either."""
    lists, settings = active_lists(ws), load_policy(ws).book.settings
    from policies.identity.preparing import prepare

    people = people_of(load_records(ws, lists))
    keep_state(ws, "epoch", NAME, {"prepared": prepare(people, settings)})
    assert "ruizdottir" in _cells(ws)
    if how == "forget":
        forget(ws, BEA.email, "DSR-1")
    else:
        undo_file(ws, lists[0].sha256)
    for word in ("ruizdottir", "beatrix", "bolt.example"):
        assert word not in _cells(ws)


def _cells(ws: Workspace) -> str:
    """Every cell of every file of the folder, decoded, in lower case."""
    frames = [pl.read_parquet(path) for path in sorted(ws.store_matching.rglob("*.parquet"))]
    texts = [path.read_text("utf-8") for path in sorted(ws.store_matching.rglob("*.json"))]
    return json.dumps([[frame.write_json() for frame in frames], texts]).lower()


def test_no_backup_holds_it(ws: Workspace, tmp_path: Path) -> None:
    """It would bring back names that were taken away; a restored workspace finds the same people without."""
    from flows.backup.contents import files_to_keep

    before = _matching(ws)
    assert not [name for name, _ in files_to_keep(ws) if "matching" in name]
    copy = tmp_path / "copy"
    shutil.copytree(ws.root, copy, ignore=shutil.ignore_patterns("matching"))
    from flows.workspace import load

    assert _same(_matching(load(copy)), before)


def test_a_damaged_epoch_is_not_used(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large workspaces compare what is new with what is known; small ones act as if they were large here."""
    for place in ("epochs", "matching"):
        monkeypatch.setattr(f"flows.who_is_who.{place}.LEAST_RECORDS", 2)
    monkeypatch.setattr("flows.who_is_who.epochs._DRIFT", 1.0)
    plain = _matching(ws)
    drop_states(ws)
    publish(ws)
    (epoch,) = states(ws, "epoch")
    drop_list(ws, "guild", [Line("a.okafor@acme.example", phone=ADA.phone), Line("cho@dyn.example", "Lim")])
    publish(ws)
    assert states(ws, "epoch") == [epoch]
    under = _matching(ws)
    shutil.rmtree(ws.store_matching / "result")
    assert _same(_matching(ws), under)
    shutil.rmtree(ws.store_matching / "result")
    _damaged(ws.store_matching / "epoch" / epoch, "pairs")
    anew = _matching(ws)
    assert anew.groups.height == under.groups.height == plain.groups.height + 2
    with open_ledger(ws) as ledger:
        assert standing_now(ws, ledger).subjects.records.height == 4
