"""The same rows in another file are recognised, and a newer file of a source says what it changes."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.cli import call
from flows.filing.history import Changes, changes_of
from flows.pipeline import intake
from flows.store import active_lists
from policies.schema import RECORDS, conform
from tests.effort import each
from tests.small_workspace import Line, drop, drop_list, lines_of, make_workspace, publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.filing.model import FileOutcome
    from flows.workspace import Workspace

ADA, BEA, CY = Line("ada@acme.example"), Line("bea@bolt.example", "Ruiz", company="Bolt"), Line("cy@dyn.example", "Cyr")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace with a list of two."""
    made = make_workspace(tmp_path / "ws")
    assert take_in(made, [ADA, BEA]).changes is None
    return made


def take_in(ws: Workspace, lines: list[Line], name: str = "people.csv") -> FileOutcome:
    """Drop a list of the summit and take it in."""
    drop_list(ws, "summit", lines, name)
    (file,) = intake(ws).files
    assert file.status == "accepted"
    return file


@pytest.mark.parametrize(
    ("lines", "changes"),
    [
        ([ADA, BEA, CY], Changes(1, 0, 2, 0)),
        ([BEA, ADA], None),
        ([CY], Changes(1, 0, 0, 2)),
        # the same address in another row, the same number, the same name and company
        ([Line("ada@acme.example", title="Director"), BEA], Changes(0, 1, 1, 0)),
        ([Line("ADA+x@acme.example"), BEA], Changes(0, 1, 1, 0)),
        ([Line("new@acme.example"), BEA], Changes(0, 1, 1, 0)),
        ([Line("new@acme.example", company="Elsewhere"), BEA], Changes(1, 0, 1, 1)),
        ([ADA, BEA, Line("no address", "Nobody")], Changes(0, 0, 2, 0)),
    ],
)
def test_what_a_newer_file_changes(ws: Workspace, lines: list[Line], changes: Changes | None) -> None:
    """Usable rows are new, changed or unchanged; whoever is named no longer is kept."""
    file = take_in(ws, lines, "newer.csv")
    assert file.changes is not None
    found = Changes(**file.changes)
    assert found == (changes or Changes(0, 0, 2, 0))
    assert found.new + found.changed + found.unchanged == file.accepted
    assert len(active_lists(ws)) == 2


def _parquet(csv: bytes) -> bytes:
    out = io.BytesIO()
    pl.read_csv(csv, infer_schema=False).write_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "made"),
    each(
        [
            ("other name.csv", lambda csv: csv + b"\r\n"),
            ("bom.csv", lambda csv: b"\xef\xbb\xbf" + csv),
            ("unix.csv", lambda csv: csv.replace(b"\r\n", b"\n")),
            ("semicolons.csv", lambda csv: csv.replace(b",", b";")),
            ("utf16.csv", lambda csv: csv.decode().encode("utf-16")),
            ("table.parquet", _parquet),
            ("tabs.tsv", lambda csv: csv.replace(b",", b"\t")),
        ],
        2,
    ),
)
def test_the_same_rows_in_another_file_are_nothing_new(
    ws: Workspace, name: str, made: Callable[[bytes], bytes]
) -> None:
    """Whatever it is called and however it is written; every row of both is decided about."""
    csv = drop_list(ws, "summit", [ADA, BEA]).read_bytes()
    (ws.inbox / "lists/summit/people.csv").unlink()
    drop(ws, f"lists/summit/{name}", made(csv))
    (file,) = intake(ws).files
    assert (file.status, file.changes) == ("accepted", {"new": 0, "changed": 0, "unchanged": 2, "no_longer_named": 0})
    outcome = publish(ws)
    assert outcome.rows == sum(outcome.funnel.values()) == 4
    assert outcome.funnel["duplicate"] == 2


def test_both_files_keep_the_day_they_were_obtained(ws: Workspace) -> None:
    """The second one is of another day, and says so."""
    contract = ws.sources / "summit.toml"
    newer = drop_list(ws, "summit", [BEA, ADA], "newer.csv")
    days = f'\n[files]\n"{hashlib.sha256(newer.read_bytes()).hexdigest()}" = 2026-10-01\n'
    contract.write_text(contract.read_text(encoding="utf-8") + days, encoding="utf-8")
    intake(ws)
    assert {meta.obtained_on for meta in active_lists(ws)} == {date(2026, 9, 18), date(2026, 10, 1)}


def test_a_record_in_two_files_is_decided_about_in_each(ws: Workspace) -> None:
    """Rows read are the sum over the verdicts, with a refused row, a changed one and rows of both files alike."""
    take_in(ws, [ADA, CY, Line("bea@bolt.example", "Ruiz", company="Bolt", title="Owner"), Line("none")], "newer.csv")
    outcome = publish(ws)
    assert outcome.rows == 6
    assert sum(outcome.funnel.values()) == 6
    decisions = pl.read_parquet(ws.run_folder(outcome.run_id) / "decisions.parquet")
    assert decisions.select("file_sha256", "row_number").is_duplicated().sum() == 0
    assert (outcome.funnel["rejected"], outcome.funnel["duplicate"]) == (1, 2)


def test_the_command_tells(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """In words for people, in numbers for programs."""
    drop_list(ws, "summit", [ADA, CY], "newer.csv")
    assert call(["intake", "--workspace", str(ws.root)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1 new, 0 changed, 1 unchanged; 1 no longer named, and kept" in said


def test_rows_that_cannot_be_used_take_no_part() -> None:
    """Neither before nor now; nulls resemble nobody."""
    rows = pl.DataFrame({"record_id": ["a", "b", "c"], "reject_code": [None, "email_invalid", None]})
    records = conform(rows, RECORDS)
    assert changes_of(records, records) == Changes(0, 0, 2, 0)
    others = conform(rows.with_columns(pl.col("record_id") + "x"), RECORDS)
    assert changes_of(records, others) == Changes(2, 0, 0, 2)


def test_refused_rows_corrected_and_dropped_again_complete_the_import(ws: Workspace) -> None:
    """The file of rejects itself, corrected: what is mended comes in, what is not is refused once more."""
    lines = [ADA, Line("dan@", "Moss", company="Dune"), Line("eve at nowhere", "Stone", company="Elm")]
    first = take_in(ws, lines, "third.csv")
    assert (first.accepted, first.rejected) == (1, 2)
    (rejects,) = ws.rejects.glob(f"summit-{str(first.sha256)[:8]}.csv")
    assert [row["_row"] for row in lines_of(rejects)] == ["2", "3"]
    mended = rejects.read_text(encoding="utf-8").replace("dan@,", "dan@dune.example,")
    drop(ws, "lists/summit/mended.csv", mended)
    (again,) = intake(ws).files
    assert (again.status, again.rows, again.accepted, again.rejected) == ("accepted", 2, 1, 1)
    assert again.changes is not None
    assert again.changes["new"] == 1
    (left,) = ws.rejects.glob(f"summit-{str(again.sha256)[:8]}.csv")
    assert [row["Last Name"] for row in lines_of(left)] == ["Stone"]
    outcome = publish(ws)
    assert outcome.rows == sum(outcome.funnel.values()) == 7
