"""A run through Prefect is the same run: same queue, same errors, same exit codes; Prefect keeps counts alone."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from flows.prefect_server import prefect_environment
from tests.canary import NAMED_FILE, make_canary_workspace, set_minimum
from tests.small_workspace import gates_in_polars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.workspace import Workspace
    from tests.conftest import PrefectAt

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.usefixtures("polars_gate"),  # tests/test_no_personal_data_leaks.py asks both gates through Prefect
    # what Prefect warns of about itself is not ours to mend
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]

ROOT = Path(__file__).parents[2]
_GONE_WITHIN = 30.0  # seconds

# Every module of the package, every task and flow in it: what each would cache, keep, print and try again.
_INVENTORY = """
import importlib, json, pkgutil
import flows
from prefect import Flow, Task
from prefect.cache_policies import NO_CACHE
from prefect.settings import get_current_settings
now = get_current_settings()
found = {"settings": [now.results.persist_by_default, now.tasks.default_retries, now.logging.log_prints,
                      now.tasks.default_persist_result, now.flows.default_retries]}
for module in pkgutil.walk_packages(flows.__path__, "flows."):
    if "migrations" in module.name or module.name == "flows.quality.process":
        continue
    for name, value in vars(importlib.import_module(module.name)).items():
        if isinstance(value, Task):
            kept = [value.cache_policy is NO_CACHE, value.persist_result, value.log_prints, value.cache_key_fn]
            found[value.name] = ["task", *kept, value.retries, sorted(value.fn.__annotations__)]
        elif isinstance(value, Flow):
            schema = value.parameters.model_dump()["properties"]
            found[value.name] = ["flow", value.persist_result, value.log_prints, value.retries, schema]
print(json.dumps(found))
"""
# What makes Prefect keep and repeat all it can, half of it in the environment and half in a profile.
_GREEDY = {
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "true",
    "PREFECT_TASKS_DEFAULT_RETRIES": "3",
    "PREFECT_LOGGING_LOG_PRINTS": "true",
}
_GREEDY_PROFILE = """
active = "greedy"
[profiles.greedy]
PREFECT_TASKS_DEFAULT_PERSIST_RESULT = "true"
PREFECT_TASKS_DISABLE_CACHING = "false"
PREFECT_TASKS_DEFAULT_NO_CACHE = "false"
PREFECT_FLOWS_DEFAULT_RETRIES = "3"
"""


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The package as it is imported where environment and profile ask Prefect to keep all it can."""
    home = tmp_path_factory.mktemp("greedy")
    (home / "profiles.toml").write_text(_GREEDY_PROFILE, encoding="utf-8")
    environment = {**prefect_environment(home), **_GREEDY}
    command = [sys.executable, "-c", _INVENTORY]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[Any]] = json.loads(done.stdout)
    settings = found.pop("settings")
    assert settings == [True, 3, True, True, 3], "the profile is not in force"
    return found


def test_no_step_caches_or_keeps_anything(inventory: dict[str, list[Any]]) -> None:
    """Whatever environment or profile ask for: no cache, no result, no prints, and only reading is tried again."""
    tasks = {name: kept for name, (kind, *kept) in inventory.items() if kind == "task"}
    flows = {name: kept for name, (kind, *kept) in inventory.items() if kind == "flow"}
    assert set(tasks) == {"file-the-inbox", "publish-the-queue"}
    assert set(flows) == {"daily-queue", "intake"}
    for name, (no_cache, persist, prints, key, retries, _) in tasks.items():
        assert (no_cache, persist, prints, key) == (True, False, False, None), name
        assert retries == (2 if name == "file-the-inbox" else 0), name
    for name, (persist, prints, retries, _) in flows.items():
        assert (persist, prints, retries) == (False, False, 0), name


