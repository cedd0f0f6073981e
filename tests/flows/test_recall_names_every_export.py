"""Whoever must not be contacted any more is called back from every file they went to."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.ledger.contacts import ContactLists, read_contact
from flows.ledger.events import OptOut, optout_event
from flows.ledger_access import open_ledger
from flows.pipeline import undo_file
from flows.queue.reading import read_queue, record_export
from flows.workspace import SETTINGS_FILE, load
from policies.schema import RECALL
from tests.small_workspace import Line, at, brief_about, drop, drop_list, lines_of, make_workspace, publish, today

if TYPE_CHECKING:
    from flows.workspace import Workspace

ADA, BEA, CAL = "ada@acme.example", "bea@birch.example", "cal@cedar.example"
NOW = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)


@cache
def _template() -> Path:
    """A workspace whose queue of Wednesday holds Ada and Bea."""
    folder = Path(tempfile.mkdtemp(prefix="tactful-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ws = make_workspace(folder / "ws")
    drop_list(ws, "summit", [Line(ADA), Line(BEA, "Ruiz", given="Bea", company="Birch Inc")])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "briefs/bea.md", brief_about(BEA, "Bea Ruiz"))
    publish(ws)
    assert {line["contact_point"] for line in today(ws)} == {ADA, BEA}
    return ws.root


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A copy of it."""
    shutil.copytree(_template(), tmp_path / "ws")
    return load(tmp_path / "ws")


def export(ws: Workspace, form: str, owner: str | None = None) -> None:
    """Hand the queue in force out."""
    lines, facts, *_ = read_queue(ws, None, owner)
    record_export(ws, lines, facts, form)


def stop(ws: Workspace, contact: str) -> None:
    """Somebody opts out."""
    with open_ledger(ws) as ledger:
        said = OptOut(received_at=ws.settings.clock or NOW, contacts=[read_contact(contact, ContactLists())])
        ledger.append([optout_event(ledger.keyring, said, ContactLists())])


def recalled(ws: Workspace) -> dict[str, dict[str, str]]:
    """The recall by contact point."""
    return {line["contact_point"]: line for line in lines_of(ws.queue / "recall.csv")}


def test_every_file_of_the_day_is_named(ws: Workspace) -> None:
    """The rep's file, and each export with its format and instant, the earliest first."""
    (owner,) = {line["owner"] for line in today(ws) if line["contact_point"] == ADA}
    export(at(ws, NOW + timedelta(minutes=5)), "json")
    export(at(ws, NOW + timedelta(minutes=9)), "csv", owner)
    stop(at(ws, NOW + timedelta(minutes=20)), ADA)
    (line,) = recalled(ws).values()
    assert list(line) == [*RECALL.names(), "valid_until"]
    assert line["contact_point"] == ADA
    assert line["exports"] == f"rep file {owner} 2026-10-14; json 2026-10-14T06:35:00Z; csv 2026-10-14T06:39:00Z"


def test_an_export_to_somebody_else_is_not_named(ws: Workspace) -> None:
    """Only files the person stood in."""
    stop(ws, BEA)
    export(ws, "csv")
    stop(ws, ADA)
    assert "csv" in recalled(ws)[ADA]["exports"]
    assert "csv" not in recalled(ws)[BEA]["exports"]


def test_an_export_leaves_a_trace_that_names_nobody(ws: Workspace) -> None:
    """The event holds format, lines, keyed ids and tokens, and neither file name nor contact."""
    assert call(["queue", "--format", "csv", "-o", str(ws.root / "ada-okafor.csv"), "--workspace", str(ws.root)]) == 0
    with open_ledger(ws) as ledger:
        (row,) = ledger.exports().to_dicts()
        tokens = {token for event in ledger.contact_events(_tokens(ws, ADA)) for token in event.matched}
    assert (row["format"], row["lines"], len(row["person_ids"])) == ("csv", 2, 2)
    assert tokens
    assert "okafor" not in str(row)


def _tokens(ws: Workspace, contact: str) -> frozenset[str]:
    from flows.ledger.screening import lookup_tokens

    with open_ledger(ws) as ledger:
        return lookup_tokens(ledger.keyring, "email", contact)


@pytest.mark.parametrize(
    ("days", "exported", "named"),
    [
        (1, False, True),
        (29, True, True),
        pytest.param(1, True, True, marks=pytest.mark.long),
        pytest.param(31, True, False, marks=pytest.mark.long),
        pytest.param(31, False, False, marks=pytest.mark.long),
    ],
)
def test_lines_of_earlier_days_are_called_back(ws: Workspace, *, days: int, exported: bool, named: bool) -> None:
    """Exported lines for as long as the settings say; a rep's while nobody said what came of them."""
    if exported:
        export(ws, "csv")
    later = at(ws, NOW + timedelta(days=days))
    drop_list(ws, "guild", [Line(CAL, "Lund", given="Cal", company="Cedar Inc")])
    publish(later, later.settings.clock)
    stop(later, ADA)
    assert ADA not in {line["contact_point"] for line in today(ws)}
    assert (ADA in recalled(ws)) == named
    if named:
        line = recalled(ws)[ADA]
        assert line["reason"] == "opted out"
        assert ("csv 2026-10-14T06:30:00Z" in line["exports"]) == exported
        assert "2026-10-14" in line["exports"]


def test_how_long_is_a_setting(ws: Workspace) -> None:
    """`recall_days` of tactful.toml."""
    export(ws, "csv")
    file = ws.root / SETTINGS_FILE
    file.write_text("recall_days = 3\n" + file.read_text("utf-8"), "utf-8")
    later = at(load(ws.root), NOW + timedelta(days=5))
    publish(later, later.settings.clock)
    stop(later, ADA)
    assert recalled(ws) == {}


def test_a_line_answered_and_never_exported_is_over(ws: Workspace) -> None:
    """Once the rep said what came of it, an earlier day's line is in nobody's hands."""
    drop(ws, "touches/t.csv", f"contact,channel,at,outcome,rep\n{ADA},email,2026-10-14T12:00:00Z,replied,maria\n")
    later = at(ws, NOW + timedelta(days=1))
    publish(later, later.settings.clock)
    stop(later, ADA)
    assert recalled(ws) == {}


def test_whose_list_was_taken_out_is_called_back_all_the_same(ws: Workspace) -> None:
    """No list knows the person any more; the export does."""
    export(ws, "csv")
    (sha256,) = [file.stem for file in ws.archive.glob("*.csv")]
    undo_file(ws, sha256)
    later = at(ws, NOW + timedelta(days=1))
    publish(later, later.settings.clock)
    stop(later, ADA)
    assert recalled(ws)[ADA]["reason"] == "opted out"


def test_the_same_recall_gives_the_same_bytes(ws: Workspace) -> None:
    """`since` stays that of the first recall, whatever is recorded later."""
    export(ws, "csv")
    later = at(ws, NOW + timedelta(days=1))
    publish(later, later.settings.clock)
    stop(later, ADA)
    first = recalled(ws)[ADA]
    stop(at(ws, NOW + timedelta(days=1, hours=3)), "nobody@else.example")
    assert recalled(ws)[ADA] == first


def test_a_day_s_recall_survives_the_next_publication(ws: Workspace) -> None:
    """A second revision of the day still names who was handed out by the first."""
    export(ws, "csv")
    stop(ws, ADA)
    later = at(ws, NOW + timedelta(hours=2))
    publish(later, later.settings.clock)
    assert "csv 2026-10-14T06:30:00Z" in recalled(ws)[ADA]["exports"]
