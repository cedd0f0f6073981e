"""Between publications the queue files only lose people, at once and for good; after their day they are empty."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.queue.files import expire_if_due, is_current, refresh
from policies.errors import HeldError, WorkspaceError
from policies.schema import OUTCOME_COLUMNS, QUEUE, RECALL
from tests.effort import few
from tests.flows.queues import LedgerOfRuns, publish
from tests.flows.workspaces import make_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flows.workspace import Workspace

NOW = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 10, 14, 22, tzinfo=UTC)  # of the working day, in Berlin
LINES = [("p1", "maria"), ("p2", "tom"), ("p3", "maria"), ("p4", None)]


def people(ws: Workspace, name: str = "today.csv") -> list[str]:
    """The person ids in a queue file."""
    with (ws.queue / name).open(encoding="utf-8", newline="") as stream:
        return [row["person_id"] for row in csv.DictReader(stream)]


def snapshot(ws: Workspace) -> dict[str, bytes]:
    """Every queue file with its bytes, the state beside them included."""
    return {path.name: path.read_bytes() for path in ws.queue.iterdir() if path.name != ".queue.lock"}


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return make_workspace(tmp_path / "ws")


@pytest.fixture
def ledger(ws: Workspace) -> LedgerOfRuns:
    """A ledger with one publication of four people."""
    ledger = LedgerOfRuns()
    publish(ws, ledger, LINES)
    return ledger


def test_before_the_first_publication_there_is_nothing(tmp_path: Path) -> None:
    """No publication, no files, and nothing to complain about."""
    ws, ledger = make_workspace(tmp_path), LedgerOfRuns()
    assert refresh(ws, ledger, NOW, ledger) is None
    assert is_current(ws, ledger)
    assert not expire_if_due(ws, NOW)


def test_files_have_the_columns_and_people_of_the_run(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """Each file carries its columns, each rep their own lines, each line its end of validity."""
    in_force = refresh(ws, ledger, NOW, ledger)
    assert in_force is not None
    assert (in_force.lines, in_force.recalled, in_force.expired) == (4, 0, False)
    header, first = (ws.queue / "today.csv").read_text().splitlines()[:2]
    assert header == ",".join([*QUEUE.names(), "valid_until", *OUTCOME_COLUMNS])
    assert (ws.queue / "recall.csv").read_text() == ",".join([*RECALL.names(), "valid_until"]) + "\n"
    assert "2026-10-15T00:00:00+02:00" in first
    assert ",'=Acme," in first
    assert (people(ws), people(ws, "maria.csv"), people(ws, "tom.csv")) == (
        ["p1", "p2", "p3", "p4"],
        ["p1", "p3"],
        ["p2"],
    )


def test_who_opts_out_leaves_every_file_and_is_recalled(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """An opt-out takes the person out of both files and says why in the third."""
    refresh(ws, ledger, NOW, ledger)
    assert is_current(ws, ledger)
    ledger.out["p1"] = "opted out"
    assert not is_current(ws, ledger)
    refresh(ws, ledger, NOW + timedelta(hours=1), ledger)
    assert (people(ws), people(ws, "maria.csv")) == (["p2", "p3", "p4"], ["p3"])
    with (ws.queue / "recall.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["person_id"], row["reason"], row["owner"]) == ("p1", "opted out", "maria")
    assert (row["since"], row["run_id"]) == ("2026-10-14T07:30:00Z", ledger.runs[0][0])


def test_who_was_recalled_stays_out_until_the_next_publication(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """A void does not put anybody back by itself; a new run may."""
    ledger.out["p1"] = "opted out"
    refresh(ws, ledger, NOW, ledger)
    ledger.out.clear()
    refresh(ws, ledger, NOW, ledger)
    assert people(ws) == ["p2", "p3", "p4"]
    publish(ws, ledger, LINES, "20261014T080000Z-000000000002", recall=["p9"])
    refresh(ws, ledger, NOW, ledger)
    assert (people(ws), people(ws, "recall.csv")) == (["p1", "p2", "p3", "p4"], ["p9"])


def test_a_former_owner_keeps_a_header_alone(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """A rep who is in no queue any more does not keep yesterday's people."""
    publish(ws, ledger, [("p5", "zoe")], "20261014T080000Z-000000000002")
    refresh(ws, ledger, NOW, ledger)
    assert people(ws, "zoe.csv") == ["p5"]
    publish(ws, ledger, LINES, "20261014T090000Z-000000000003")
    refresh(ws, ledger, NOW, ledger)
    assert people(ws, "zoe.csv") == []
    assert len((ws.queue / "zoe.csv").read_text().splitlines()) == 1


