"""A queue line whose hours have begun may have been used: no later run of the day frees it without being told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.ledger_access import open_ledger
from tests.small_workspace import Line, brief_about, drop, drop_list, lines_of, make_workspace, publish

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA = "ada@acme.example"
MORNING = datetime(2026, 10, 14, 14, 30, tzinfo=UTC)  # half past nine in Chicago
NIGHT = datetime(2026, 10, 14, 21, 55, tzinfo=UTC)  # five minutes before the queue expires
NEXT_DAY = datetime(2026, 10, 15, 15, 30, tzinfo=UTC)


def one_person(folder: Path) -> Workspace:
    """Ada on a list, with a brief."""
    ws = make_workspace(folder)
    drop_list(ws, "summit", [Line(ADA)])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    return ws


def queued(ws: Workspace, as_of: datetime) -> list[str]:
    """Who stands in the queue of a run at this instant."""
    file = ws.run_folder(publish(ws, as_of).run_id) / "queue.csv"
    return [line["contact_point"] for line in lines_of(file)]


def test_a_line_whose_hours_are_over_still_counts(tmp_path: Path) -> None:
    """Mailed and not yet reported: the run at night frees nothing, and on the next day nobody is asked again."""
    ws = one_person(tmp_path / "ws")
    assert queued(ws, MORNING) == [ADA]
    assert queued(ws, NIGHT) == []
    with open_ledger(ws) as ledger:
        assert ledger.commitments().get_column("released").to_list() == [False]
    assert queued(ws, NEXT_DAY) == []


def test_a_line_taken_out_before_its_hours_is_free_again(tmp_path: Path) -> None:
    """Nobody can have used it: once the doubt is gone the person comes up again."""
    ws = one_person(tmp_path / "ws")
    assert queued(ws, MORNING) == [ADA]
    drop_list(ws, "guild", [Line(ADA, no_mail="perhaps")])
    assert queued(ws, MORNING.replace(minute=45)) == []
    with open_ledger(ws) as ledger:
        assert ledger.commitments().get_column("released").to_list() == [True]
