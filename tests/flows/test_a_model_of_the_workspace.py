"""Weights refitted to a workspace's own lists replace those shipped, and nobody's stop waits for a bad file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pytest

from flows.cli import call
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy, settings_in_force
from flows.rules_on_disk import rule_files
from policies.errors import RuleFileError
from policies.identity.model_file import lead_model
from tests.small_workspace import Line, brief_about, make_workspace, published, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

SHIPPED: Final = next(file.text for file in rule_files(None) if file.path == "base/identity/leads.toml")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace without anybody."""
    return make_workspace(tmp_path / "ws")


def _state(ws: Workspace, text: str) -> None:
    place = ws.rules / "identity" / "leads.toml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def _with_threshold(name: str, bits: float) -> str:
    return re.sub(rf"(?m)^{name} = .*$", f"{name} = {bits}", SHIPPED, count=1)


def test_stricter_weights_are_in_force(ws: Workspace) -> None:
    """They count in the policy revision, and are what people are matched by."""
    before = load_policy(ws)
    _state(ws, _with_threshold("merge", 9.5))
    after = load_policy(ws)
    assert lead_model(after.book.settings).thresholds.merge == 9500
    assert lead_model(before.book.settings).thresholds.merge < 9500
    assert after.revision != before.revision


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_with_threshold("merge", 1), "The threshold merge may only be raised."),
        (_with_threshold("suppress", 3), "The threshold suppress may only be lowered."),
        ("[identity.leads.thresholds]\nmerge = 6.0\nreview = 2.0\nsuppress = -2.0\n", "identity/leads.toml:1"),
    ],
)
def test_what_is_no_model_or_a_looser_one_is_refused(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its file; and a stop is heard and heeded all the same, by the model that is shipped."""
    ada = Line("ada@acme.example")
    ws = published(tmp_path / "ws", {"summit": [ada]}, {"ada.md": brief_about(ada.email)})
    assert len(today(ws)) == 1
    _state(ws, text)
    with pytest.raises(RuleFileError, match=re.escape(said)):
        load_policy(ws)
    assert call(["policy", "check", "--workspace", str(ws.root), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "rule_files_invalid"
    assert lead_model(settings_in_force(ws)).thresholds.merge == lead_model(_settings_shipped()).thresholds.merge
    assert call(["optout", "add", ada.email, "--workspace", str(ws.root)]) == 0
    assert today(ws) == []
    with open_ledger(ws) as ledger:
        assert not ledger.permission_events().is_empty()


def _settings_shipped() -> dict[str, object]:
    """The settings that are shipped."""
    from tests.policies.rulebooks import base

    return dict(base().settings)
