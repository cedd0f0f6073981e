"""Somebody's "no" counts in whatever column, text, spelling or word it stands; an older "yes" never outweighs it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.filing import file_inbox
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.workspace import load
from tests.effort import each
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, next_queue, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA, LINE = "ada@acme.example", "+1 312 555 0101"
BEA = "bea@bolt.example"
HOUR = datetime(2026, 10, 14, 7, 30, tzinfo=UTC)
TOUCHES = "contact,channel,at,outcome,rep\n"
CONSENTS = "contact,channel,purpose,event_state,captured_at,method,statement,statement_version,evidence\n"


@pytest.fixture(scope="module")
def queued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people in today's queue."""
    ws = make_workspace(tmp_path_factory.mktemp("queued") / "ws")
    drop_list(ws, "summit", [Line(ADA, phone=LINE), Line(BEA, "Ruiz", given="Bea", company="Bolt Inc")])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "briefs/bea.md", brief_about(BEA, "Bea Ruiz"))
    publish(ws)
    return ws.root


@pytest.fixture
def ws(queued: Path, tmp_path: Path) -> Workspace:
    """A copy of that workspace."""
    shutil.copytree(queued, tmp_path / "ws")
    return load(tmp_path / "ws")


def names(ws: Workspace) -> list[str]:
    """Who stands in ``today.csv``."""
    return sorted(line["full_name"] for line in today(ws))


def tactful(ws: Workspace, *words: str) -> int:
    """One call of the command line, in this process; its exit code."""
    return call([*words, "--workspace", str(ws.root)])


@pytest.mark.parametrize(
    ("place", "text"),
    each(
        [
            ("optouts/second.csv", f"email,email2\nx@y.example,{ADA}\n"),
            ("optouts/twice.csv", f"email,email\nx@y.example,{ADA}\n"),
            ("optouts/other.csv", f"phone,Customer e-mail\n+15035550137,{ADA}\n"),
            ("optouts/mobile.csv", f"phone,mobile\n+15035550137,{LINE}\n"),
            ("optouts/export.csv", f"Email Address,Alternate Email,Unsubscribed\nx@y.example,{ADA},2026-10-01\n"),
            ("optouts/text.csv", f'email\n"{ADA}, x@y.example"\n'),
            ("optouts/abroad.csv", "phone\n001 312 555 0101\n"),
            ("optouts/home.csv", "phone\n(312) 555-0101\n"),
            ("optouts/site.csv", "domain\nhttps://www.acme.example/\n"),
            ("touches/spelled.csv", TOUCHES + f"{ADA},email,2026-10-13T16:00:00Z,Do not e-mail!,tom\n"),
            ("touches/own.csv", TOUCHES + f"{ADA},email,2026-10-13T16:00:00Z,wants to be removed,tom\n"),
            ("touches/unknown.csv", TOUCHES + f"{ADA},email,2026-10-13T16:00:00Z,hung up on me,tom\n"),
            ("consents/w.csv", CONSENTS + f"{ADA},email,direct_marketing,withdrawn,2026-10-13,reply,No,1,m/7\n"),
            ("consents/u.csv", CONSENTS + f"{ADA},email,direct_marketing,on pause,2026-10-13,reply,No,1,m/7\n"),
        ],
        2,
    ),
)
def test_a_file_takes_them_out_at_once(ws: Workspace, place: str, text: str) -> None:
    """Intake alone takes them out of the queue in force, and no later revision brings them back."""
    drop(ws, place, text)
    assert tactful(ws, "intake") == 0
    assert names(ws) == ["Bea Ruiz"]
    assert next_queue(ws, HOUR).get_column("contact_point").to_list() == [BEA]


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        (f"{ADA}?subject=x", 0),
        (f"{ADA} (reply by mail)", 0),
        ("ada%40acme.example", 0),
        ("001 312 555 0101", 0),
        ("*.acme.example", 0),
        ("312 555 0101", 1),
    ],
)
def test_a_command_takes_them_out_at_once(
    ws: Workspace, contact: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says how many contacts it recognised, and plainly where it recognised none."""
    assert tactful(ws, "optout", "add", contact, "--json") == code
    said = capsys.readouterr()
    assert names(ws) == ["Bea Ruiz"]
    answer, _ = json.JSONDecoder().raw_decode(said.out)
    assert answer["recorded"][0]["recognised"] == 1 - code
    assert ("nobody_recognised" in said.out + said.err) is bool(code)


@pytest.mark.parametrize(
    ("dates", "stays"),
    [("2026-10-10,2026-01-01", False), ("2026-01-10,2026-10-10", False), (",2026-01-01", False), ("2026-01-10,", True)],
)
def test_a_consent_must_be_newer_than_what_was_said(ws: Workspace, dates: str, *, stays: bool) -> None:
    """Neither a date it was to hold from nor a missing one makes an opt-out older than it is."""
    drop(ws, "optouts/o.csv", f"email,received_at,effective_at\n{ADA},{dates}\n")
    drop(ws, "consents/c.csv", CONSENTS + f"{ADA},email,direct_marketing,ConsentGiven,2026-03-01,form,Yes,1,log/1\n")
    assert tactful(ws, "intake") == 0
    assert ("Ada Okafor" in names(ws)) is stays


def held(ws: Workspace, contact: str, capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether a word that nobody understands holds them."""
    capsys.readouterr()
    assert tactful(ws, "why", contact, "--json") == 0
    channels = json.loads(capsys.readouterr().out)["channels"].values()
    reasons = {reason["rule_id"] for channel in channels for reason in channel["reasons"]}
    return "core.permission.flag_unknown" in reasons


def test_a_doubt_holds_until_the_row_is_mended(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing in the same batch settles it; the mended row, dropped again, does."""
    rows = [f"{ADA},email,2026-10-13T16:00:00Z,hung up,tom", f"{ADA},email,2026-10-14T06:00:00Z,voicemail,tom"]
    drop(ws, "touches/t.csv", TOUCHES + "\n".join(rows))
    assert tactful(ws, "intake") == 0
    assert names(ws) == ["Bea Ruiz"]
    drop(ws, "touches/again.csv", TOUCHES + "\n".join(reversed(rows)))
    assert tactful(ws, "intake") == 0
    with open_ledger(ws) as ledger:
        assert ledger.counts()["doubt"] == 1
    assert held(ws, ADA, capsys)
    drop(ws, "touches/mended.csv", TOUCHES + rows[0].replace("hung up", "no_answer"))
    assert tactful(ws, "intake") == 0
    assert not held(ws, ADA, capsys)


def test_every_row_of_a_file_counts_once(ws: Workspace) -> None:
    """A row whose stop was recorded and which is to be mended is a reject, and told apart from the others."""
    rows = ["ann@acme.example,email", "ben@acme.example,fax", "cem@@acme,", "Mr Nobody,", "dan@acme.example (mail),"]
    drop(ws, "optouts/o.csv", "value,channel\n" + "\n".join(rows))
    queue_line = f"{ADA},email,,,tom\n"
    drop(ws, "touches/t.csv", TOUCHES + queue_line + queue_line.replace(",,,", ",2026-10-13,replied,"))
    with open_ledger(ws) as ledger:
        found = {file.kind: file for file in file_inbox(ws, ledger, load_policy(ws), dry_run=True, step=print).files}
    stops, touches = found["optouts"], found["touches"]
    assert (stops.rows, stops.accepted, stops.rejected, stops.kept, stops.not_understood) == (5, 1, 4, 3, 2)
    assert (touches.rows, touches.accepted, touches.rejected) == (2, 1, 0)
