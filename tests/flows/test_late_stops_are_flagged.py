"""The report of a run says which stops took longer than the law allows, and names nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.ledger_access import open_ledger
from tests.small_workspace import Line, at, drop, drop_list, make_workspace, publish

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

NOW = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
ADA, GRETA, NOBODY = "ada@acme.example", "greta@birch.example", "nobody@else.example"


def figures(ws: Workspace) -> dict[str, Any]:
    """The report of the latest run."""
    with open_ledger(ws) as ledger:
        run_id = ledger.publications().get_column("run_id")[-1]
    report: dict[str, Any] = json.loads((ws.run_folder(run_id) / "report.json").read_bytes())
    return report


def test_a_word_that_lay_about_is_late_where_the_law_says_at_once(tmp_path: Path) -> None:
    """Received on Thursday, taken in on Monday: in time in the United States, too late in Germany and for strangers."""
    ws = make_workspace(tmp_path / "ws")
    drop_list(ws, "summit", [Line(ADA), Line(GRETA, "Lund", given="Greta", country="Germany", state="")])
    drop(ws, "optouts/old.csv", "email,received_at\nlong@ago.example,2019-03-01\n")
    publish(ws)
    speed = figures(ws)["latency"]
    assert (speed["stops"], speed["late"], speed["longest_hours"]) == (1, 0, 0.0)  # before there was this ledger
    received = (NOW + timedelta(days=1)).isoformat()
    rows = "".join(f"{contact},{received}\n" for contact in (ADA, GRETA, NOBODY))
    drop(ws, "optouts/reply.csv", f"email,received_at\n{rows}")
    later = at(ws, NOW + timedelta(days=5))
    publish(later, later.settings.clock)
    report = figures(ws)
    speed = report["latency"]
    assert (speed["days"], speed["stops"], speed["late"], speed["longest_hours"]) == (30, 4, 2, 96.0)
    assert {line["country"]: line["late"] for line in speed["by_country"]} == {"DE": 1, "US": 0, "unknown": 1}
    assert {stop["country"] for stop in speed["late_stops"]} == {"DE", "unknown"}
    assert {stop["term"] for stop in speed["late_stops"]} == {"at once"}
    assert not any(contact.split("@")[0] in json.dumps(speed) for contact in (ADA, GRETA, NOBODY))
    assert report["voids"] == 0
    assert "declares no opt-out feeds" in report["feeds_statement"]


def test_what_is_heeded_at_once_is_never_late(tmp_path: Path) -> None:
    """A stop added between runs holds from the rewrite of the files, however long the next run is away."""
    ws = make_workspace(tmp_path / "ws")
    drop_list(ws, "summit", [Line(GRETA, "Lund", given="Greta", country="Germany", state="")])
    publish(ws)
    soon, later = at(ws, NOW + timedelta(hours=2)), at(ws, NOW + timedelta(days=9))
    drop(soon, "optouts/reply.csv", f"email\n{GRETA}\n")
    with open_ledger(soon) as ledger:
        from flows.filing import file_inbox
        from flows.policy_files import load_policy

        file_inbox(soon, ledger, load_policy(soon), dry_run=False, step=lambda _: None)
    publish(later, later.settings.clock)
    speed = figures(ws)["latency"]
    assert (speed["stops"], speed["late"], speed["longest_hours"]) == (1, 0, 0.0)
