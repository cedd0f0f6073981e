"""Where a command imports Prefect itself nothing is reported to anybody; a flow finds its workspace as commands do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.cli import call

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.prefect

ROOT = Path(__file__).parents[2]
_SWITCHES = ("DO_NOT_TRACK", "PREFECT_SERVER_ANALYTICS_ENABLED")
_NOBODY = {"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_CLIENT_MAX_RETRIES": "0"}

_RUN = """
import json, os, sys
from flows.cli import call
code = call(["run", "--json", "--workspace", sys.argv[1]])
from prefect._internal.analytics.enabled import is_telemetry_enabled
from prefect.settings import get_current_settings
switches = [os.environ.get(name) for name in sys.argv[2:]]
print(json.dumps([code, *switches, get_current_settings().server.analytics_enabled, is_telemetry_enabled()]))
"""
_FIND = """
import sys
from flows.prefect_steps import workspace_at
for place in sys.argv[1:]:
    ws = workspace_at(place)
    print(ws.root, ws.key_file, end=" ")
"""


def _python(code: str, *arguments: str, environment: Mapping[str, str], cwd: Path = ROOT) -> str:
    """What a process prints whose environment does not say what Prefect may report."""
    known = {name: value for name, value in os.environ.items() if name not in _SWITCHES}
    command = [sys.executable, "-c", code, *arguments]
    known["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(command, cwd=cwd, env={**known, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_no_usage_report_where_a_command_imports_prefect(tmp_path: Path) -> None:
    """`tactful run` with a server named, here one that does not answer: reports are off before Prefect is there."""
    assert call(["init", str(tmp_path / "w")]) == 0
    said = _python(_RUN, str(tmp_path / "w"), *_SWITCHES, environment=_NOBODY)
    assert json.loads(said) == [1, "1", "false", False, False]


def test_a_flow_finds_the_workspace_as_a_command_does(tmp_path: Path) -> None:
    """The home folder's sign and relative paths are understood, also in the place of the key."""
    assert call(["init", str(tmp_path / "w")]) == 0
    (tmp_path / "w/keys/workspace.key").rename(tmp_path / "my.key")
    place = {"HOME": str(tmp_path), "TACTFUL_KEY_FILE": "~/my.key"}
    expected = f"{tmp_path / 'w'} {tmp_path / 'my.key'}"
    found = _python(_FIND, "~/w", "w", environment=place, cwd=tmp_path)
    assert found.split() == [*expected.split(), *expected.split()]
