"""A row with several addresses and numbers is one person: a no under any of them is theirs, however it comes."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.workspace import load
from tests.effort import each
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, next_queue, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA, SECOND, LINE, HOME = "ada@acme.example", "ada.okafor@example.org", "+1 312 555 0101", "(312) 555-0199"
BEA = "bea@bolt.example"
HOUR = datetime(2026, 10, 14, 7, 30, tzinfo=UTC)
PEOPLE = (Line(f"{ADA}; {SECOND}", phone=f"{LINE}; {HOME}"), Line(BEA, "Ruiz", given="Bea", company="Bolt Inc"))


@pytest.fixture(scope="module")
def queued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada, with two addresses and two numbers in one row, and Bea in today's queue."""
    ws = make_workspace(tmp_path_factory.mktemp("several") / "ws")
    drop_list(ws, "summit", PEOPLE)
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "briefs/bea.md", brief_about(BEA, "Bea Ruiz"))
    publish(ws)
    return ws.root


@pytest.fixture
def ws(queued: Path, tmp_path: Path) -> Workspace:
    """A copy of that workspace."""
    shutil.copytree(queued, tmp_path / "ws")
    return load(tmp_path / "ws")


def tactful(ws: Workspace, *words: str) -> int:
    """One call of the command line, in this process; its exit code."""
    return call([*words, "--workspace", str(ws.root)])


def test_only_the_first_of_several_is_ever_contacted(ws: Workspace) -> None:
    """The others are known, and stand in no queue."""
    assert {line["contact_point"] for line in today(ws)} == {ADA, BEA}


@pytest.mark.parametrize("contact", [ADA, SECOND.upper(), HOME.replace("(", "+1 ")])
def test_a_person_is_found_under_every_contact_point(
    ws: Workspace, contact: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asks about another address or number is told about the person."""
    capsys.readouterr()
    assert tactful(ws, "why", contact, "--json") == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "queued"


@pytest.mark.parametrize(
    "contact",
    each(
        [
            SECOND,
            "Ada.Okafor+fair@Example.org",
            "+13125550199",
            "example.org",
            hashlib.sha256(SECOND.encode()).hexdigest(),
            hashlib.sha256(b"13125550199").hexdigest(),
        ],
        2,
    ),
)
def test_a_no_under_another_contact_point_of_the_row_counts_at_once(ws: Workspace, contact: str) -> None:
    """In every spelling, as a digest and by its domain: gone before the command ends, and ever after."""
    assert tactful(ws, "optout", "add", contact) == 0
    assert [line["full_name"] for line in today(ws)] == ["Bea Ruiz"]
    assert next_queue(ws, HOUR).get_column("contact_point").to_list() == [BEA]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("optouts/file.csv", f"value\n{SECOND}\n"),
        ("optouts/phone.csv", "phone\n+1 312 555 0199\n"),
        ("touches/t.csv", f"contact,channel,at,outcome,rep\n{SECOND},email,2026-10-13T16:00:00Z,asked_to_stop,tom\n"),
        ("touches/c.csv", "contact,channel,at,outcome,rep\n+13125550199,phone,2026-10-13T16:00:00Z,complaint,tom\n"),
    ],
)
def test_files_count_likewise(ws: Workspace, place: str, text: str) -> None:
    """An opt-out file, a stop a rep reports, a complaint."""
    drop(ws, place, text)
    assert tactful(ws, "intake", "--quarantine-ok") == 0
    assert [line["full_name"] for line in today(ws)] == ["Bea Ruiz"]


def test_what_concerns_the_other_address_alone_stops_nobody(ws: Workspace) -> None:
    """A bounce there, or a no for that address alone, says nothing about the one in use."""
    assert tactful(ws, "optout", "add", SECOND, "--scope", "address") == 0
    drop(ws, "touches/b.csv", f"contact,channel,at,outcome,rep\n{SECOND},email,2026-10-13T16:00:00Z,bounced,tom\n")
    assert tactful(ws, "intake", "--quarantine-ok") == 0
    assert {line["contact_point"] for line in today(ws)} == {ADA, BEA}


def test_why_says_through_what(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """The answer about the address in use names the word, and that it came by a further contact point."""
    assert tactful(ws, "optout", "add", SECOND) == 0
    capsys.readouterr()
    assert tactful(ws, "why", ADA, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["verdict"] == "suppressed"
    assert tactful(ws, "why", SECOND, "--json") == 0
    assert json.loads(capsys.readouterr().out)["suppressions"] == answer["suppressions"]
    (said,) = answer["suppressions"]
    assert said["stated_or_inferred"] == "stated"
    assert "names a further contact point of record" in said["path"][1]


def test_the_columns_of_a_list_say_no_for_every_contact_point(ws: Workspace) -> None:
    """A flag in a later list, in a row that holds one of them, stops the person of the other."""
    drop_list(
        ws, "guild", [Line(f"{SECOND}; someone@else.example", phone=HOME, no_mail="yes", no_calls="yes")], "f.csv"
    )
    assert tactful(ws, "intake", "--quarantine-ok") == 0
    assert [line["full_name"] for line in today(ws)] == ["Bea Ruiz"]
