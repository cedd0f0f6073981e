"""The queue handed out by the command: from dropped lists, briefs and touches to each file, in force and not."""

from __future__ import annotations

import csv
import io
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar

from flows.cli import call
from flows.exports.queue_formats import FORMATS
from flows.ledger_access import open_ledger
from flows.workspace import load
from tests.small_workspace import Line, brief_about, drop, lines_of, publish, published, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA, BEA = "ada@acme.example", "bea@birch.example"
LISTS = {"summit": (Line(ADA, phone="+12025550101"), Line(BEA, "Ruiz", given="Bea", company="Birch Inc"))}
COLONS = brief_about(ADA).replace("## Opening line", "## Opening line:").replace("## Questions to ask", "## Questions:")
BRIEFS = {"ada.md": COLONS, "bea.md": brief_about(BEA, "Bea Ruiz")}
THURSDAY = datetime(2026, 10, 15, 6, 30, tzinfo=UTC)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace whose queue of Wednesday holds Ada and Bea."""
    made = published(tmp_path / "ws", LISTS, BRIEFS)
    assert {line["contact_point"] for line in today(made)} == {ADA, BEA}
    return made


def clock_at(ws: Workspace, instant: datetime) -> Workspace:
    """The workspace on disk, its clock set to another instant."""
    file = ws.root / "tactful.toml"
    text = file.read_text(encoding="utf-8")
    was = next(line for line in text.splitlines() if line.startswith("clock = "))
    file.write_text(text.replace(was, f'clock = "{instant:%Y-%m-%dT%H:%M:%SZ}"'), encoding="utf-8")
    return load(ws.root)


def queue(ws: Workspace, *argv: str) -> int:
    """The exit code of the command."""
    return call(["queue", *argv, "--workspace", str(ws.root)])


def handed_out(ws: Workspace, form: str, *argv: str) -> bytes:
    """The file in a format."""
    file = ws.root / f"out.{form}"
    assert queue(ws, "--format", form, "-o", str(file), *argv) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return file.read_bytes()


def exports(ws: Workspace) -> list[tuple[str, int]]:
    """The exports on record: in which form, how many lines."""
    with open_ledger(ws) as ledger:
        return list(ledger.exports().select("format", "lines").iter_rows())


def test_every_format_is_an_event_and_loses_whoever_says_no(ws: Workspace) -> None:
    """At once, without a run; the calendar takes back what it said, and the recall names every file."""
    (ada,) = [line["person_id"] for line in today(ws) if line["contact_point"] == ADA]
    before = {form: handed_out(ws, form).decode().replace("\r\n ", "") for form in FORMATS}
    assert exports(ws) == [(form, 2) for form in FORMATS]
    assert [form for form, text in before.items() if ada not in text] == []
    (page,) = (page for page in before["html"].split("<section") if "<h3>Questions:</h3>" in page)
    assert "<h3>Opening line" not in page  # it stands above already, however its heading is written
    assert page.index("<h3>Questions:</h3>") > page.index('class="aside"')
    assert call(["optout", "add", ADA, "--workspace", str(ws.root)]) == 0
    after = {form: handed_out(ws, form).decode().replace("\r\n ", "") for form in ("html", "ics")}
    assert exports(ws)[len(FORMATS) :] == [("html", 1), ("ics", 1)]
    entries = {str(entry["summary"]): entry["status"] for entry in Calendar.from_ical(after["ics"]).walk("VEVENT")}
    assert entries[f"E-mail {ada}"] == "CANCELLED"
    assert ada not in after["html"]
    (line,) = lines_of(ws.queue / "recall.csv")
    assert [form for form in FORMATS if f"; {form} 2026-10-14T06:30:00Z" not in line["exports"]] == []


def test_a_later_revision_has_the_note_and_calls_back_who_left(ws: Workspace) -> None:
    """What the rep wrote down stands on the page of the next contact; whoever left since is cancelled in calendars."""
    told = "person_id,channel,at,outcome,rep,said,next_step\n"
    (ada,) = [line["person_id"] for line in today(ws) if line["contact_point"] == ADA]
    note = "Berth <4> is the bottleneck."
    drop(ws, "touches/maria.csv", f"{told}{ada},phone,2026-10-01T10:00:00Z,voicemail,maria,{note},Send the map\n")
    (bea,) = [line["person_id"] for line in today(ws) if line["contact_point"] == BEA]
    assert call(["optout", "add", BEA, "--workspace", str(ws.root)]) == 0
    moved = clock_at(ws, datetime(2026, 10, 14, 7, 30, tzinfo=UTC))
    publish(moved)
    page = handed_out(moved, "html").decode()
    assert "Berth &lt;4&gt; is the bottleneck." in page
    assert "Send the map" in page
    assert "2026-10-01, by phone: voicemail (maria)" in page
    assert "<li>Name yourself and Kestrel Data.</li>" in page
    assert page.count("<h3>Evidence</h3>") == 1
    entries = {str(entry["summary"]): entry["status"] for entry in Calendar.from_ical(handed_out(moved, "ics")).events}
    assert entries == {f"E-mail {ada}": "CONFIRMED", f"E-mail {bea}": "CANCELLED"}  # of the day's first revision


def test_a_crm_gets_the_parts_of_a_name_as_the_list_states_them(ws: Workspace) -> None:
    """First and last name are columns of the list; nothing is split."""
    rows = list(csv.DictReader(io.StringIO(handed_out(ws, "hubspot").decode(), newline="")))
    assert {(row["First name"], row["Last name"]) for row in rows} == {("Ada", "Okafor"), ("Bea", "Ruiz")}


def test_an_earlier_queue_is_for_reading(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Another program would take it for things to do: refused there, and no export is on record."""
    (run,) = [folder.name for folder in ws.runs.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
    later, codes = clock_at(ws, THURSDAY), {}
    for form in ("html", "hubspot", "ics"):
        codes[form] = queue(later, "--run", run, "--format", form, "-o", str(ws.root / f"old.{form}"))
        assert "not in force" in capsys.readouterr().err
    assert codes == {"html": 0, "hubspot": 2, "ics": 2}
    assert [name for name, made in FORMATS.items() if made.for_work] == ["hubspot", "salesforce", "ics"]
    assert exports(later) == [("html", 2)]
    assert [file.name for file in ws.root.glob("old.*")] == ["old.html"]
    assert (ws.root / "old.html").read_text(encoding="utf-8").count("Not in force") == 3


def test_after_its_day_the_queue_in_force_is_empty(ws: Workspace) -> None:
    """Whole files with nobody in them."""
    later = clock_at(ws, THURSDAY)
    data = handed_out(later, "ics").decode()
    assert data.startswith("BEGIN:VCALENDAR")
    assert "VEVENT" not in data
    assert exports(later) == [("ics", 0)]


def test_the_name_of_the_file_picks_the_format(ws: Workspace) -> None:
    """CSV where it says nothing."""
    begins = {"q.ICS": b"BEGIN:VCALENDAR", "q.htm": b"<!DOCTYPE html>", "queue": b"rank,"}
    for name, first in begins.items():
        assert queue(ws, "-o", str(ws.root / name)) == 0
        assert (ws.root / name).read_bytes().startswith(first)


def test_a_rep_gets_their_own_lines_as_printed(ws: Workspace, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """In whatever case the name is typed, byte for byte; a line of another is not called back in their calendar."""
    owner = next(line["owner"] for line in today(ws) if line["contact_point"] == ADA)
    assert queue(ws, "--format", "ics", "--owner", owner.upper()) == 0
    printed = capsysbinary.readouterr().out
    entries = Calendar.from_ical(printed).events
    mine = {f"E-mail {line['person_id']}" for line in today(ws) if line["owner"] == owner}
    assert {str(entry["summary"]) for entry in entries} == mine
    assert {entry["status"] for entry in entries} == {"CONFIRMED"}
    assert printed.count(b"\r\n") == printed.count(b"\n")
    assert printed.endswith(b"END:VCALENDAR\r\n")
