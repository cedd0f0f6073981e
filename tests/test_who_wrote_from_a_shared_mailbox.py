"""An opt-out from a role mailbox stops the mailbox; others known under it wait until somebody says who wrote."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.ledger_access import open_ledger
from flows.queue.suppression_now import stopped_points
from flows.runs.published import read_published
from flows.workspace import load
from tests.small_workspace import Line, drop, drop_list, make_workspace, publish

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

MAILBOX = "info@lark.example"
ADA, BEA = "+13125550121", "+13125550122"
PEOPLE = (
    Line(MAILBOX, "Okafor", ADA, "Ada", "Lark Inc"),
    Line(MAILBOX, "Ruiz", BEA, "Bea", "Lark Inc"),
    Line(MAILBOX, "Sand", "", "Cyd", "Lark Inc"),
    Line("dot@acme.example", "Tann", "+13125550124", "Dot", "Acme Inc"),
)
HELD = {"opted_out_by_shared_mailbox"}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three people of one mailbox, two with a number of their own, and somebody else."""
    ws = make_workspace(tmp_path_factory.mktemp("mailbox") / "ws")
    drop_list(ws, "summit", PEOPLE)
    publish(ws)
    return ws.root


@pytest.fixture
def ws(known: Path, tmp_path: Path) -> Workspace:
    """A copy of it, in which the mailbox opted out by file."""
    shutil.copytree(known, tmp_path / "ws")
    ws = load(tmp_path / "ws")
    drop(ws, "optouts/stop.csv", f"email\n{MAILBOX}\n")
    assert call(["intake", "--workspace", str(ws.root)]) == 0
    return ws


def against(ws: Workspace) -> dict[str, set[str]]:
    """By contact point the reasons against it."""
    found: dict[str, set[str]] = {}
    with open_ledger(ws) as ledger:
        for contact, reason in stopped_points(ws, ledger).select("contact", "reason").iter_rows():
            found.setdefault(contact, set()).add(reason)
    return found


def add(ws: Workspace, *words: str) -> None:
    """One `optout add`."""
    assert call(["optout", "add", *words, "--workspace", str(ws.root)]) == 0


def test_the_mailbox_stops_and_its_people_wait(ws: Workspace) -> None:
    """Nobody in particular spoke: the address is closed, everybody under it is held, nobody else is touched."""
    found = against(ws)
    assert "address_opted_out" in found[MAILBOX]
    assert (found[ADA], found[BEA]) == (HELD, HELD)
    assert set(found) == {MAILBOX, ADA, BEA}


def test_who_is_reached_through_it_alone_is_suppressed(ws: Workspace) -> None:
    """There is no other way to Cyd; Ada and Bea may still be called once it is known that they did not write."""
    publish(ws)
    with open_ledger(ws) as ledger:
        run_id = ledger.publications().get_column("run_id")[-1]
    decisions = read_published(ws, run_id, "decisions.parquet").sort("row_number")
    verdicts = decisions.get_column("person_verdict").to_list()
    assert verdicts[:3] == ["held", "held", "suppressed"]
    assert verdicts[3] not in ("held", "suppressed")


def test_a_no_to_calls_alone_does_not_say_who_wrote(ws: Workspace) -> None:
    """The word was about every channel: that Ada wants no calls leaves it open, and everybody waits on."""
    add(ws, ADA, "--channel", "phone")
    found = against(ws)
    assert found[ADA] == {"opted_out", *HELD}
    assert found[BEA] == HELD


def test_the_one_who_wrote_is_named(ws: Workspace) -> None:
    """Ada wrote: she is stopped under her own number, Bea is free, the mailbox stays closed."""
    add(ws, ADA)
    found = against(ws)
    assert found[ADA] == {"opted_out"}
    assert BEA not in found
    assert "address_opted_out" in found[MAILBOX]


def test_the_mailbox_alone_is_meant(ws: Workspace) -> None:
    """Nobody of these people wrote: they are free, the mailbox stays closed."""
    add(ws, MAILBOX, "--scope", "address")
    assert against(ws) == {MAILBOX: {"address_opted_out"}}


def test_what_comes_in_later_is_asked_anew(ws: Workspace) -> None:
    """An answer is about what was said before it; an opt-out of somebody in a file answers nothing."""
    add(ws, MAILBOX, "--scope", "address")
    drop(ws, "optouts/again.csv", f"email,kind\n{MAILBOX},objection\n{'dot@acme.example'},\n")
    assert call(["intake", "--workspace", str(ws.root)]) == 0
    found = against(ws)
    assert (found[ADA], found[BEA]) == (HELD, HELD)
    drop(ws, "optouts/ada.csv", f"phone\n{ADA}\n")
    assert call(["intake", "--workspace", str(ws.root)]) == 0
    assert against(ws)[BEA] == HELD
