"""A workspace is found, its paths stay where users know them, and files of people are closed to others."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from flows.files import FOLDER_MODE
from flows.workspace import INBOXES, find
from policies.errors import RuleFileError, TactfulError, UsageError, WorkspaceError
from tests.flows.workspaces import SETTINGS, make_workspace


@pytest.mark.parametrize("given", ["option", "environment", "current"])
def test_the_workspace_is_the_one_named_else_the_current_folder(tmp_path: Path, given: str) -> None:
    """The option counts before the environment, and this before the current folder."""
    ws, other = make_workspace(tmp_path / "ws").root, make_workspace(tmp_path / "other").root
    found = {
        "option": lambda: find(ws, {"TACTFUL_WORKSPACE": str(other)}, other),
        "environment": lambda: find(None, {"TACTFUL_WORKSPACE": str(ws)}, other),
        "current": lambda: find(None, {"TACTFUL_WORKSPACE": ""}, ws),
    }[given]()
    assert found.root == ws


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    """The message says how to make one."""
    with pytest.raises(WorkspaceError) as caught:
        find(tmp_path, {})
    assert caught.value.code == "no_workspace"
    assert "tactful init DIR" in caught.value.fix


def test_bad_settings_are_reported_as_such(tmp_path: Path) -> None:
    """A workspace with a broken file is one, with problems to mend."""
    make_workspace(tmp_path)
    (tmp_path / "tactful.toml").write_text("nonsense = 1\n", encoding="utf-8")
    with pytest.raises(RuleFileError):
        find(tmp_path, {})


def test_folders_of_people_are_closed_to_others(tmp_path: Path) -> None:
    """Every folder below data can be entered by its owner alone."""
    ws = make_workspace(tmp_path / "deep" / "ws")
    folders = [ws.data, *(path for path in ws.data.rglob("*") if path.is_dir())]
    assert {ws.inbox_of(kind) for kind in INBOXES} <= set(folders)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {FOLDER_MODE}


def test_the_key_may_lie_elsewhere(tmp_path: Path) -> None:
    """TACTFUL_KEY_FILE counts before the keys folder."""
    ws = make_workspace(tmp_path)
    assert ws.key_file.parent == ws.keys
    assert find(tmp_path, {"TACTFUL_KEY_FILE": str(tmp_path / "k")}).key_file == tmp_path / "k"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (None, "sqlite:///{root}/data/ledger.db"),
        ("sqlite:///my.db", "sqlite:///{root}/my.db"),
        ("sqlite:////var/lib/my.db", "sqlite:////var/lib/my.db"),
        ("postgresql://host/db", "postgresql://host/db"),
    ],
)
def test_a_relative_database_is_relative_to_the_workspace(tmp_path: Path, url: str | None, expected: str) -> None:
    """Whatever folder a command is called in, it means the same ledger."""
    text = SETTINGS if url is None else f'database_url = "{url}"\n{SETTINGS}'
    assert make_workspace(tmp_path, text).database_url == expected.format(root=tmp_path)


@pytest.mark.parametrize("run_id", ["", ".", "..", "../x", "a/b", ".stage-1", "/etc", "x\0y"])
def test_no_run_id_leads_out_of_the_runs(tmp_path: Path, run_id: str) -> None:
    """A run id from outside is a plain name or an error."""
    with pytest.raises(UsageError):
        make_workspace(tmp_path).run_folder(run_id)


def test_paths_are_shown_relative_to_the_workspace(tmp_path: Path) -> None:
    """Messages do not tell where on the machine the workspace lies."""
    ws = make_workspace(tmp_path)
    assert ws.place(ws.archive / "x.csv") == "data/archive/x.csv"
    assert ws.place(Path("/somewhere/else/x.csv")) == "x.csv"


def test_trouble_with_the_settings_file_is_a_plain_error(tmp_path: Path) -> None:
    """A folder in the place of the file is no workspace, not a traceback."""
    (tmp_path / "tactful.toml").mkdir()
    with pytest.raises(TactfulError):
        find(tmp_path, {})
