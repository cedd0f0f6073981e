"""A workspace keeps its ledger where its settings say, and never begins a new one over what was said before."""

from __future__ import annotations

import json
import stat
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from flows.workspace import load
from tests.postgres import DATABASES, fresh_database_url, server_uri

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Output = pytest.CaptureFixture[str]

ANN = "ann@acme.example"


def _elsewhere(database: str, tmp_path: Path) -> str:
    return fresh_database_url() if database == "postgresql" else f"sqlite:///{tmp_path}/elsewhere.db"


def _settle(folder: Path, url: str) -> None:
    """Write a database_url into the settings, as a user does: the commented line, without its mark."""
    path = folder / "tactful.toml"
    lines = path.read_text().splitlines()
    mine = [f'database_url = "{url}"' if "database_url = " in line else line for line in lines]
    assert mine != lines
    path.write_text("\n".join(mine))


def _answer(output: Output, *argv: str, code: int = 0) -> Any:  # noqa: ANN401 (JSON: an object or a list)
    output.readouterr()
    assert call([*argv, "--json"]) == code
    return json.loads(output.readouterr().out)


def _opted_out(output: Output, folder: Path) -> list[str]:
    return [row["contact"] for row in _answer(output, "optout", "list", "--workspace", str(folder))]


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A workspace just made, its ledger in the data folder."""
    folder = tmp_path / "outreach"
    assert call(["init", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("database", DATABASES)
def test_init_makes_the_ledger_in_the_database_named(tmp_path: Path, database: str, capsys: Output) -> None:
    """``init --database-url`` writes it into the settings and makes the ledger there and nowhere else."""
    folder, url = tmp_path / "outreach", _elsewhere(database, tmp_path)
    assert call(["init", str(folder), "--database-url", url]) == 0
    assert tomllib.loads((folder / "tactful.toml").read_text())["database_url"] == url
    assert load(folder).database_url == url
    assert not list(folder.rglob("*.db"))
    assert call(["optout", "add", ANN, "--workspace", str(folder)]) == 0
    assert _opted_out(capsys, folder) == [ANN]
    assert not list(folder.rglob("*.db"))


@pytest.mark.parametrize(
    ("role", "option", "held"),
    [
        ("postgres", "", False),
        ("postgres:hunter2", "", True),
        ("postgres", "&password=hunter2", True),
    ],
)
def test_a_password_in_the_settings_is_nobody_elses(
    tmp_path: Path, capsys: Output, role: str, option: str, *, held: bool
) -> None:
    """Only its owner reads the file, and is told where it belongs; the password itself is not shown."""
    folder = tmp_path / "outreach"
    url = fresh_database_url().replace("postgres@", f"{role}@") + option
    assert call(["init", str(folder), "--database-url", url]) == 0
    told = capsys.readouterr()
    assert (stat.S_IMODE((folder / "tactful.toml").stat().st_mode) == 0o600) is held
    assert ("~/.pgpass" in told.err) is held
    assert "hunter2" not in told.out + told.err


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://rita:hunter2@db.example/ledger", "ledger_database_unknown"),
        ("postgresql://rita:hunter2@127.0.0.1:1/ledger", "ledger_unreachable"),
    ],
)
def test_init_leaves_nothing_where_the_database_cannot_be_used(
    tmp_path: Path, url: str, code: str, capsys: Output
) -> None:
    """The workspace is there with its ledger or not at all; the password shows nowhere."""
    found = _answer(capsys, "init", str(tmp_path / "outreach"), "--database-url", url, code=1)
    assert found["error"]["code"] == code
    assert "hunter2" not in json.dumps(found)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("database", DATABASES)
def test_a_fresh_workspace_takes_another_database(fresh: Path, tmp_path: Path, database: str, capsys: Output) -> None:
    """The next command makes the ledger where the settings want it; the empty one in the data folder is gone."""
    assert call(["status", "--workspace", str(fresh)]) == 0
    _settle(fresh, _elsewhere(database, tmp_path))
    assert call(["optout", "add", ANN, "--workspace", str(fresh)]) == 0
    assert not list(fresh.rglob("*.db*"))
    assert _opted_out(capsys, fresh) == [ANN]
    assert call(["audit", "verify", "--workspace", str(fresh)]) == 0


def _say_stop(folder: Path) -> None:
    assert call(["optout", "add", ANN, "--workspace", str(folder)]) == 0


def _drop_a_list(folder: Path) -> None:
    inbox = folder / "data/inbox/lists/fair"
    inbox.mkdir(parents=True)
    (inbox / "people.csv").write_text("name,email\nBen Acme,ben@acme.example\n")
    assert call(["intake", "--workspace", str(folder)]) == 4


def _touch(folder: Path) -> None:
    argv = ["touch", "add", ANN, "--channel", "email", "--outcome", "replied"]
    assert call([*argv, "--workspace", str(folder)]) == 0


@pytest.mark.parametrize("happens", [_say_stop, _drop_a_list, _touch])
def test_what_was_said_is_never_begun_over(fresh: Path, happens: Callable[[Path], None], capsys: Output) -> None:
    """As soon as anything happened, another database without a ledger is a missing ledger, and stays empty."""
    happens(fresh)
    url = fresh_database_url()
    _settle(fresh, url)
    for _ in range(2):
        found = _answer(capsys, "optout", "list", "--workspace", str(fresh), code=1)
        assert found["error"]["code"] == "ledger_missing"
        assert "tactful restore" in found["error"]["fix"]


def test_a_stop_said_in_a_database_that_was_left_counts(tmp_path: Path, capsys: Output) -> None:
    """From one database to another empty one: what the first was told lies in the journal, so nothing begins anew."""
    folder = tmp_path / "outreach"
    assert call(["init", str(folder), "--database-url", fresh_database_url()]) == 0
    _say_stop(folder)
    _settle(folder, fresh_database_url())
    found = _answer(capsys, "optout", "list", "--workspace", str(folder), code=1)
    assert found["error"]["code"] == "ledger_missing"


def test_a_missing_file_ledger_is_still_missing(fresh: Path, capsys: Output) -> None:
    """The ledger in the data folder is never made anew, however fresh the workspace is."""
    (fresh / "data/ledger.db").unlink()
    assert _answer(capsys, "optout", "list", "--workspace", str(fresh), code=1)["error"]["code"] == "ledger_missing"


def test_a_fault_of_the_new_database_is_told(fresh: Path, capsys: Output) -> None:
    """Where the ledger cannot be made, the reason is said and the old file stays."""
    _settle(fresh, f"{server_uri()}&options=-csearch_path%3Dnowhere")
    found = _answer(capsys, "optout", "list", "--workspace", str(fresh), code=1)
    assert found["error"]["code"] == "ledger_schema_missing"
    assert (fresh / "data/ledger.db").exists()


def test_every_setting_of_the_starter_can_be_switched_on(fresh: Path) -> None:
    """Lines that wait behind a ``#`` belong to the table they stand in."""
    path = fresh / "tactful.toml"
    text = path.read_text()
    for name in ("database_url", "unsubscribe_base_url"):
        text = text.replace(f"# {name} = ", f"{name} = ")
    path.write_text(text)
    settings = load(fresh).settings
    assert settings.database_url == "sqlite:///data/ledger.db"
    assert settings.unsubscribe_base_url is not None
