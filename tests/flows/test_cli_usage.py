"""However a command is called: a sentence, the right exit code, never a traceback, never somebody's address."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.cli import _ending, call
from policies.errors import HeldError, Problem, RuleFileError

ROOT = Path(__file__).parents[2]
TACTFUL = [sys.executable, "-c", "from flows.cli import main; main()"]
# The commands of this version, and no other.
COMMANDS = (
    *(["demo"], ["init"], ["status"], ["read"], ["intake"], ["run"], ["why"], ["queue"]),
    *(["optout", "add"], ["optout", "list"], ["optout", "import"], ["optout", "void"]),
    *(["brief", "new"], ["brief", "check"], ["brief", "wanted"]),
    *(["consent", "add"], ["consent", "import"], ["notice", "add"], ["notice", "import"], ["notice", "due"]),
    *(["people", "match"], ["people", "calibrate"]),
    *(["touch", "add"], ["touch", "import"], ["forget"]),
    *(["policy", "check"], ["policy", "test"], ["policy", "show"], ["audit", "verify"]),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_takes_the_common_options(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """`--workspace` and `--json` are understood everywhere; help fits a terminal."""
    assert call([*command, "--help"]) == 0
    text = capsys.readouterr().out
    assert {"--workspace", "--json"} <= set(text.replace("=", " ").split())
    assert max(map(len, text.splitlines())) <= 80


def test_no_command_at_all_is_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    """Help, and no error."""
    assert call([]) == 0
    assert "Commands:" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv",
    [
        ["statu"],
        ["status", "--no-such-option"],
        ["status", "too", "many"],
        ["why"],
        ["optout"],
        ["optout", "add", "a@kestrel.example", "--channel", "fax"],
        ["touch", "add", "a@kestrel.example"],
        ["read", "/nowhere/list.csv"],
        ["run", "--as-of"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Told in a sentence on standard error, or as JSON on standard output."""
    if argv != ["optout"]:
        assert call(argv) == 2
        plain = capsys.readouterr()
        assert plain.out == ""
        assert "What to do: " in plain.err
        assert call(["--json", *argv]) == 2
        error = json.loads(capsys.readouterr().out)["error"]
        assert set(error) == {"code", "message", "fix"}
        assert error["code"] == "usage"


def test_a_group_without_command_shows_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """`tactful optout` is a question as well."""
    assert call(["optout"]) == 0
    assert "import" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv",
    [
        ["status", "jane.doe@kestrel.example"],
        ["optout", "add", "a@kestrel.example", "--channel", "jane.doe@kestrel.example"],
        ["why", "+4930231250123", "Jane Doe"],
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_usage_errors_repeat_nobody(argv: list[str], form: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What was typed in the wrong place may be a person's."""
    assert call([*argv, *form]) == 2
    shown = "".join(capsys.readouterr())
    assert not any(word in shown for word in ("jane", "Jane", "231250123"))


def test_options_may_stand_before_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before, between and after mean the same."""
    folder = str(tmp_path)
    said = set()
    for argv in (
        ["--json", "--workspace", folder, "audit", "verify"],
        ["audit", f"--workspace={folder}", "--json", "verify"],
        ["audit", "verify", "--json", "--workspace", folder],
    ):
        assert call(argv) == 1
        said.add(capsys.readouterr().out)
    assert len(said) == 1
    assert json.loads(said.pop())["error"]["code"] == "no_workspace"


def test_the_workspace_may_stand_in_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`TACTFUL_WORKSPACE` names it; the option is stronger."""
    monkeypatch.setenv("TACTFUL_WORKSPACE", str(tmp_path / "named"))
    assert call(["status"]) == 1
    assert "named" in capsys.readouterr().err.replace("\n", "")
    assert call(["status", "--workspace", str(tmp_path / "other")]) == 1
    assert "other" in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize(
    ("error", "exit_code", "code"),
    [
        (HeldError("feed_stale", "m", "f"), 3, "feed_stale"),
        (RuleFileError([Problem("a.toml", 3, "m", "f")]), 1, "rule_files_invalid"),
        (FileNotFoundError(2, "No such file", "x.csv"), 1, "file_missing"),
        (OSError(28, "No space left on device", "x.csv"), 1, "disk_full"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (ValueError("jane.doe@kestrel.example"), 1, "internal_error"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_error_becomes_a_sentence(error: BaseException, exit_code: int, code: str) -> None:
    """Code, message and fix; what an unexpected error says is withheld."""
    ending = _ending(error, [])
    assert (ending.exit_code, ending.code) == (exit_code, code)
    assert ending.message
    assert ending.fix
    assert "jane" not in ending.message


def _tactful(*argv: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*TACTFUL, *argv],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_importing_the_command_line_costs_little() -> None:
    """Nothing heavy is imported before a command needs it."""
    heavy = "alembic fastapi great_expectations jinja2 matplotlib phonenumbers polars prefect pydantic rich sqlalchemy"
    code = f"import sys, flows.cli; print([name for name in {heavy.split()!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ctrl_c_is_a_plain_sentence(tmp_path: Path) -> None:
    """No traceback, and the exit code a shell expects."""
    assert call(["init", str(tmp_path / "w")]) == 0
    with _tactful("optout", "add", "-", "--workspace", str(tmp_path / "w")) as process:
        assert process.stdin is not None  # left open, so that the command waits
        time.sleep(1.5)  # it is reading by then
        until = time.monotonic() + 30
        while time.monotonic() < until and process.poll() is None:
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert said.startswith("Stopped.")
    assert "Traceback" not in said


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`tactful policy show | head` ends quietly."""
    with _tactful("policy", "show") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 0
    assert "Broken pipe" not in said
    assert "Traceback" not in said


def test_debug_shows_where() -> None:
    """`TACTFUL_DEBUG=1` is for whoever mends the program."""
    with _tactful("status", "--workspace", "/nowhere", TACTFUL_DEBUG="1") as process:
        _, said = process.communicate()
    assert process.returncode == 1
    assert "Traceback" in said
