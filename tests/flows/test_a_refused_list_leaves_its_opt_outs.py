"""A list that goes into quarantine leaves behind what people said in it: whoever said no in it is contacted no more."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.workspace import load
from tests.effort import each
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from pathlib import Path

ADA, PHONE, BEA = "ada@acme.example", "+1 312 555 0101", "bea@bolt.example"
LATER = datetime(2026, 10, 14, 7, 30, tzinfo=UTC)
MISSING = "no_source_contract"
QUIET = "quiet"  # nothing in the list says no


@pytest.fixture(scope="module")
def queued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people in today's queue."""
    ws = make_workspace(tmp_path_factory.mktemp("queued") / "ws")
    drop_list(ws, "summit", (Line(ADA, phone=PHONE), Line(BEA, "Ruiz", given="Bea", company="Bolt Inc")))
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "briefs/bea.md", brief_about(BEA, "Bea Ruiz"))
    publish(ws)
    assert sorted(line["contact_point"] for line in today(ws)) == [ADA, BEA]
    return ws.root


@pytest.mark.parametrize(
    ("place", "content", "code"),
    each(
        [
            ("fair", f"Name,Email,Opt-out\nAda Okafor,{ADA},no\n", QUIET),
            ("fair", f"Name,Email,Status\nAda Okafor,{ADA},customer\n", QUIET),
            # known by another contact point of the row
            ("fair", f"Name,Email,Phone,Do not contact\nAda Okafor,new@example.net,{PHONE},x\n", MISSING),
            ("fair", f"Name,Email,Phone,No calls\nAda Okafor,{ADA},+1 312 555 0199,x\n", QUIET),
            # a damaged row
            ("fair", f"Name,Email,Opt-out\nAnn Ash,ann@example.org,no\nAda, O,{ADA},yes\n", MISSING),
            ("fair", f"Name,Email,Opt-out\nAnn Ash,ann@example.org,no\nAda, O,{ADA},x\n", MISSING),
            # more in a cell than a contact
            ("fair", f"Name,Email,Opt-out\nAda Okafor,{ADA}; other@example.net,yes\n", MISSING),
            ("fair", f"Name,Phone,Opt-out\nAda Okafor,{PHONE} / +1 312 555 0199,yes\n", MISSING),
            # in the other of two columns
            ("fair", f"Name,Email,E-Mail,Opt-out\nAda Okafor,{ADA},,yes\n", MISSING),
            ("fair", f"Name,Email,E-Mail,Opt-out\nAda Okafor,,{ADA},yes\n", MISSING),
            ("fair", f"Name,Email,E-Mail,Opt-out\nAda Okafor,new@example.net,{ADA},yes\n", MISSING),
            ("fair", "Name,Phone,Mobile,Country,Opt-out\nAda Okafor,,(312) 555-0101,US,yes\n", MISSING),
            ("fair", f"Name,Email,E-Mail,Opt-out\nAda Okafor,{ADA},,perhaps\n", MISSING),
            # in the second table of the file
            ("fair", f"Name,Email\nCy,cy@example.org\n\nMore\n\nName,Email,Opt-out\nAda Okafor,{ADA},yes\n", MISSING),
            # columns that are not clear, or are missing; an export that is refused as such
            ("fair", f"Name,Notes,Opt-out\nAda Okafor,ask {ADA} first,yes\n", "mapping_unclear"),
            ("fair", f"Who,Where,Unsubscribed\nAda Okafor,{ADA},yes\n", "mapping_unclear"),
            ("fair", f"Name,User ID,RSVP,RSVPed on,Note\nAda,1,Yes,x,unsubscribed {ADA}\n", "no_contact_columns"),
            ("summit", f"Name,Email,Opt-out\nAda Okafor,{ADA},yes\n", "column_missing"),
            ("fair", f"Ada Okafor,{ADA},unsubscribed\nAnn Ash,ann@example.org,customer\n", "no_header"),
            # no folder, and so no contract
            (None, f"Name,Email,Opt-out\nAda Okafor,{ADA},yes\n", "no_source_folder"),
            # a word nobody understands, and a status nobody named as a flag
            ("fair", f"Name,Email,Opt-out\nAda Okafor,{ADA},vielleicht\n", MISSING),
            ("fair", f"Name,Email,Email Marketing Status\nAda Okafor,{ADA},Unsubscribed\n", MISSING),
            ("fair", f"Name,Email,Status\nAnn Ash,ann@example.org,customer\nAda Okafor,{ADA},unsubscribed\n", MISSING),
        ],
        2,
    ),
)
def test_whoever_said_no_leaves_the_queue(
    queued: Path, tmp_path: Path, place: str | None, content: str, code: str
) -> None:
    """Whatever the list was refused for; nobody else leaves with them."""
    shutil.copytree(queued, tmp_path / "ws")
    ws = load(tmp_path / "ws")
    drop(ws, f"lists/{place}/people.csv" if place else "lists/people.csv", content)
    publish(ws, LATER)
    assert sorted(line["contact_point"] for line in today(ws)) == ([ADA, BEA] if code == QUIET else [BEA])
    (why,) = ws.quarantine.rglob("*.why.json")
    assert json.loads(why.read_text(encoding="utf-8"))["code"] == (MISSING if code == QUIET else code)


@pytest.mark.parametrize(
    "line",
    [
        Line(f"{ADA}; other@example.net", no_mail="yes"),
        Line(f"{ADA}; other@example.net", no_mail="perhaps"),
        Line(ADA, no_mail="yes", more=("one cell too many",)),
        Line(ADA, no_mail="perhaps", more=("one cell too many",)),
        Line("new@example.net", "Other", phone=PHONE, no_mail="yes"),
    ],
)
def test_so_do_those_of_refused_rows_of_a_list_that_comes_in(queued: Path, tmp_path: Path, line: Line) -> None:
    """A row that cannot be used is refused; what it says of contact counts."""
    shutil.copytree(queued, tmp_path / "ws")
    ws = load(tmp_path / "ws")
    drop_list(ws, "guild", (line, Line("cy@example.org", "Cyr", given="Cy")))
    publish(ws, LATER)
    assert [found["contact_point"] for found in today(ws)] == [BEA]