def test_nobody_can_be_a_parameter(inventory: dict[str, list[Any]]) -> None:
    """The folder of the workspace is the only text a flow or a step takes."""
    parameters = {name: set(kept[-1]) - {"return"} for name, kept in inventory.items()}
    assert parameters == {
        "daily-queue": {"workspace", "as_of", "dry_run"},
        "intake": {"workspace"},
        "file-the-inbox": {"workspace"},
        "publish-the-queue": {"workspace", "as_of", "dry_run"},
    }
    daily = inventory["daily-queue"][-1]
    assert daily["workspace"]["type"] == "string"
    assert {part.get("format") for part in daily["as_of"]["anyOf"]} == {"date-time", None}
    assert daily["dry_run"]["type"] == "boolean"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small workspace, run once without Prefect."""
    ws = make_canary_workspace(tmp_path_factory.mktemp("flows") / "workspace")
    with gates_in_polars():
        assert call(["run", "--quarantine-ok", "--workspace", str(ws.root)]) == 0
    return ws


@pytest.fixture
def through_prefect(prefect_at: PrefectAt, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands of this process find a Prefect server configured."""
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    monkeypatch.setenv("PREFECT_API_URL", prefect_at.url)
    with temporary_settings({PREFECT_API_URL: prefect_at.url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


Told = tuple[int, dict[str, Any], str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """``tactful run --json`` in this process: exit code, answer, and what stood on standard error."""

    def told(ws: Workspace, *options: str) -> Told:
        capsys.readouterr()
        code = call(["run", "--json", "--workspace", str(ws.root), *options])
        printed = capsys.readouterr()
        return code, json.loads(printed.out), printed.err

    return told


@pytest.mark.usefixtures("through_prefect")
def test_the_same_run_again_publishes_nothing_twice(workspace: Workspace, run: Callable[..., Told]) -> None:
    """Through Prefect comes what ran without: same id, already published, and it says where it runs.

    A file refused on the way is named to whoever started the run, with exit code 4; Prefect does not know its name.
    """
    published = sorted(workspace.runs.iterdir())
    (workspace.inbox / "lists" / "fair" / NAMED_FILE).write_bytes(b"PK\x03\x04 nothing")
    code, answer, said = run(workspace)
    assert (code, answer["status"], answer["revision"]) == (4, "already_published", 1)
    assert [path.name for path in published] == [answer["run_id"]]
    assert sorted(workspace.runs.iterdir()) == published
    assert sum(answer["funnel"].values()) == answer["rows"] > 0
    assert [(file["name"], file["status"]) for file in answer["intake"]["files"]] == [(NAMED_FILE, "quarantined")]
    assert answer["intake"]["quarantined"] == 1
    assert "Running as the Prefect flow daily-queue" in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("through_prefect")
def test_looking_only_changes_nothing(workspace: Workspace, run: Callable[..., Told]) -> None:
    """``--dry-run`` and ``--as-of`` go through Prefect as they are."""
    before = sorted((path, path.stat().st_mtime_ns) for path in workspace.data.rglob("*") if path.is_file())
    code, answer, _ = run(workspace, "--dry-run", "--as-of", "2026-10-13T06:30:00Z")
    assert (code, answer["status"], answer["as_of"]) == (0, "dry_run", "2026-10-13T06:30:00+00:00")
    after = sorted((path, path.stat().st_mtime_ns) for path in workspace.data.rglob("*") if path.is_file())
    assert [path for path, _ in after if "ledger.db" not in path.name] == [
        path for path, _ in before if "ledger.db" not in path.name
    ]


@pytest.mark.usefixtures("through_prefect")
def test_errors_keep_their_codes(workspace: Workspace, tmp_path: Path, run: Callable[..., Told]) -> None:
    """A held run ends with 3, a broken rule file with 1 and at once, each with code, message and fix as without."""
    ws = _copy(workspace, tmp_path)
    set_minimum(ws, 1000)
    held, answer, said = run(ws)
    assert (held, answer["error"]["code"]) == (3, "gate_failed")
    assert "row_count min 1000" in answer["error"]["message"]
    assert "Traceback" not in said
    (ws.rules / "local" / "broken.toml").write_text("[[rule]]\nid = 7\n", encoding="utf-8")
    begin = time.monotonic()
    broken, through, _ = run(ws)
    took = time.monotonic() - begin
    assert (broken, through["error"]["code"]) == (1, "rule_files_invalid")
    assert "local/broken.toml:1" in through["error"]["message"]
    assert took < 10, "a broken rule file is not tried again"
    (ws.keys / "workspace.key").unlink()
    (ws.rules / "local" / "broken.toml").unlink()
    keyless, answer, _ = run(ws)
    assert (keyless, answer["error"]["code"]) == (3, "key_missing")


def test_prefect_out_of_reach_is_said_plainly(
    workspace: Workspace, run: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is not there: one sentence, exit 1, nothing published."""
    from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    nobody = "http://127.0.0.1:9/api"
    monkeypatch.setenv("PREFECT_API_URL", nobody)
    with temporary_settings({PREFECT_API_URL: nobody, PREFECT_CLIENT_MAX_RETRIES: 0}):
        code, answer, said = run(workspace)
    assert (code, answer["error"]["code"]) == (1, "prefect_failed")
    assert "Nothing was published" in answer["error"]["message"]
    assert "Traceback" not in said


@pytest.mark.usefixtures("through_prefect")
def test_artifacts_hold_counts_under_known_names(workspace: Workspace, prefect_at: PrefectAt) -> None:
    """What Prefect shows of a run: kinds, outcomes and verdicts, and how many."""
    from flows.intake import intake
    from policies.effects import VERDICT_ORDER

    assert intake(str(workspace.root)) == {}
    connection = sqlite3.connect(f"file:{prefect_at.home / 'prefect.db'}?mode=ro", uri=True)
    with contextlib.closing(connection):
        tables = connection.execute("SELECT key, data FROM artifact WHERE type = 'table'").fetchall()
    rows = [row for key, data in tables if key == "queue-funnel" for row in json.loads(json.loads(data))]
    assert {key for key, _ in tables} == {"queue-funnel", "intake-files"}
    assert {row["verdict"] for row in rows} == {verdict.value for verdict in VERDICT_ORDER}
    assert all(isinstance(row["rows"], int) and set(row) == {"verdict", "rows"} for row in rows)


def _copy(workspace: Workspace, folder: Path) -> Workspace:
    from flows.workspace import load

    shutil.copytree(workspace.root, folder / "copy")
    return load(folder / "copy")


_STARTER = """
import sys, time
from pathlib import Path
from flows.prefect_server import _free_port, _running
with _running(Path(sys.argv[1]), _free_port()) as server:
    print(server.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_the_server_ends_with_whoever_started_it(tmp_path: Path, ending: signal.Signals) -> None:
    """Killed without a word or interrupted: no server is left behind."""
    with subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ),
        text=True,
    ) as starter:
        assert starter.stdout is not None
        server = int(starter.stdout.readline())
        assert _alive(server)
        starter.send_signal(ending)
        starter.wait()
    until = time.monotonic() + _GONE_WITHIN
    while _alive(server):
        assert time.monotonic() < until, "the server outlived its starter"
        time.sleep(0.1)


def _alive(process: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.long
def test_the_demo_ends_with_a_run_through_prefect(workspace: Workspace, tmp_path: Path) -> None:
    """The second half of ``make demo``: a server for the purpose, nothing published twice, the server gone."""
    ws = _copy(workspace, tmp_path)
    command = [sys.executable, "-m", "flows.prefect_demo", "--workspace", str(ws.root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "already" in done.stdout
    assert "nothing was published twice" in " ".join(done.stdout.split())
    assert done.stderr.splitlines() == [
        "Once more through Prefect: starting a server for the purpose.",
        "Clock of this workspace stands at 2026-10-14 06:30 UTC.",
        "Running as the Prefect flow daily-queue, on the server that PREFECT_API_URL names.",
        "The Prefect server is stopped.",
    ]


@pytest.mark.long
@pytest.mark.parametrize("after", [1.0, 6.0, 9.0, 10.5])
def test_an_interrupted_demo_leaves_no_server(workspace: Workspace, tmp_path: Path, after: float) -> None:
    """Ended at any moment, the demo takes its server along, and the next run works."""
    ws = _copy(workspace, tmp_path)
    command = [sys.executable, "-m", "flows.prefect_demo", "--workspace", str(ws.root)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
        time.sleep(after)
        demo.terminate()
        said = demo.communicate()[0]
    assert demo.returncode == 130
    assert "Stopped; the Prefect server as well." in said
    assert "Traceback" not in said
    assert call(["run", "--workspace", str(ws.root)]) == 0
