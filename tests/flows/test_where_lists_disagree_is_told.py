"""Lists that contradict each other about one person: told in ``why``, in the brief to write, and beside it wanted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from flows.cli import call
from policies.brief import parse_brief
from tests.small_workspace import Line, drop, drop_list, make_workspace, publish

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

WORK, HOME = "ada.okafor@acme.example", "ada.okafor@example.org"
PHONE = "+1 312 555 0101"
SHOWN = Line(WORK, "Okafor", PHONE)  # of the newer list
OTHER = Line(HOME, "Okafor", PHONE, title="Head of Sales", company="ACME, Inc.")
AGREED = Line("bea.ruiz@bolt.example", "Ruiz", given="Bea", company="Bolt Inc")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Ada on two lists with two titles, at work and at home; Bea on both alike."""
    ws = make_workspace(tmp_path / "ws")
    drop_list(ws, "summit", [SHOWN, AGREED])
    drop_list(ws, "guild", [OTHER, AGREED])
    publish(ws)
    return ws


def tactful(ws: Workspace, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command prints."""
    capsys.readouterr()
    assert call([*words, "--workspace", str(ws.root)]) == 0
    return capsys.readouterr().out


def conflicts(ws: Workspace, capsys: pytest.CaptureFixture[str], contact: str) -> list[dict[str, Any]]:
    """The key of ``why --json``."""
    found: list[dict[str, Any]] = json.loads(tactful(ws, capsys, "why", contact, "--json"))["conflicts"]
    return found


def test_why_lists_each_field_with_the_lists_and_their_days(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """The same in words; and nothing where lists agree, or the company is merely spelled in another way."""
    assert conflicts(ws, capsys, WORK) == [
        {
            "field": "job_title",
            "chosen": "Head of Operations",
            "others": [{"value": "Head of Sales", "source": "guild", "obtained_on": "2026-08-20"}],
        }
    ]
    text = " ".join(tactful(ws, capsys, "why", WORK).split())
    assert (
        'Lists disagree: Job title: "Head of Operations" is shown; "Head of Sales" in guild, obtained 2026-08-20'
        in text
    )
    assert conflicts(ws, capsys, AGREED.email) == []
    assert "Lists disagree" not in tactful(ws, capsys, "why", AGREED.email)


def test_the_brief_to_write_says_what_to_check(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """As comments, which are no part of the brief."""
    text = tactful(ws, capsys, "brief", "new", WORK)
    remarks = [line for line in text.splitlines() if line.startswith("# Lists disagree, please check. ")]
    assert [remark.split()[5:7] for remark in remarks] == [["Job", "title:"]]
    assert parse_brief(text).contact == WORK
    assert "Lists disagree" not in tactful(ws, capsys, "brief", "new", AGREED.email)


def test_wanted_briefs_name_the_fields(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """In the last column of the file of the run, and in what the command answers."""
    (file,) = ws.runs.glob("*/briefs_wanted.csv")
    rows = pl.read_csv(file)
    assert rows.columns[-1] == "conflicts"
    assert dict(rows.select("full_name", "conflicts").iter_rows()) == {"Ada Okafor": "job_title", "Bea Ruiz": None}
    wanted = json.loads(tactful(ws, capsys, "brief", "wanted", "--json"))
    assert [row["conflicts"] for row in wanted if row["contact_point"] == WORK] == ["job_title"]


def test_an_address_that_ended_is_no_longer_named(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """A bounce since: a brief to write takes the other one, and the disagreement about the rest stays."""
    drop(ws, "optouts/bounces.csv", f"email,reason,date\n{WORK},hard bounce,2026-10-13\n")
    publish(ws)
    assert [conflict["field"] for conflict in conflicts(ws, capsys, WORK)] == ["job_title"]
    assert parse_brief(tactful(ws, capsys, "brief", "new", WORK)).contact == HOME
    assert WORK not in tactful(ws, capsys, "brief", "new", HOME)


def test_nothing_more_is_said_of_whoever_said_no(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """No value of theirs in ``why`` or a brief, and a brief about them names no address."""
    tactful(ws, capsys, "optout", "add", WORK)
    assert conflicts(ws, capsys, WORK) == []
    brief = tactful(ws, capsys, "brief", "new", WORK)
    assert WORK not in brief
    assert "Lists disagree" not in brief
    assert parse_brief(brief).person_id is not None
