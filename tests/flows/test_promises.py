"""A queue line is a promise: handed out once, taken back by a later revision, waited for until it is reported."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flows.ledger_access import open_ledger
from flows.workspace import load
from tests.small_workspace import (
    Line,
    at,
    brief_about,
    drop,
    drop_list,
    lines_of,
    make_workspace,
    next_queue,
    publish,
    today,
)

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA, BEA, CHO = "ada@acme.example", "bea@bolt.example", "cho@dyn.example"
MORNING = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
NOON = MORNING.replace(hour=10)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people were handed out this morning."""
    ws = make_workspace(tmp_path_factory.mktemp("morning") / "ws")
    drop_list(ws, "summit", [Line(ADA), Line(BEA, "Ruiz", given="Bea", company="Bolt Inc")])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "briefs/bea.md", brief_about(BEA, "Bea Ruiz"))
    publish(ws)
    return ws.root


@pytest.fixture
def ws(morning: Path, tmp_path: Path) -> Workspace:
    """A copy of that workspace."""
    shutil.copytree(morning, tmp_path / "ws")
    return load(tmp_path / "ws")


def promises(ws: Workspace) -> list[dict[str, Any]]:
    """Every line handed out, in order."""
    with open_ledger(ws) as ledger:
        return ledger.commitments().sort("seq").to_dicts()


def touched(ws: Workspace, contact: str, outcome: str, when: datetime) -> None:
    """Report what came of a contact."""
    row = f"{contact},email,{when.isoformat()},{outcome},maria\n"
    drop(ws, f"touches/{outcome}.csv", "contact,channel,at,outcome,rep\n" + row)


def queued(ws: Workspace, as_of: datetime) -> list[str]:
    """Whom a run at an instant would queue."""
    return sorted(next_queue(ws, as_of).get_column("contact_point"))


def test_every_line_is_a_promise_with_its_owner(ws: Workspace) -> None:
    """One for each, under the run that made it, by day and revision."""
    found = promises(ws)
    lines = {line["person_id"]: line for line in today(ws)}
    assert {promise["person_id"]: promise["owner"] for promise in found} == {
        person: line["owner"] for person, line in lines.items()
    }
    assert {(str(p["queue_date"]), p["revision"], p["released"], p["channel"]) for p in found} == {
        ("2026-10-14", 1, False, "email")
    }
    assert {promise["run_id"] for promise in found} == {entry.name for entry in ws.runs.iterdir()}
    assert all(promise["company_token"] for promise in found)
    assert len({promise["token"] for promise in found}) == 2


def test_the_next_revision_promises_what_is_new_alone(ws: Workspace) -> None:
    """Who stays was promised already; who joins is promised now."""
    drop_list(ws, "guild", [Line(CHO, "Cho", company="Dyn Inc")])
    drop(ws, "briefs/cho.md", brief_about(CHO, "Ada Cho"))
    assert publish(ws, NOON).revision == 2
    assert len(today(ws)) == 3
    assert [promise["revision"] for promise in promises(ws)] == [1, 1, 2]


def test_the_next_revision_takes_back_who_must_not_be_contacted(ws: Workspace) -> None:
    """The promise is released and the line stands on the recall of the run, with the verdict."""
    drop(ws, "optouts/o.csv", f"value\n{ADA}\n")
    outcome = publish(ws, NOON)
    assert [line["contact_point"] for line in today(ws)] == [BEA]
    assert sorted(promise["released"] for promise in promises(ws)) == [False, True]
    (recalled,) = lines_of(ws.run_folder(outcome.run_id) / "recall.csv")
    assert (recalled["contact_point"], recalled["reason"]) == (ADA, "suppressed")


def test_a_line_somebody_worked_on_is_not_taken_back(ws: Workspace) -> None:
    """An outcome was reported before the next revision: the promise was kept."""
    touched(ws, ADA, "voicemail", MORNING.replace(hour=8))
    publish(ws, NOON)
    assert [promise["released"] for promise in promises(ws)] == [False, False]


def test_what_was_promised_blocks_until_it_is_reported(ws: Workspace) -> None:
    """The next days nobody is handed out again; an outcome, or the time for one, ends that."""
    assert queued(ws, MORNING + timedelta(days=1)) == []
    assert queued(ws, MORNING + timedelta(days=13)) == []
    assert queued(ws, MORNING + timedelta(days=14)) == [ADA, BEA]
    touched(ws, ADA, "no_answer", MORNING.replace(hour=15))
    assert queued(ws, MORNING + timedelta(days=6)) == []
    assert queued(ws, MORNING + timedelta(days=8)) == [ADA]


def test_unreported_lines_are_listed_when_they_are_due(ws: Workspace) -> None:
    """After two working days, by owner, in the run's own worklist."""
    runs = [publish(at(ws, MORNING + timedelta(days=days))).run_id for days in (1, 2)]
    early, due = (lines_of(ws.run_folder(run) / "touches_missing.csv") for run in runs)
    assert early == []
    assert {(row["owner"], row["queue_date"], row["expires_on"]) for row in due} == {
        ("maria", "2026-10-14", "2026-10-28"),
        ("tom", "2026-10-14", "2026-10-28"),
    }


def test_a_rep_s_queue_file_with_outcomes_is_taken_as_it_is(ws: Workspace) -> None:
    """The blank columns filled in and the file dropped: every line is answered."""
    file = ws.queue / "today.csv"
    text = file.read_text(encoding="utf-8")
    head, *lines = text.splitlines()
    column = head.split(",").index("outcome")
    assert head.split(",")[column:] == ["outcome", "at", "said", "next_step", "callback_on", "referred_to"]
    filled = [line.removesuffix(",,,,,") + "voicemail,2026-10-14T15:00:00Z,,,," for line in lines]
    drop(ws, "touches/today.csv", "\n".join([head, *filled]) + "\n")
    assert queued(ws, MORNING + timedelta(days=8)) == [ADA, BEA]
    with open_ledger(ws) as ledger:
        assert ledger.open_commitments().is_empty()
        assert set(ledger.touches().get_column("outcome")) == {"voicemail"}
