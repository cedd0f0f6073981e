"""A list of more than 10,000 opt-outs, from the inbox to the queue: one event, and everybody in it is stopped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from flows.asking.questions import why
from flows.cli import call
from flows.event_files.bulk import BULK_ROWS
from flows.filing import file_inbox
from flows.ledger_access import open_ledger
from flows.pipeline import import_file, undo_file
from flows.policy_files import load_policy
from flows.queue.suppression_now import stopped_points
from flows.verification import verify_workspace
from policies.errors import UsageError
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.filing import IntakeSummary
    from flows.workspace import Workspace

ADA, BEA = "ada@acme.example", "bea@bolt.example"
LONG = "email\n" + "".join(f"user{number}@else.example\n" for number in range(BULK_ROWS)) + f"{ADA}\nnobody at all\n"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Two people on a list."""
    made = make_workspace(tmp_path / "ws")
    drop_list(made, "summit", [Line(ADA), Line(BEA, "Ruiz", given="Bea", company="Bolt Inc")])
    _file(made)
    return made


def _file(ws: Workspace, *, dry_run: bool = False) -> IntakeSummary:
    with open_ledger(ws) as ledger:
        return file_inbox(ws, ledger, load_policy(ws), dry_run=dry_run, step=lambda _: None)


def _stopped(ws: Workspace) -> set[str]:
    with open_ledger(ws) as ledger:
        return set(stopped_points(ws, ledger).get_column("contact"))


def test_a_long_list_is_one_event_and_stops_everybody(ws: Workspace, tmp_path: Path) -> None:
    """What would be recorded is said before; the same file again changes nothing; everything verifies."""
    path = drop(ws, "optouts/long.csv", LONG)
    assert _file(ws, dry_run=True).files[0].would_record == {"optout_snapshot": 1}
    summary = _file(ws)
    assert summary.events == {"optout_snapshot": 1}
    [outcome] = summary.files
    assert (outcome.rows, outcome.accepted, outcome.rejected) == (BULK_ROWS + 2, BULK_ROWS + 1, 1)
    assert _stopped(ws) == {ADA}
    assert not path.exists()
    again = tmp_path / "again.csv"
    again.write_text(LONG)
    assert import_file(ws, "optouts", again).events == {}
    assert verify_workspace(ws).faults == ()


def test_people_of_no_list_are_known_by_it(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Why, and the list of opt-outs under a contact; the whole list is a line."""
    drop(ws, "optouts/long.csv", LONG)
    _file(ws)
    [said] = why(ws, ["user7@else.example"])[0]["suppressions"]
    assert (said["kind"], said["stated_or_inferred"]) == ("optout", "stated")
    assert call(["optout", "list", "user7@else.example", "--json", "--workspace", str(ws.root)]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["contact"], row["entry"]) == ("user7@else.example", 8)
    assert call(["optout", "list", "--workspace", str(ws.root)]) == 0
    assert "10,001 entries" in capsys.readouterr().out


def test_a_long_list_is_never_taken_back(ws: Workspace) -> None:
    """It is told as a file of opt-outs, as a short one is."""
    drop(ws, "optouts/long.csv", LONG)
    [outcome] = _file(ws).files
    with pytest.raises(UsageError, match="file of opt-outs"):
        undo_file(ws, outcome.sha256 or "")


def test_the_queue_loses_them_before_the_command_ends(ws: Workspace, tmp_path: Path) -> None:
    """As an opt-out by itself does."""
    drop(ws, "briefs/ada.md", brief_about(ADA))
    publish(ws)
    assert {line["contact_point"] for line in today(ws)} == {ADA}
    stops = tmp_path / "stops.csv"
    stops.write_text(LONG)
    import_file(ws, "optouts", stops)
    assert today(ws) == []
