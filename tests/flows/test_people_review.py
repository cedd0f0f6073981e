"""``people review``: doubtful matches as two people side by side, with what to type next, in eighty columns."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import pytest

from flows.cli import call
from flows.commands.judging import _side_by_side
from tests.small_workspace import Line, brief_about, make_workspace, published

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

PHONE: Final = "+1 312 555 0101"
ADA: Final = Line("ada@acme.example", phone=PHONE)
ANN: Final = Line("ann@home.example", phone=PHONE, given="Ann", company="Bolt Inc")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Two people with one number and surname, of whom one said stop: that holds for the other one, too."""
    made = published(tmp_path / "ws", {"summit": [ADA, ANN]}, {"ada.md": brief_about(ADA.email)})
    assert call(["optout", "add", ANN.email, "--workspace", str(made.root)]) == 0
    return made


def _review(ws: Workspace, capsys: pytest.CaptureFixture[str], *argv: str) -> Any:  # noqa: ANN401 (JSON)
    capsys.readouterr()
    assert call(["people", "review", *argv, "--workspace", str(ws.root), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_two_people_stand_side_by_side(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """With facts, verdicts and why; what can be typed next can be typed as it is, and settles it."""
    found = _review(ws, capsys)
    (match,) = found["matches"]
    assert found["total"] == 1
    assert {match["a"]["full_name"], match["b"]["full_name"]} == {"Ada Okafor", "Ann Okafor"}
    assert {match["a"]["verdict"], match["b"]["verdict"]} == {"suppressed"}
    assert match["changes_answer"] is True
    typed = match["commands"]["different"].split()
    assert typed[:3] == ["tactful", "people", "different"]
    assert call([*typed[1:], "--workspace", str(ws.root)]) == 0
    assert _review(ws, capsys) == {"matches": [], "total": 0}


def test_reasons_add_up_to_the_bits(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever something was weighed."""
    for match in _review(ws, capsys)["matches"]:
        if match["bits"] is not None and match["reasons"]:
            weights = [float(re.findall(r"\(([+-][\d.]+)\)$", reason)[0]) for reason in match["reasons"]]
            assert round(sum(weights), 3) == match["bits"]
            assert 0 < match["probability"] < 1


def test_it_fits_a_terminal(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Eighty columns, commands aside."""
    capsys.readouterr()
    assert call(["people", "review", "--workspace", str(ws.root)]) == 0
    text = capsys.readouterr().out
    lines = [line for line in text.splitlines() if not line.startswith("tactful people")]
    assert max(map(len, lines)) <= 80
    for shown in ("Ada Okafor", "ann@home.example", "tactful people same", "1 match is in doubt"):
        assert shown in text


def test_limit_and_nothing_in_doubt(ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A limit below one is no call; a workspace without anybody says so."""
    assert call(["people", "review", "--limit", "0", "--workspace", str(ws.root)]) == 2
    assert len(_review(ws, capsys, "--limit", "1")["matches"]) == 1
    nobody = make_workspace(tmp_path / "nobody")
    capsys.readouterr()
    assert call(["people", "review", "--workspace", str(nobody.root)]) == 0
    assert capsys.readouterr().out == "No match is in doubt.\n"


@pytest.mark.parametrize("length", [10, 30, 45])
def test_long_words_stand_below_each_other(length: int) -> None:
    """Half a line is too short for some addresses: each side then has a line of its own."""
    address = f"{'a' * length}@acme.example"
    text = _side_by_side([("name", "Ada", "山田"), ("email", address, f"b{address}"), ("city", None, "Leeds")])
    assert all(sum(_wide(sign) for sign in line) <= 80 for line in text.splitlines())
    assert address in text


def _wide(sign: str) -> int:
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
