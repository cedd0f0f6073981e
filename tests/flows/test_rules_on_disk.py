"""Rule files are found, read as UTF-8, and named by a path that is the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.rules_on_disk import load_rulebook, rule_files
from policies.errors import RuleFileError
from tests.policies.rulebooks import base, rule_text

if TYPE_CHECKING:
    from pathlib import Path


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_base_is_packaged() -> None:
    """Core rules and countries come with the package, under relative paths."""
    paths = [file.path for file in rule_files(None)]
    assert {"base/core/permission.toml", "base/jurisdictions/DE.toml"} <= set(paths)
    assert {file.origin for file in rule_files(None)} == {"base"}


def test_what_a_workspace_adds(tmp_path: Path) -> None:
    """Own rules, waivers and source contracts are told apart by their folder; other files are left alone."""
    names = ("fit.toml", "local/x.toml", "identity/m.toml", "waivers/w.toml", "sources/s.toml")
    for name in (*names, "local/.hidden.toml", "other/y.toml"):
        _write(tmp_path, name, "")
    _write(tmp_path, "local/notes.md", "")
    added = {file.path: file.origin for file in rule_files(tmp_path) if file.origin != "base"}
    assert added == {
        "rules/fit.toml": "workspace",
        "rules/local/x.toml": "workspace",
        "rules/identity/m.toml": "workspace",
        "rules/waivers/w.toml": "waiver",
        "rules/sources/s.toml": "source",
    }


def test_a_folder_that_is_not_there_adds_nothing(tmp_path: Path) -> None:
    """A workspace without rules is judged by the base."""
    assert load_rulebook(tmp_path / "rules").revision == base().revision


def test_two_workspaces_with_the_same_rules_have_one_revision(tmp_path: Path) -> None:
    """Where a workspace lies on disk does not enter the policy revision."""
    for name in ("one", "two"):
        _write(tmp_path / name, "local/x.toml", rule_text())
    revisions = {load_rulebook(tmp_path / name).revision for name in ("one", "two")}
    assert len(revisions) == 1
    assert revisions != {base().revision}


def test_a_byte_order_mark_is_no_syntax_error(tmp_path: Path) -> None:
    """Editors that write one are forgiven."""
    _write(tmp_path, "local/x.toml", "\ufeff" + rule_text())
    assert load_rulebook(tmp_path).rule("local.fit.example").line == 1


def test_files_that_are_no_text_are_all_named(tmp_path: Path) -> None:
    """Another encoding is a problem of the file, with what to do."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_bytes(b'reason = "Gr\xfc\xdfe"\n')
    with pytest.raises(RuleFileError) as error:
        rule_files(tmp_path)
    assert [problem.file for problem in error.value.problems] == ["rules/a.toml", "rules/b.toml"]
