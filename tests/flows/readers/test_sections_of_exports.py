"""Exports with several sections are read section by section; what holds no people is passed over, line for line."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING

import pytest

from flows.rules_on_disk import load_rulebook
from tests.flows.readers.texts import cells, delimited, lines_of, read_all

if TYPE_CHECKING:
    from pathlib import Path

    from policies.sources.layouts import Layout

WEBINAR = """Attendee Report
Report Generated:,"Sep 14, 2026 10:00 AM"
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered
Expo talk,812 345,"Sep 14, 2026 09:00 AM",60,10
Host Details
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name
Yes,Hanna Host,hanna@acme.example,"Sep 14, 2026","Sep 14, 2026",60,No,Germany
Panelist Details
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name
Yes,Pat Panel,pat@acme.example,"Sep 14, 2026","Sep 14, 2026",60,No,Germany
Attendee Details
Attended,User Name (Original Name),First Name,Last Name,Email,Phone,Registration Time,Approval Status,Join Time,\
Leave Time,Time in Session (minutes),Is Guest,Country/Region Name
Yes,Ann Ash,Ann,Ash,ann@acme.example,,"Sep 1, 2026",approved,"Sep 14, 2026","Sep 14, 2026",50,No,Germany
No,Bo Bush,Bo,Bush,bo@acme.example,,"Sep 1, 2026",approved,--,--,--,--,--
"""
APART = WEBINAR.replace("Panelist D", "\nPanelist D")
MEETING = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
812 345,Expo talk,09/14/2026,09/14/2026,hanna@acme.example,60,2

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Ann Ash,ann@acme.example,09/14/2026,09/14/2026,50,No
Bo Bush,,09/14/2026,09/14/2026,50,Yes
"""
TEAMS = """1. Summary
Meeting title\tExpo talk
Attended participants\t2
Start time\t9/14/26
End time\t9/14/26
Meeting duration\t1h
Average attendance time\t50m

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Ann Ash\t9/14/26\t9/14/26\t50m\tann@acme.example\tann@acme.example\tPresenter
Bo Bush\t9/14/26\t9/14/26\t50m\t\t\tAttendee

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Ann Ash\t9/14/26\t9/14/26\t50m\tann@acme.example\tPresenter
Bo Bush\t9/14/26\t9/14/26\t50m\t\tAttendee
"""
LINKEDIN = """Notes:
"When exporting your connection data, you may notice that some of the email addresses are missing."

First Name,Last Name,URL,Email Address,Company,Position,Connected On
Ann,Ash,https://example.com/a,,Acme,CEO,14 Sep 2026
Bo,Bush,https://example.com/b,bo@acme.example,Acme,CEO,14 Sep 2026
"""


@cache
def layouts() -> tuple[Layout, ...]:
    """Those of the rules that come with the product."""
    found: tuple[Layout, ...] = load_rulebook(None).settings["layouts"]
    return found


def padded(content: str) -> str:
    """The same as a spreadsheet program saves it: every line as wide as the widest."""
    rows = list(csv.reader(content.splitlines()))
    width = max(map(len, rows))
    return delimited([[*row, *([""] * (width - len(row)))] for row in rows], ",")


@pytest.mark.parametrize(
    ("content", "encoding", "layout", "sections"),
    [
        (WEBINAR, "utf-8", "zoom_webinar", [("host", 6, 1), ("panelist", 9, 1), (None, 12, 2)]),
        (padded(WEBINAR), "utf-8-sig", "zoom_webinar", [("host", 6, 1), ("panelist", 9, 1), (None, 12, 2)]),
        (APART, "utf-8", "zoom_webinar", [("host", 6, 1), ("panelist", 10, 1), (None, 13, 2)]),
        (MEETING, "utf-8", "zoom_meeting", [(None, 4, 2)]),
        (TEAMS, "utf-16", "teams", [(None, 10, 2)]),
        (LINKEDIN, "utf-8", "linkedin", [(None, 4, 2)]),
    ],
)
def test_sections(
    tmp_path: Path, content: str, encoding: str, layout: str, sections: list[tuple[str | None, int, int]]
) -> None:
    """Each section of people with its header line and rows; every other line is ignored."""
    file = read_all(tmp_path, content.encode(encoding), layouts=layouts())
    assert file.layout is not None
    assert file.layout.id == layout
    told = [
        (table.section.excluded, table.header_line, table.height, table.damaged.height)
        for table in file.tables
        if table.section
    ]
    assert told == [(*section, 0) for section in sections]
    assert len(file.tables) == len(sections)
    assert file.physical_lines == lines_of(content)
    assert file.ignored_lines == lines_of(content) - sum(rows + 1 for _, _, rows in sections)


def test_an_unknown_section_of_a_known_export_is_a_table(tmp_path: Path) -> None:
    """Whoever stands in it is not lost: what it is worth is decided where it is understood."""
    content = WEBINAR + "Waiting List\nUser Name,Email,Since\nCy Carter,cy@acme.example,Sep 14\n"
    file = read_all(tmp_path, content, layouts=layouts())
    assert (file.tables[-1].title, list(cells(file.tables[-1]).values())) == (
        "Waiting List",
        [("Cy Carter", "cy@acme.example", "Sep 14")],
    )


def test_without_a_layout_the_sections_are_tables(tmp_path: Path) -> None:
    """An export nobody described falls into tables by its titles and headers."""
    file = read_all(tmp_path, WEBINAR, header_words=["email", "first name", "last name", "phone"])
    assert [(table.title, table.header_line, table.height) for table in file.tables] == [
        ("Attendee Report", 3, 1),
        ("Host Details", 6, 1),
        ("Panelist Details", 9, 1),
        ("Attendee Details", 12, 2),
    ]


@pytest.mark.parametrize(
    ("words", "header_lines"),
    [(["name", "e-mail", "company"], [4]), (["name", "e-mail", "user email", "topic"], [1, 4]), ([], [1, 4])],
)
def test_two_lines_about_a_meeting_stand_above_its_table(
    tmp_path: Path, words: list[str], header_lines: list[int]
) -> None:
    """Under headers nobody knows they are no table; where they may be about a person, or nothing is known, they are."""
    content = (
        "Topic,User Email,Start,End\nTalk,jo@acme.example,9 h,10 h\n\nName,E-Mail,Joined\nAnn,ann@acme.example,9\n"
    )
    file = read_all(tmp_path, content, header_words=words)
    assert [table.header_line for table in file.tables] == header_lines


def test_a_rejects_file_of_ours_has_no_layout(tmp_path: Path) -> None:
    """Its own columns come off, and what its sections said of a row is read back from it."""
    content = (
        "Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),_row,_code,_why,_fix\n"
        "Yes,Hanna,none,x,y,60,1,no_contact,No contact point. (ruled out by the file: host),Add one.\n"
        "Yes,Ann,ann@acme.example,x,y,50,2,no_contact,No contact point.,Add one.\n"
        "Yes,Pat,pat@acme.example,x,y,50,3,no_contact,No contact point. (ruled out by the file: host),Add one.\n"
    )
    file = read_all(tmp_path, content, layouts=layouts())
    table = file.tables[0]
    assert (file.layout, table.is_rejects, table.height) == (None, True, 3)
    assert table.ruled_out == {"host": (1, 3)}
    assert "_why" not in table.columns
