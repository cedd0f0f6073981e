"""``brief check`` says of a brief what the run says of it, also where several people use one contact."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.clock import now
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.runs.situation import look
from policies.evaluate import decide
from tests.small_workspace import Line, brief_about, published

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

TEAM = "okafor.ruiz@acme.example"
OPENING = "Ada Okafor, your figure"
LISTS = {"summit": [Line(TEAM), Line(TEAM, "Okafor", given="Ben"), Line(TEAM, "Ruiz", given="Chi")]}
FILES = {
    "both": brief_about(TEAM).replace(OPENING, "Okafor, your figure"),
    "chi": brief_about(TEAM, "Chi Ruiz"),
}


def _said(ws: Workspace, file: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The findings of the check, by id."""
    capsys.readouterr()
    call(["brief", "check", str(file), "--json", "--workspace", str(ws.root)])
    (brief,) = json.loads(capsys.readouterr().out)["briefs"]
    return sorted({finding["rule_id"] for finding in brief["findings"]})


def _decided(ws: Workspace) -> list[tuple[str, str]]:
    """Who has what brief when a run decides: name and state."""
    with open_ledger(ws) as ledger:
        decision = decide(look(ws, ledger, load_policy(ws), now(ws.settings)).inputs)
    names = decision.table.subjects.faces.select("person_id", "full_name")
    states = decision.table.people.join(names, on="person_id", validate="1:1").select("full_name", "brief_state")
    return sorted(states.iter_rows())


@pytest.mark.parametrize(
    ("name", "said", "states"),
    [
        ("both", ["brief.person_unclear"], ("failing", "failing", "failing")),
        ("chi", [], ("failing", "failing", "passing")),
    ],
)
def test_a_shared_mailbox_is_judged_alike(
    name: str, said: list[str], states: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A brief that would do for two serves nobody, and the check says so before the run does."""
    ws = published(tmp_path / "ws", LISTS, {"brief.md": FILES[name]})
    file = tmp_path / "brief.md"
    file.write_text(FILES[name], encoding="utf-8")
    assert _said(ws, file, capsys) == said
    assert _decided(ws) == list(zip(("Ada Okafor", "Ben Okafor", "Chi Ruiz"), states, strict=True))
