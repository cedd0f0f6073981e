"""``why`` answers whatever is asked: anybody by any contact, now, at an instant, as a run decided, and many at once."""

from __future__ import annotations

import io
import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from flows.workspace import load
from tests.small_workspace import CLOCK, Line, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA, BEA, INFO = "ada@acme.example", "bea@bolt.example", "info@acme.example"
LATER = "2026-10-14T09:00:00Z"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody queued, somebody without a brief, somebody held."""
    ws = make_workspace(tmp_path_factory.mktemp("why") / "ws")
    people = [
        Line(ADA, phone="+1 312 555 0101"),
        Line(BEA, "Ruiz", given="Bea", company="Bolt Inc"),
        Line("cho@dyn.example", "Cho", country=""),
        Line("no address", "Nobody"),
    ]
    drop_list(ws, "summit", people)
    drop(ws, "briefs/ada.md", brief_about(ADA))
    publish(ws)
    return ws.root


@pytest.fixture
def ws(published: Path, tmp_path: Path) -> Workspace:
    """A copy of that workspace."""
    shutil.copytree(published, tmp_path / "ws")
    return load(tmp_path / "ws")


def why(ws: Workspace, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    """The object ``why --json`` answers with."""
    capsys.readouterr()
    assert call(["why", *words, "--json", "--workspace", str(ws.root)]) == code
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_the_object_is_that_of_the_contract(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Every field under its name; the person is found by mail, phone and id alike."""
    answer = why(ws, capsys, ADA)
    promised = {"person_id", "verdict", "as_of", "policy_revision", "records", "channels", "suppressions", "brief"}
    assert promised <= answer.keys()
    assert (answer["verdict"], answer["suppressions"]) == ("queued", [])
    assert answer["channels"]["email"] == {"effect": "pass", "reasons": []}
    assert answer["brief"]["state"] == "passing"
    for contact in ("ADA@acme.example", "ada+x@acme.example", "+13125550101", answer["person_id"]):
        assert why(ws, capsys, contact) == answer


def test_every_reason_says_what_would_change_it(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Rule, effect, words, mend, evidence and sources."""
    answer = why(ws, capsys, "cho@dyn.example")
    assert answer["verdict"] == "held"
    reasons = {reason["rule_id"]: reason for reason in answer["channels"]["email"]["reasons"]}
    unknown = reasons["core.permission.country_unknown"]
    assert unknown["effect"] == "hold"
    assert unknown["evidence"] == {"country": None}
    assert unknown["reason"]
    assert unknown["fix"]
    assert unknown["cites"]


def test_nobody_known_is_no_permission(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 and the sentence; what cannot be read as a contact at all is wrong usage, and is not repeated."""
    error = why(ws, capsys, "nobody@example.net", code=1)["error"]
    assert error["code"] == "unknown_contact"
    assert "Unknown is not permission." in error["message"]
    assert why(ws, capsys, "p" + "a" * 26, code=1)["error"]["code"] == "unknown_contact"
    assert call(["why", "somebody or other", "--workspace", str(ws.root)]) != 0
    assert "somebody" not in capsys.readouterr().err


def test_many_are_answered_one_a_line(
    ws: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order asked, unknown ones as errors, exit 0."""
    asked = f"{ADA}\n\nnobody@example.net\nnonsense\n{BEA}\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(asked.encode())))
    capsys.readouterr()
    assert call(["why", "-", "--json", "--workspace", str(ws.root)]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = [answer.get("verdict", "error") for answer in answers]
    assert found == ["queued", "error", "error", "error", "brief_wanted"]
    assert answers[2]["error"]["code"] == "unknown_contact"


def test_the_past_stays_as_it_was_known(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """``--as-of`` cuts at what was recorded by then; ``--run`` tells what that run wrote."""
    (run,) = [entry.name for entry in ws.runs.iterdir()]
    settings = ws.settings_file.read_text(encoding="utf-8")
    ws.settings_file.write_text(settings.replace(CLOCK, LATER), encoding="utf-8")
    assert call(["optout", "add", ADA, "--workspace", str(ws.root)]) == 0
    assert why(ws, capsys, ADA)["verdict"] == "suppressed"
    assert why(ws, capsys, ADA, "--as-of", LATER)["verdict"] == "suppressed"
    assert why(ws, capsys, ADA, "--as-of", "2026-10-14T08:59:59Z")["verdict"] == "queued"
    then = why(ws, capsys, ADA, "--run", run)
    assert (then["verdict"], then["as_of"]) == ("queued", "2026-10-14T06:30:00+00:00")
    held = why(ws, capsys, "cho@dyn.example", "--run", run)
    rules = {reason["rule_id"] for reason in held["channels"]["email"]["reasons"]}
    assert "core.permission.country_unknown" in rules
    assert why(ws, capsys, ADA, "--run", "20200101T000000Z-000000000000", code=2)["error"]["code"] == "unknown_run"
    assert why(ws, capsys, "new@example.net", "--run", run, code=1)["error"]["code"] == "unknown_contact"


def test_before_any_list_came_nobody_was_known(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """What was not there at the instant plays no part."""
    assert why(ws, capsys, ADA, "--as-of", "2026-10-14T06:29:59Z", code=1)["error"]["code"] == "unknown_contact"


def test_a_domain_is_asked_about_as_well(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """An organisation that opted out answers for addresses no list holds."""
    assert call(["optout", "add", "nowhere.example", "--workspace", str(ws.root)]) == 0
    for contact in ("nowhere.example", "anybody@nowhere.example", "anybody@mail.nowhere.example"):
        answer = why(ws, capsys, contact)
        assert (answer["person_id"], answer["verdict"]) == (None, "suppressed")
        assert answer["suppressions"][0]["stated_or_inferred"] == "stated"
    assert why(ws, capsys, "anybody@notnowhere.example", code=1)["error"]["code"] == "unknown_contact"


def test_a_shared_mailbox_is_told_as_a_doubt(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody wrote from info@: the mailbox is closed, the person under it is held on the phone."""
    drop_list(ws, "guild", [Line(INFO, "Meyer", "+1 312 555 0102", country="United States")])
    assert call(["intake", "--workspace", str(ws.root)]) == 0
    assert call(["optout", "add", INFO, "--workspace", str(ws.root)]) == 0
    answer = why(ws, capsys, "+13125550102")
    rules = {reason["rule_id"] for reason in answer["channels"]["phone"]["reasons"]}
    assert "core.permission.shared_mailbox_opted_out" in rules
    assert answer["channels"]["email"]["reasons"][0]["effect"] == "deny"
    assert len(today(ws)) == 1
