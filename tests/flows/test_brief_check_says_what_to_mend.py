"""``brief check`` on real files: each is told about under its name, and none keeps the others from being checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from tests.small_workspace import Line, brief_about, drop_list, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA = "ada.okafor@example.com"


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace that knows one person."""
    made = make_workspace(tmp_path_factory.mktemp("check") / "ws")
    drop_list(made, "summit", [Line(ADA)])
    call(["intake", "--workspace", str(made.root)])
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Briefs as they lie in somebody's folder."""
    good = brief_about(ADA)
    (tmp_path / "good.md").write_text(good, encoding="utf-8")
    (tmp_path / "windows.md").write_bytes(good.replace("—", "-").encode("cp1252", errors="ignore"))
    (tmp_path / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (tmp_path / "bare.md").write_text("no front matter\n", encoding="utf-8")
    (tmp_path / "typo.md").write_text(brief_about("ada.okafor@example.org"), encoding="utf-8")
    return tmp_path


def checked(ws: Workspace, folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What the check says of each file, by its name."""
    capsys.readouterr()
    assert call(["brief", "check", str(folder), "--workspace", str(ws.root), "--json"]) == 1
    return {brief["file"]: brief for brief in json.loads(capsys.readouterr().out)["briefs"]}


def test_a_file_that_cannot_be_read_is_told_of_by_name(
    ws: Workspace, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A picture and a note among the briefs fail alone; what an older editor saved is read."""
    found = checked(ws, folder, capsys)
    rules = {name: [finding["rule_id"] for finding in brief["findings"]] for name, brief in found.items()}
    assert rules["picture.md"] == rules["bare.md"] == ["brief.unreadable"]
    assert rules["good.md"] == rules["windows.md"] == []


def test_a_contact_nobody_has_is_said_and_fails_nothing(
    ws: Workspace, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip in the contact would leave the person waiting for the brief that is there."""
    found = checked(ws, folder, capsys)
    assert (found["typo.md"]["known"], found["good.md"]["known"]) == (False, True)
    call(["brief", "check", str(folder), "--workspace", str(ws.root)])
    assert "Nobody on your lists has this contact" in capsys.readouterr().out
