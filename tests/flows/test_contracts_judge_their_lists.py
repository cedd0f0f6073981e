"""A list is judged by its source contract, from the file to the decision: what is open or contradicted says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.clock import now
from flows.filing import file_inbox
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.runs.situation import look
from policies.evaluate import decide
from tests.effort import each
from tests.small_workspace import drop, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA = "ada@acme.example"
LIST = "First Name,Last Name,Email,Phone,Company,Job Title,Country,State,No e-mail,No calls{header}\n"
ROW = f"Ada,Okafor,{ADA},,Acme Inc,Head of Operations,US,Illinois,{{said}},{{cell}}\n"


def workspace(tmp_path: Path, *changes: tuple[str, str], header: str = "", cell: str = "", said: str = "") -> Workspace:
    """A workspace with one list, its source contract changed."""
    ws = make_workspace(tmp_path / "ws")
    contract = ws.rules / "sources" / "summit.toml"
    text = contract.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    contract.write_text(text, encoding="utf-8")
    drop(ws, "lists/summit/list.csv", LIST.format(header=header) + ROW.format(cell=cell, said=said))
    return ws


def reasons(ws: Workspace) -> dict[str, dict[str, object]]:
    """Rules that fired for the list's only person, with their evidence."""
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        file_inbox(ws, ledger, policy, dry_run=False, step=lambda _: None)
        situation = look(ws, ledger, policy, now(ws.settings))
    fired = decide(situation.inputs).reasons.filter(pl.col("rule_id").str.starts_with("core.source."))
    return {rule: json.loads(evidence) for rule, evidence in fired.select("rule_id", "evidence").iter_rows()}


@pytest.mark.parametrize(
    ("old", "new", "rule", "evidence"),
    each(
        [
            ('supplier = "ourselves"', 'supplier = "<who?>"', "contract_incomplete", "supplier"),
            ('told = "We may contact you', 'told = "TODO We may contact you', "contract_incomplete", "told"),
            ("obtained_on = 2026-09-18", "", "contract_incomplete", "obtained_on"),
            ("expires_on = 2027-09-18", "expires_on = 2026-09-18", "contract_expired", True),
            ("approved_on = 2026-09-21", "approved_on = 2027-09-21", "contract_not_approved", False),
            ("solicitation_forbidden = false", "solicitation_forbidden = true", "solicitation_forbidden", True),
            ('purposes = ["direct_marketing"]', 'purposes = ["research"]', "purpose_not_allowed", False),
            ('channels = ["email", "phone"]', 'channels = ["phone"]', "channel_not_allowed", False),
            ('membership_reveals = "none"', 'membership_reveals = "unknown"', "special_category_unknown", "unknown"),
            ('name = "People of summit"', 'name = "Patients of summit"', "special_category_doubted", "health"),
        ],
        2,
    ),
)
def test_what_is_open_or_forbidden_says_so(tmp_path: Path, old: str, new: str, rule: str, evidence: object) -> None:
    """The rule that fires shows what it read, and no other rule of the contract is needed to see it."""
    found = reasons(workspace(tmp_path, (old, new)))
    assert evidence in found[f"core.source.{rule}"].values()


def test_a_contract_in_order_holds_nobody(tmp_path: Path) -> None:
    """No rule about the source fires."""
    assert reasons(workspace(tmp_path)) == {}


def test_a_header_contradicts_the_contract(tmp_path: Path) -> None:
    """A column of the file that is itself such data; the evidence is the category and no cell."""
    found = reasons(workspace(tmp_path, header=",Religion", cell=",Jedi"))
    assert found == {"core.source.special_category_doubted": {"country": "US", "membership_doubt": "religion"}}


def test_a_list_that_reveals_is_refused_and_leaves_its_opt_outs(tmp_path: Path) -> None:
    """No row is stored; who said no in it is known by tokens alone."""
    ws = workspace(tmp_path, ('membership_reveals = "none"', 'membership_reveals = "union"'), said="yes")
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        summary = file_inbox(ws, ledger, policy, dry_run=False, step=lambda _: None)
        kinds = ledger.permission_events().get_column("kind").to_list()
    (file,) = (file for file in summary.files if file.kind == "lists")
    assert (file.status, file.code) == ("quarantined", "membership_reveals")
    assert not list((ws.store / "lists").iterdir())
    assert set(kinds) == {"optout"}
