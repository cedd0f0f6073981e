"""A new workspace is complete: every command answers in it, and a first word of somebody is kept at once."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from flows.workspace import INBOXES, load
from tests.flows.workspaces import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

    Output = pytest.CaptureFixture[str]


@pytest.fixture
def fresh(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A workspace just made."""
    folder = tmp_path / "outreach"
    assert call(["init", str(folder)]) == 0
    capsys.readouterr()
    return folder


def _answer(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> Any:  # noqa: ANN401 (JSON: an object or a list)
    """What a command answers with ``--json``."""
    assert call([*argv, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_new_workspace_has_every_place(fresh: Path) -> None:
    """Settings, commented rule files, a key of its own, all drop folders, a ledger."""
    files = {path.relative_to(fresh).as_posix() for path in fresh.rglob("*") if path.is_file()}
    assert files == {
        ".gitignore",
        "README.md",
        "data/ledger.db",
        "keys/workspace.key",
        "rules/accounts.toml",
        "rules/fit.toml",
        "rules/local/README.md",
        "rules/sources/README.md",
        "rules/waivers/README.md",
        "tactful.toml",
    }
    assert {path.name for path in (fresh / "data/inbox").iterdir()} == set(INBOXES)


def test_people_and_keys_are_closed_to_others(fresh: Path) -> None:
    """Files of people are 0600, and so is the key."""
    for path in (fresh / "data/ledger.db", fresh / "keys/workspace.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((fresh / "data").stat().st_mode) == 0o700


def test_two_workspaces_share_neither_key_nor_name(tmp_path: Path) -> None:
    """Whoever has one key cannot test addresses against another ledger."""
    for name in ("one", "two"):
        assert call(["init", str(tmp_path / name)]) == 0
    one, two = (load(tmp_path / name) for name in ("one", "two"))
    assert one.settings.workspace_id != two.settings.workspace_id
    assert one.key_file.read_bytes() != two.key_file.read_bytes()


@pytest.mark.parametrize("command", ["init", "demo"])
def test_a_folder_in_use_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """Exit 2, and nothing in it was touched."""
    mine = tmp_path / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    assert _answer(capsys, command, str(tmp_path), code=2)["error"]["code"] == "folder_not_empty"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    """Somebody made the folder first."""
    assert call(["init", str(tmp_path)]) == 0
    assert (tmp_path / "tactful.toml").is_file()
    assert [path.name for path in tmp_path.parent.iterdir() if path.name.startswith(f".{tmp_path.name}")] == []


def test_init_needs_a_place(capsys: pytest.CaptureFixture[str]) -> None:
    """Where, is for the user to say."""
    assert _answer(capsys, "init", code=2)["error"]["code"] == "no_folder"


@pytest.mark.parametrize(
    "argv", [["status"], ["policy", "check"], ["policy", "show"], ["optout", "list"], ["audit", "verify"]]
)
def test_commands_answer_in_a_new_workspace(fresh: Path, capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    """Nothing has to be filled in before something answers; plain text fits 80 columns."""
    assert call([*argv, "--workspace", str(fresh)]) == 0
    text = capsys.readouterr().out
    assert text
    assert "\x1b" not in text
    assert _answer(capsys, *argv, "--workspace", str(fresh)) is not None


def test_status_names_what_there_is(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts and ids; a file in the inbox waits."""
    (fresh / "data/inbox/optouts/some.csv").write_text("email\n", encoding="utf-8")
    found = _answer(capsys, "status", "--workspace", str(fresh))
    assert (found["last_run"], found["queue"], found["feeds"]) == (None, None, [])
    assert found["waiting"] == {"optouts": 1}


def test_status_names_settings_nothing_is_done_about(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who sets a term for keeping files must not believe that anything is removed."""
    assert _answer(capsys, "status", "--workspace", str(fresh))["without_effect"] == []
    with (fresh / "tactful.toml").open("a", encoding="utf-8") as settings:
        settings.write("[retention]\nlists_days = 30\n")
    assert _answer(capsys, "status", "--workspace", str(fresh))["without_effect"] == ["retention"]
    assert call(["status", "--workspace", str(fresh)]) == 0
    assert "Without effect in this version" in capsys.readouterr().out


@pytest.mark.parametrize("text", [b"# caf\xe9\n", b"kind = 7\n"], ids=["another encoding", "wrong value"])
def test_reading_under_a_broken_contract_names_its_line(
    fresh: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, text: bytes
) -> None:
    """A problem of the file, with file and line, and never an internal error."""
    listed = tmp_path / "list.csv"
    listed.write_text("Email\na@kestrel.example\n", encoding="utf-8")
    (fresh / "rules/sources/fair.toml").write_bytes(text)
    error = _answer(capsys, "read", str(listed), "--source", "fair", "--workspace", str(fresh), code=1)["error"]
    assert error["code"] == "rule_files_invalid"
    assert "rules/sources/fair.toml:1:" in error["message"]


def test_reading_under_a_contract(fresh: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Its columns are used, also where an editor put a byte order mark first; an unknown source is named."""
    listed = tmp_path / "list.csv"
    listed.write_text("Who,Where\nAnn Lee,a@kestrel.example\n", encoding="utf-8")
    contract = 'id = "fair"\n[columns]\nfull_name = "Who"\nemail = "Where"\n'
    (fresh / "rules/sources/fair.toml").write_text(contract, encoding="utf-8-sig")
    asked = ("read", str(listed), "--workspace", str(fresh))
    assert _answer(capsys, *asked, "--source", "fair")["mapping"] == {"full_name": ["Who"], "email": ["Where"]}
    assert _answer(capsys, *asked, "--source", "fare", code=2)["error"]["code"] == "no_source_contract"


def test_a_first_opt_out_is_kept(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It needs no list to be known from, and it is found again under other spellings."""
    added = _answer(capsys, "optout", "add", "Jane.Doe@Kestrel.example", "--workspace", str(fresh))
    said = {"event": 0, "kind": "optout", "channel": "any", "scope": "person", "recognised": 1}
    assert added["recorded"][0] | {"event": 0} == said
    for spelling in ("jane.doe@kestrel.example", "JANE.DOE@kestrel.example"):
        rows = _answer(capsys, "optout", "list", spelling, "--workspace", str(fresh))
        assert [row["seq"] for row in rows] == [added["recorded"][0]["event"]]
    assert _answer(capsys, "optout", "list", "other@kestrel.example", "--workspace", str(fresh)) == []


def test_one_unreadable_line_loses_no_other_word(
    fresh: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Opt-outs from standard input: the readable ones are kept, the others are named by their lines."""
    lines = tmp_path / "lines.txt"
    lines.write_text("a@kestrel.example\n\nnobody in particular\nb@kestrel.example\r\n", encoding="utf-8")
    with lines.open(encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert call(["optout", "add", "-", "--workspace", str(fresh)]) == 2
    said = capsys.readouterr()
    assert said.out.count("Recorded as event") == 2
    assert "Line 3 " in said.err
    assert "particular" not in said.err
    rows = _answer(capsys, "optout", "list", "--workspace", str(fresh))
    assert {row["contact"] for row in rows} == {"a@kestrel.example", "b@kestrel.example"}


@pytest.mark.parametrize("broken", [True, False], ids=["rules broken", "rules whole"])
def test_stop_said_to_a_rep_waits_for_no_other_line_or_rule(
    fresh: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, broken: bool
) -> None:
    """Contacts made from standard input: the readable ones are kept at once, whatever is wrong with a rule file."""
    if broken:
        (fresh / "rules/local/mine.toml").write_text("[[rule]]\n", encoding="utf-8")
    lines = tmp_path / "lines.txt"
    lines.write_text("nobody in particular\n\na@kestrel.example\ngmail\nb@kestrel.example\n", encoding="utf-8")
    with lines.open(encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert call(["touch", "add", "-", "--outcome", "asked_to_stop", "--workspace", str(fresh)]) == 2
    said = capsys.readouterr()
    assert said.out.count("Recorded as event") == 4
    assert "Lines 1, 4 " in said.err
    assert "particular" not in said.err
    rows = _answer(capsys, "optout", "list", "--workspace", str(fresh))
    assert {row["contact"] for row in rows} == {"a@kestrel.example", "b@kestrel.example"}


def test_a_free_mail_domain_is_nobodys_to_opt_out(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One person cannot silence a provider."""
    error = _answer(capsys, "optout", "add", "gmail.com", "--workspace", str(fresh), code=2)["error"]
    assert error["code"] == "domain_too_wide"


def test_whoever_asks_for_too_wide_a_domain_is_stopped_all_the_same(
    fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The provider stays out of reach; the person said no, and that is recorded."""
    words = ["optout", "add", "ann.adler@gmail.com", "--scope", "domain", "--workspace", str(fresh)]
    assert call(words) == 1
    said = capsys.readouterr()
    assert "scope person" in said.out
    assert "recorded for the person alone" in " ".join(said.err.split())
    assert [row["scope"] for row in _answer(capsys, "optout", "list", "--workspace", str(fresh))] == ["person"]


def test_an_altered_event_is_found(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`audit verify` names the spot and ends with 1."""
    import sqlite3

    call(["optout", "add", "a@kestrel.example", "--workspace", str(fresh)])
    with sqlite3.connect(fresh / "data/ledger.db") as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE events SET body = replace(body, 'person', 'address') WHERE kind = 'optout'")
    connection.close()
    capsys.readouterr()
    found = _answer(capsys, "audit", "verify", "--workspace", str(fresh), code=1)
    assert not found["ok"]
    assert any("2" in fault["place"] for fault in found["faults"])


def test_a_missing_key_holds_everything(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3: without its key the ledger recognises nobody."""
    load(fresh).key_file.unlink()
    error = _answer(capsys, "optout", "add", "a@kestrel.example", "--workspace", str(fresh), code=3)["error"]
    assert error["code"] == "key_missing"


def test_broken_settings_name_their_lines(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All problems at once, each with file and line."""
    settings = fresh / "tactful.toml"
    text = settings.read_text("utf-8").replace("none = true", "nane = true").replace("timezone = ", "timezone = 5 #")
    settings.write_text(text, encoding="utf-8")
    assert call(["status", "--workspace", str(fresh)]) == 1
    said = capsys.readouterr().err
    assert said.count("tactful.toml:") == 2


def test_broken_rules_name_their_lines(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rules, sources and settings of rules: everything that is wrong is said in one go."""
    (fresh / "rules/local/mine.toml").write_text('[[rule]]\nid = "local.x"\n', encoding="utf-8")
    (fresh / "rules/sources/fair.toml").write_text('id = "fair"\nkind = "fairy"\n', encoding="utf-8")
    error = _answer(capsys, "policy", "check", "--workspace", str(fresh), code=1)["error"]
    assert "rules/local/mine.toml:" in error["message"]
    assert "rules/sources/fair.toml:" in error["message"]


def test_a_clock_that_is_set_is_said(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, so that answers stay clean."""
    (fresh / "tactful.toml").write_text(SETTINGS, encoding="utf-8")
    assert call(["status", "--json", "--workspace", str(fresh)]) == 0
    said = capsys.readouterr()
    assert said.err == "Clock of this workspace stands at 2026-10-14 06:30 UTC.\n"
    assert json.loads(said.out)["workspace"] == "test"


@pytest.mark.parametrize("times", [["--at", "2999-01-01"], ["--callback-on", "1999-01-01"]], ids=["at", "callback"])
def test_a_contact_cannot_be_made_in_the_future(
    fresh: Path, capsys: pytest.CaptureFixture[str], times: list[str]
) -> None:
    """Typed by hand a slip is refused as a row of a file is: it would hold the person's rest for centuries."""
    argv = ["touch", "add", "a@kestrel.example", "--outcome", "voicemail", *times, "--workspace", str(fresh)]
    assert _answer(capsys, *argv, code=2)["error"]["code"] == "time_impossible"
