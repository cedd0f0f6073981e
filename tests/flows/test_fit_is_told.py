"""Fit through the commands: every drop with its reason, the score with its parts, and owners who are no reps."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from tests.small_workspace import Line, drop, make_workspace, publish

if TYPE_CHECKING:
    from flows.runs.daily_run import Outcome
    from flows.workspace import Workspace

FIT = """
[fit]
functions = ["operations"]

[[fit.property]]
name = "technology"
columns = ["Tech stack"]
any_of = ["snowflake"]
unknown = "warn"
weight = 2

[[fit.never]]
name = "tiny_shops"
reason = "Too small to have the problem."
columns = ["Stores"]
max = 3
"""
ACCOUNTS = """
[[account]]
name = "Acme Inc"
domains = ["acme.example"]
relationship = "target"
tier = "A"
owner = "maria"

[[account]]
name = "Acme Nordic"
domains = ["nordic.example"]
parent = "Acme Inc"
owner = "gone"
"""
PEOPLE = {
    Line("ada@acme.example"): ("dbt, Snowflake", "40"),
    Line("bo@nordic.example", "Berg", given="Bo", company="Acme Nordic"): ("Snowflake", "3"),
    Line("cy@cedar.example", "Cole", given="Cy", company="Cedar Inc"): ("Lotus", "12"),
    Line("di@dove.example", "Dahl", given="Di", company="Dove Inc"): ("", ""),
}
PARTS = {"target account": 5, "function": 3, "technology": 2}
HEADER = "First Name,Last Name,Email,Phone,Company,Job Title,Country,State,No e-mail,No calls,Tech stack,Stores\r\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Outcome]:
    """A workspace that has published a list with two columns more than it maps."""
    ws = make_workspace(tmp_path_factory.mktemp("fit") / "ws")
    (ws.rules / "fit.toml").write_text(FIT, encoding="utf-8")
    (ws.rules / "accounts.toml").write_text(ACCOUNTS, encoding="utf-8")
    list_ = drop(ws, "lists/summit/people.csv", HEADER)
    with list_.open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([*line.cells(), *cells] for line, cells in PEOPLE.items())
    return ws, publish(ws)


def answer(ws: Workspace, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """What a command prints."""
    capsys.readouterr()
    assert call([*command, "--workspace", str(ws.root)]) == 0
    return capsys.readouterr().out


def why(ws: Workspace, capsys: pytest.CaptureFixture[str], contact: str) -> dict[str, Any]:
    """The object of one person."""
    found: dict[str, Any] = json.loads(answer(ws, capsys, "why", contact, "--json"))
    return found


def of_fit(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The reasons of an object that rest on fit.toml."""
    return [line for line in found["channels"]["email"]["reasons"] if line["rule_id"].startswith("fit.")]


def test_the_score_shows_its_parts(told: tuple[Workspace, Outcome], capsys: pytest.CaptureFixture[str]) -> None:
    """In `why`, in its JSON and in the worklist of research, with the account and whose it is."""
    ws, run = told
    fit = why(ws, capsys, "ada@acme.example")["fit"]
    assert fit == {
        "score": 10,
        "parts": [{"name": name, "points": points} for name, points in PARTS.items()],
        "not_met": [],
        "not_told": [],
        "never": [],
        "account": {"name": "Acme Inc", "relationship": "target", "tier": "A", "owner": "maria"},
    }
    text = answer(ws, capsys, "why", "ada@acme.example")
    assert "Fit 10: target account +5, function +3, technology +2" in text
    assert "Account: Acme Inc, target, tier A\n  Looked after by maria" in text
    with (ws.run_folder(run.run_id) / "briefs_wanted.csv").open(encoding="utf-8", newline="") as stream:
        wanted = {row["full_name"]: row["fit_parts"] for row in csv.DictReader(stream)}
    assert wanted == {
        "Ada Okafor": "target account +5, function +3, technology +2",
        "Di Dahl": "function +3; not told: technology",
    }


def test_every_drop_has_its_reason(told: tuple[Workspace, Outcome], capsys: pytest.CaptureFixture[str]) -> None:
    """The user's own words, the property by name, the same counted in the report; nothing a list says is repeated."""
    ws, run = told
    bo, cy = (why(ws, capsys, contact) for contact in ("bo@nordic.example", "cy@cedar.example"))
    assert (bo["verdict"], cy["verdict"]) == ("unfit", "unfit")
    (never,) = of_fit(bo)
    assert (never["rule_id"], never["reason"]) == ("fit.never.tiny_shops", "Too small to have the problem.")
    assert bo["fit"]["account"] == {"name": "Acme Nordic", "relationship": "target", "tier": "A", "owner": "gone"}
    (missed,) = of_fit(cy)
    assert (missed["rule_id"], missed["evidence"]["properties_missed"]) == ("fit.property.technology", "technology")
    assert cy["fit"]["not_met"] == ["technology"]
    assert "Lotus" not in json.dumps(cy)
    assert "Not what rules/fit.toml asks for: technology" in answer(ws, capsys, "why", "cy@cedar.example")
    report = json.loads((ws.run_folder(run.run_id) / "report.json").read_text(encoding="utf-8"))
    counted = {line["rule_id"]: line["people"] for line in report["reasons"]}
    assert (counted["fit.never.tiny_shops"], counted["fit.property.technology"]) == (1, 1)


def test_an_owner_who_is_no_rep_is_named(told: tuple[Workspace, Outcome], capsys: pytest.CaptureFixture[str]) -> None:
    """By `policy check`: their accounts' people would go to anybody."""
    assert json.loads(answer(told[0], capsys, "policy", "check", "--json"))["remarks"] == [
        "gone is no rep of tactful.toml: people of Acme Nordic go to any rep who has room."
    ]
