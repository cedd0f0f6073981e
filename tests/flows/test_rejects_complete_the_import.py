"""The refused rows of a report with several tables, corrected and dropped again, complete its import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.pipeline import intake
from flows.store import active_lists, load_records
from tests.small_workspace import drop, lines_of, make_workspace, publish

if TYPE_CHECKING:
    from flows.workspace import Workspace

REPORT = Path(__file__).parents[1] / "golden" / "layouts" / "zoom_webinar" / "attendee_81234567890.csv"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace with a source whose files are read as the product wrote them."""
    made = make_workspace(tmp_path / "ws")
    contract = (made.sources / "summit.toml").read_text(encoding="utf-8").replace('id = "summit"', 'id = "webinar"')
    (made.sources / "webinar.toml").write_text(contract.split("[columns]")[0], encoding="utf-8")
    return made


def test_a_ruled_out_row_stays_ruled_out_when_it_is_corrected(ws: Workspace) -> None:
    """A panelist whose address was mended is still a panelist; every row of both files is decided about."""
    text = REPORT.read_text(encoding="utf-8").replace("pia@ours.example", "pia at ours")
    drop(ws, "lists/webinar/attendee_81234567890.csv", text.replace("ben@acme.example", "ben@"))
    (first,) = intake(ws).files
    assert (first.status, first.layout, first.rows, first.rejected) == ("accepted", "zoom_webinar", 7, 3)
    (rejects,) = ws.rejects.glob(f"webinar-{str(first.sha256)[:8]}.csv")
    assert [row["_row"] for row in lines_of(rejects)] == ["2", "4", "7"]
    assert all(row["_code"] and row["_why"] and row["_fix"] for row in lines_of(rejects))
    mended = (
        rejects.read_text(encoding="utf-8")
        .replace("pia at ours", "pia@ours.example")
        .replace("ben@,", "ben@acme.example,")
    )
    drop(ws, "lists/webinar/mended.csv", mended)
    (again,) = intake(ws).files
    assert (again.status, again.rows, again.rejected) == ("accepted", 3, 1)
    records = load_records(ws, active_lists(ws)).filter(pl.col("reject_code").is_null())
    ruled_out = dict(records.select("email", "excluded_by_file").iter_rows())
    assert ruled_out == {
        "hal@ours.example": "host",
        "pia@ours.example": "panelist",
        "ada@acme.example": None,
        "ben@acme.example": None,
        "cy@acme.example": "declined",
        "dee@acme.example": "pending",
    }
    outcome = publish(ws)
    assert outcome.rows == sum(outcome.funnel.values()) == 10
    assert outcome.funnel["unfit"] + outcome.funnel["suppressed"] >= 4
