"""No brief, no outreach (practice P4, P5): a fit person waits for a brief, a passing one puts them in the queue."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA = "ada@acme.example"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace with one fit person in Illinois."""
    made = make_workspace(tmp_path / "ws")
    drop_list(made, "summit", [Line(ADA)])
    return made


def decided(ws: Workspace, run_id: str) -> tuple[str, list[str]]:
    """Verdict and reasons of the one person."""
    row = pl.read_parquet(ws.run_folder(run_id) / "decisions.parquet").row(0, named=True)
    return row["verdict"], row["reasons"]


def test_without_a_brief_nobody_is_contacted(ws: Workspace) -> None:
    """The verdict is brief_wanted, and the worklist names the person and the tier."""
    run = publish(ws)
    assert decided(ws, run.run_id) == ("brief_wanted", ["core.brief.missing"])
    assert today(ws) == []
    wanted = pl.read_csv(ws.run_folder(run.run_id) / "briefs_wanted.csv").row(0, named=True)
    assert (wanted["contact_point"], wanted["tier"], wanted["brief_state"]) == (ADA, "full", "none")


def test_a_passing_brief_opens_the_queue(ws: Workspace) -> None:
    """The line says how, when, with which words, on what basis, and where the data came from."""
    drop(ws, "briefs/ada.md", brief_about(ADA))
    assert decided(ws, publish(ws).run_id)[0] == "queued"
    (line,) = today(ws)
    begin, end = (datetime.fromisoformat(line[name]) for name in ("not_before", "not_after"))
    chicago = ZoneInfo("America/Chicago")
    assert (line["channel"], line["contact_point"], line["timezone"]) == ("email", ADA, "America/Chicago")
    assert (begin.astimezone(chicago).hour, end.astimezone(chicago).hour) == (10, 17)
    assert begin.utcoffset() == begin.astimezone(chicago).utcoffset()
    assert "Ada Okafor" in line["opening_line"]
    assert line["lawful_basis"] == "legitimate_interest"
    assert "summit" in line["permission_evidence"]
    assert line["provenance"].startswith("summit (obtained 2026-09-18")
    assert "stop@kestrel.example" in line["must_include"]
    assert line["valid_until"] == "2026-10-15T00:00:00+02:00"
    assert [line[name] for name in ("outcome", "at", "said")] == ["", "", ""]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("Ada Okafor", "Ada Okafour"), "core.brief.failing"),
        (("2026-", "2019-"), "core.brief.failing"),
    ],
)
def test_a_brief_that_fails_opens_nothing(ws: Workspace, change: tuple[str, str], reason: str) -> None:
    """A misspelt name, evidence out of date: the person still waits."""
    drop(ws, "briefs/ada.md", brief_about(ADA).replace(*change))
    verdict, reasons = decided(ws, publish(ws).run_id)
    assert verdict == "brief_wanted"
    assert reason in reasons or "core.brief.stale" in reasons
