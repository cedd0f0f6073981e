"""Whom a request reaches, and whom not: nobody is erased on a guess, and what else may be meant is shown first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.asking.questions import why
from flows.cli import call
from flows.forgetting import forget, reach_of
from flows.ledger_access import open_ledger
from policies.errors import UnknownContact, UsageError
from tests.small_workspace import Line, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

from tests.flows.forgetting import ADA, BEA, E164, NEXT, PHONE, answer_of, listed, published, records_of, texts_of


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace without anybody."""
    return make_workspace(tmp_path / "ws")


def test_what_others_have_too_stays_theirs(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """A shared mailbox, an office number, an address on a colleague's row: shown, and nobody else is erased."""
    office = "+1 312 555 0102"
    boss = Line("boss@acme.example", "Stone", given="Sam", phone=office)
    listed(ws, Line(ADA, phone=office), boss, Line("info@acme.example", "Okafor", given="Ada", phone=office))
    found = answer_of(ws, capsys, "forget", ADA, "--request", "DSR-1", "--dry-run")
    assert (found["contact_points"], found["stay_because_shared"], len(found["rows"])) == (1, 2, 2)
    assert found["erased"] is False
    forget(ws, ADA, "DSR-1")
    assert records_of(ws).filter("erased").height == 2
    (answer,) = why(ws, ["boss@acme.example"])
    assert answer["suppressions"] == []
    assert answer["verdict"] != "suppressed"


def test_a_namesake_elsewhere_is_held_until_somebody_decides(ws: Workspace) -> None:
    """The same name at the same organisation under another address; the same name elsewhere is nobody's business."""
    same, elsewhere = Line("a.okafor@acme.example"), Line("ada@zinc.example", company="Zinc Inc")
    listed(ws, Line(ADA), BEA)
    forget(ws, ADA, "DSR-1")
    decisions = published(ws, same, elsewhere, source="guild", when=NEXT).filter(pl.col("source") == "guild")
    held, other = decisions.sort("row_number").iter_rows(named=True)
    assert held["verdict"] == "held"
    assert "core.permission.maybe_erased" in held["reasons"]
    assert "core.permission.maybe_erased" not in other["reasons"]
    assert reach_of(ws, same.email).who.person_ids != reach_of(ws, elsewhere.email).who.person_ids


def test_the_operator_sees_first_what_else_may_be_meant(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """With --dry-run: rows, contact points, namesakes, originals that stay; and nothing is changed."""
    listed(ws, Line(ADA), Line("a.okafor@acme.example"))
    with open_ledger(ws) as ledger:
        head = ledger.head()
    assert call(["forget", ADA, "--request", "DSR-1", "--dry-run", "--workspace", str(ws.root)]) == 0
    shown = capsys.readouterr().out
    for told in (ADA, "may be meant too", "summit, file", "archived originals", "Nothing was changed"):
        assert told in shown
    with open_ledger(ws) as ledger:
        assert ledger.head() == head
    assert len(answer_of(ws, capsys, "forget", ADA, "--request", "DSR-1", "--dry-run")["maybe_meant_too"]) == 1


@pytest.mark.parametrize(
    ("contact", "request_id", "code"),
    [
        ("acme.example", "R", "contact_kind"),
        ("nonsense", "R", "contact_unreadable"),
        (PHONE, "R", "several_people"),
        (ADA, "  ", "request_unusable"),
        (ADA, "R" * 201, "request_unusable"),
    ],
)
def test_who_is_meant_must_be_clear(
    ws: Workspace, contact: str, request_id: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is erased on a guess."""
    listed(ws, Line(ADA, phone=PHONE), Line("sam@acme.example", "Stone", given="Sam", phone=PHONE))
    assert answer_of(ws, capsys, "forget", contact, "--request", request_id, code=2)["error"]["code"] == code
    assert records_of(ws).filter("erased").is_empty()


def test_a_person_id_names_one_of_several(ws: Workspace) -> None:
    """Where a number is two people's, the id tells them apart, and the number stays."""
    listed(ws, Line(ADA, phone=PHONE), Line("sam@acme.example", "Stone", given="Sam", phone=PHONE))
    with pytest.raises(UsageError) as caught:
        reach_of(ws, PHONE)
    (ada,) = reach_of(ws, ADA).who.person_ids
    assert ada in caught.value.fix
    reach = reach_of(ws, ada)
    assert [contact.value for contact in reach.who.contacts] == [ADA]
    assert [contact.value for contact in reach.shared] == [E164]


def test_who_is_on_no_list_is_forgotten_too(ws: Workspace) -> None:
    """Their words go out of the ledger, the stop stays; who is known nowhere is told so."""
    with pytest.raises(UnknownContact):
        reach_of(ws, ADA)
    assert call(["optout", "add", ADA, "--workspace", str(ws.root)]) == 0
    gone = forget(ws, ADA, "DSR-1")
    assert (gone.rows, gone.texts) == (0, 1)
    (answer,) = why(ws, [ADA])
    assert [entry["kind"] for entry in answer["suppressions"]] == ["optout", "erasure"]
    assert ADA not in texts_of(ws)


def test_asked_again_it_is_one_erasure(ws: Workspace) -> None:
    """On the same request; nothing is left to take."""
    listed(ws, BEA)
    assert call(["optout", "add", ADA, "--workspace", str(ws.root)]) == 0
    first = forget(ws, ADA, "DSR-1")
    again = forget(ws, ADA, "DSR-1")
    assert (again.event, again.rows, again.texts) == (first.event, 0, 0)


@pytest.mark.parametrize("by_id", [False, True])
def test_an_address_of_their_own_goes_though_a_colleague_notes_it(
    ws: Workspace, capsys: pytest.CaptureFixture[str], *, by_id: bool
) -> None:
    """It brings nobody back under another name; the row that notes it goes, the colleague's own address counts on."""
    colleague = Line(f"{BEA.email}; {ADA}", "Ruiz", given="Bea", company="Bolt Inc")
    listed(ws, Line(ADA, phone=PHONE), colleague, Line("cem@corax.example", "Kaya", given="Cem", company="Corax"))
    asked = reach_of(ws, ADA).who.person_ids[0] if by_id else ADA
    found = answer_of(ws, capsys, "forget", asked, "--request", "DSR-1", "--dry-run")
    assert (len(found["rows"]), len(found["rows_of_others"]), found["stay_because_shared"]) == (1, 1, 0)
    forget(ws, asked, "DSR-1")
    assert records_of(ws).filter("erased").height == 2
    assert ADA not in texts_of(ws)
    again = published(ws, Line(ADA, "Other", given="Xia", company="New Inc"), BEA, source="guild", when=NEXT)
    ada, bea = again.filter(pl.col("source") == "guild").sort("row_number").iter_rows(named=True)
    assert (ada["verdict"], bea["verdict"] != "suppressed") == ("suppressed", True)


def test_a_number_they_asked_with_goes_though_a_colleague_notes_it(ws: Workspace) -> None:
    """Asked by their address, the same number stays: it may be the switchboard beside a direct line."""
    colleague = Line(BEA.email, "Ruiz", given="Bea", company="Bolt Inc", phone=f"+1 312 555 0103; {PHONE}")
    listed(ws, Line(ADA, phone=PHONE), colleague)
    assert [contact.value for contact in reach_of(ws, ADA).shared] == [E164]
    asked = reach_of(ws, PHONE)
    assert {contact.value for contact in asked.who.contacts} == {ADA, E164}
    assert (len(asked.noted), asked.shared) == (1, ())