def test_no_owner_name_leaves_the_folder(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """Whatever an owner is called, their file is one of the folder and nobody else's."""
    owners = ["../evil", "today", "Recall", "a/b", "a_b", "", "..", "Ann", "ann", "\n"]
    publish(ws, ledger, [(f"q{at}", owner) for at, owner in enumerate(owners)], "20261014T080000Z-000000000002")
    refresh(ws, ledger, NOW, ledger)
    found = [people(ws, path.name) for path in ws.queue.glob("*.csv") if path.name not in ("today.csv", "recall.csv")]
    assert sorted(person for lines in found for person in lines) == [f"q{at}" for at in range(len(owners))]
    assert all(len(lines) <= 1 for lines in found)
    assert not list(ws.data.glob("evil*"))


def test_after_its_day_every_command_empties_the_queue(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """One second before midnight it holds, at midnight it is headers alone, once."""
    ledger.out["p1"] = "opted out"
    refresh(ws, ledger, NOW, ledger)
    assert not expire_if_due(ws, MIDNIGHT - timedelta(seconds=1))
    assert people(ws) != []
    assert expire_if_due(ws, MIDNIGHT)
    assert not expire_if_due(ws, MIDNIGHT)
    assert all(len(path.read_text().splitlines()) == 1 for path in ws.queue.glob("*.csv"))
    after = refresh(ws, ledger, MIDNIGHT, ledger)
    assert after is not None
    assert (after.expired, people(ws), people(ws, "recall.csv")) == (True, [], [])


def test_files_nobody_can_date_are_emptied(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """Without its state a queue vouches for no day; the next refresh restores it."""
    refresh(ws, ledger, NOW, ledger)
    before = snapshot(ws)
    (ws.queue / ".state.json").write_text("{", encoding="utf-8")
    (ws.queue / "notes.csv").write_text("mine\n1\n", encoding="utf-8")
    assert expire_if_due(ws, NOW)
    assert (people(ws), people(ws, "maria.csv")) == ([], [])
    assert (ws.queue / "notes.csv").read_text() == "mine\n1\n"
    refresh(ws, ledger, NOW, ledger)
    assert snapshot(ws) == before | {"notes.csv": b"mine\n1\n"}


def test_outcomes_written_in_place_go_to_the_drop_folder(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """What a rep filled in is kept when the file is replaced; a file merely saved again is not."""
    refresh(ws, ledger, NOW, ledger)
    maria, tom = ws.queue / "maria.csv", ws.queue / "tom.csv"
    filled = maria.read_text().replace(",,,,,\n", ",connected,2026-10-14T10:00:00Z,,,,\n", 1)
    maria.write_text(filled, encoding="utf-8")
    tom.write_text(tom.read_text().replace("\n", "\r\n"), encoding="utf-8", newline="")
    refresh(ws, ledger, NOW, ledger)
    (kept,) = ws.inbox_of("touches").iterdir()
    assert kept.name.startswith("maria-")
    assert kept.read_text() == filled
    assert "connected" not in maria.read_text()


def test_an_interrupted_rewrite_is_completed(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """Killed between two files, the next refresh gives the bytes of an uninterrupted one."""
    ledger.out["p1"] = "opted out"
    refresh(ws, ledger, NOW, ledger)
    whole = snapshot(ws)
    shutil.rmtree(ws.queue)
    ledger.out.clear()
    refresh(ws, ledger, NOW, ledger)
    ledger.out["p1"] = "opted out"
    # as a kill leaves it: the new state without its end, one file new, one old
    state = whole[".state.json"].replace(b'"complete": true', b'"complete": false')
    (ws.queue / ".state.json").write_bytes(state)
    (ws.queue / "today.csv").write_bytes(whole["today.csv"])
    assert not is_current(ws, ledger)
    refresh(ws, ledger, NOW + timedelta(minutes=5), ledger)
    assert snapshot(ws) == whole
    assert not list(ws.inbox_of("touches").iterdir())


def test_where_nobody_can_say_who_opted_out_nobody_is_left(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """A refresh that fails after an event empties the files; one that fails without news leaves them."""

    class Broken(LedgerOfRuns):
        def of_day(self, _: object) -> Mapping[str, str]:
            raise HeldError("key_missing", "No key.", "Put it back.")

    broken = Broken()

    refresh(ws, ledger, NOW, ledger)
    whole = snapshot(ws)
    with pytest.raises(HeldError):
        refresh(ws, ledger, NOW, broken)
    assert snapshot(ws) == whole
    ledger.out["p1"] = "opted out"
    with pytest.raises(HeldError):
        refresh(ws, ledger, NOW, broken)
    assert (people(ws), people(ws, "maria.csv")) == ([], [])
    assert not is_current(ws, ledger)
    refresh(ws, ledger, NOW, ledger)
    assert people(ws) == ["p2", "p3", "p4"]


def test_a_damaged_run_is_not_handed_out(ws: Workspace, ledger: LedgerOfRuns) -> None:
    """Without the run's queue there is none in force."""
    refresh(ws, ledger, NOW, ledger)
    (ws.run_folder(ledger.runs[0][0]) / "queue.parquet").unlink()
    ledger.out["p1"] = "opted out"
    with pytest.raises(WorkspaceError):
        refresh(ws, ledger, NOW, ledger)
    assert people(ws) == []


STEPS = st.lists(st.tuples(st.sampled_from(["p1", "p2", "p3", "p4", "p7"]), st.booleans()), max_size=4)


@few(6)
@given(STEPS)
def test_refresh_is_idempotent_and_only_removes(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, bool]]
) -> None:
    """Whatever opts out or is voided, in any order: a second refresh changes no byte and nobody comes back."""
    ws, ledger = make_workspace(tmp_path_factory.mktemp("ws")), LedgerOfRuns()
    publish(ws, ledger, LINES)
    refresh(ws, ledger, NOW, ledger)
    before = set(people(ws))
    for at, (person, out) in enumerate(steps):
        if out:
            ledger.out[person] = "opted out"
        else:
            ledger.out.pop(person, None)
        refresh(ws, ledger, NOW + timedelta(minutes=at), ledger)
        once = snapshot(ws)
        refresh(ws, ledger, NOW + timedelta(minutes=at, seconds=30), ledger)
        assert snapshot(ws) == once
        assert set(people(ws)) <= before - set(ledger.out)
        assert set(people(ws)) | set(people(ws, "recall.csv")) == {"p1", "p2", "p3", "p4"}
        before = set(people(ws))
