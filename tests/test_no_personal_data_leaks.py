"""Law 7: nothing about a person in Prefect, logs, gates, reports, manifests, refusals or the ledger's events.

One canary goes in by every way there is, through a real Prefect server told to log and keep all it can; then every cell
and every file is searched. The search itself is tried on planted traces.
"""

from __future__ import annotations

import base64
import json
import pickle
import shutil
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.prefect_server import prefect_environment
from tests.canary import (
    EMAIL,
    NAMED_FILE,
    make_canary_workspace,
    traces,
    traces_in_database,
    traces_in_folder,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.workspace import Workspace
    from tests.conftest import PrefectAt

ROOT = Path(__file__).parents[1]
# Whatever a profile could turn on to make Prefect keep more than it was given.
_CURIOUS = {
    "PREFECT_LOGGING_LEVEL": "DEBUG",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "DEBUG",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,policies,polars,sqlalchemy.engine",
    "PREFECT_LOGGING_LOG_PRINTS": "true",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "true",
    "PREFECT_TASKS_DEFAULT_PERSIST_RESULT": "true",
}
# Files of a run that are made to name the people they are about.
_PEOPLE = ("queue.csv", "queue.parquet", "rejects.csv", "recall.csv", "briefs_wanted.csv", "touches_missing.csv")


@dataclass(frozen=True)
class Story:
    """What the canary went through: workspace, Prefect's home, and what each run said and how it ended."""

    ws: Workspace
    home: Path
    exits: dict[str, int]
    output: str


@pytest.fixture(scope="module")
def story(prefect_at: PrefectAt, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The canary queued, the gate failing, Polars failing, and the canary opting out: four runs through Prefect."""
    ws = make_canary_workspace(tmp_path_factory.mktemp("canary") / "workspace")
    environment = {**prefect_environment(prefect_at.home), **_CURIOUS, "PREFECT_API_URL": prefect_at.url}
    known = _unfinished(prefect_at.home)[0]
    ended = tmp_path_factory.mktemp("ended") / "exits.json"
    command = [sys.executable, "-m", "tests.canary", str(ws.root), str(ended)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    _settle(prefect_at.home, known + 4)
    exits = json.loads(ended.read_text("utf-8"))
    return Story(ws, prefect_at.home, exits, f"{done.stdout}\n{done.stderr}")


def _unfinished(home: Path) -> tuple[int, int]:
    """How many flow runs Prefect saw begin, and how many runs of flows and tasks it does not know the end of."""
    begun = "FROM {} WHERE start_time IS NOT NULL"
    unended = "FROM {} WHERE start_time IS NOT NULL AND end_time IS NULL"
    flows, *still_open = (
        int(_cells(home, f"SELECT count(*) {part.format(table)}")[0])
        for table, part in (("flow_run", begun), ("flow_run", unended), ("task_run", unended))
    )
    return flows, sum(still_open)


def _settle(home: Path, runs: int) -> None:
    """Wait until the server has written down what it was sent: it records tasks from its stream of events."""
    until = time.monotonic() + 60
    while _unfinished(home) != (runs, 0):
        assert time.monotonic() < until, _unfinished(home)
        time.sleep(0.2)


@pytest.mark.prefect
def test_the_canary_went_everywhere(story: Story) -> None:
    """The search means something: the canary was queued, refused, rejected, quarantined, failed and suppressed."""
    assert story.exits == {"queued": 4, "gate fails": 3, "Polars fails": 1, "opted out": 0}
    queues = [pl.read_parquet(file, glob=False) for file in sorted(story.ws.runs.glob("*/queue.parquet"))]
    assert sum(EMAIL in queue["contact_point"].to_list() for queue in queues) == 1
    assert {file.name for file in story.ws.quarantine.glob("*.csv")} >= {NAMED_FILE, "people.csv", "no-header.csv"}
    assert traces_in_folder(story.ws.rejects)
    assert traces_in_folder(story.ws.archive)
    states = _cells(story.home, "SELECT message FROM flow_run_state WHERE type = 'FAILED'")
    assert any("gate_failed" in said for said in states)
    assert any("InvalidOperationError" in said for said in states)
    assert _cells(story.home, "SELECT message FROM log")
    assert _cells(story.home, "SELECT data FROM artifact")


def _cells(home: Path, query: str) -> list[str]:
    connection = sqlite3.connect(f"file:{home / 'prefect.db'}?mode=ro", uri=True)
    try:
        return [str(row[0]) for row in connection.execute(query)]
    finally:
        connection.close()


@pytest.mark.prefect
def test_prefect_knows_nobody(story: Story) -> None:
    """No column of its database, no file of its storage, no line of its log."""
    assert traces_in_database(story.home / "prefect.db") == {}
    assert traces_in_folder(story.home) == {}


@pytest.mark.prefect
def test_what_prefect_keeps_of_a_failure(story: Story) -> None:
    """No result is on disk though the profile asks for it; of a failure there is the step, the code and no cause."""
    kept = [file for file in (story.home / "storage").rglob("*") if file.is_file()]
    failures = [pickle.loads(base64.b64decode(file.read_bytes())) for file in kept]  # noqa: S301 (our own run's)
    assert {str(failure) for failure in failures} <= {
        "publish_the_queue: gate_failed",
        "publish_the_queue: InvalidOperationError",
    }
    assert {failure.cause for failure in failures} <= {None}


@pytest.mark.prefect
def test_the_terminal_shows_nobody(story: Story) -> None:
    """What the runs print names dropped files as they were dropped, and nobody."""
    said = story.output
    for name in (NAMED_FILE, "attendees quorrelbaum.csv", "quorrelbaum.md"):
        said = said.replace(name, "")
    assert "Running as the Prefect flow" in said
    assert traces(said) == set()


@pytest.mark.prefect
def test_runs_name_people_only_where_they_must(story: Story) -> None:
    """Report, decisions, reasons, manifest, gate results and Data Docs: searched, decoded, nothing found."""
    names = {file.name for file in story.ws.runs.rglob("*") if file.is_file()}
    assert names >= {"report.html", "report.json", "manifest.json", "decisions.parquet", "reasons.parquet"}
    assert any(file.suffix == ".html" for file in story.ws.runs.glob("*/quality/data_docs/**/*"))
    assert traces_in_folder(story.ws.runs, skip=_PEOPLE) == {}


@pytest.mark.prefect
def test_refusals_name_nobody(story: Story) -> None:
    """``why.json`` says what is wrong with a file without a word out of it, whatever the file was called."""
    reasons = sorted(story.ws.quarantine.glob("*.why.json"))
    assert len(reasons) >= 4
    assert {file.name: traces(file.read_text("utf-8")) for file in reasons} == {file.name: set() for file in reasons}


@pytest.mark.prefect
def test_events_name_nobody(story: Story) -> None:
    """Only the erasable table of the ledger holds plain text; nothing the chain rests on does."""
    database = story.ws.data / "ledger.db"
    assert traces_in_database(database, skip=("erasable",)) == {}
    assert set(traces_in_database(database)) == {"erasable.value"}


def _plant_in_database(home: Path) -> None:
    connection = sqlite3.connect(home / "prefect.db")
    with connection:
        connection.execute("INSERT INTO log VALUES (?)", (b"call 415.555-0137 back",))
    connection.close()


def _plant_in_json(home: Path) -> None:
    (home / "storage.json").write_text('{"said": "\\u0058ANTHIPPE"}', encoding="utf-8")


def _plant_in_parquet(home: Path) -> None:
    pl.DataFrame({"evidence": [["nothing", '{"email": "Xanthippe.Q"}']]}).write_parquet(home / "reasons.parquet")


def _plant_in_name(home: Path) -> None:
    (home / "Quorrelbaum.log").write_text("", encoding="utf-8")


def _plant_in_html(home: Path) -> None:
    (home / "report.html").write_text("<a href='?who=xanthippe%2Equorrelbau%6D'>&#88;anthippe</a>", encoding="utf-8")


def _plant_hash(home: Path) -> None:
    import hashlib

    (home / "server.log").write_text(hashlib.sha256(EMAIL.encode()).hexdigest(), encoding="utf-8")


@pytest.mark.parametrize(
    "plant", [_plant_in_database, _plant_in_json, _plant_in_parquet, _plant_in_name, _plant_in_html, _plant_hash]
)
def test_the_search_finds_what_is_planted(tmp_path: Path, plant: Callable[[Path], None]) -> None:
    """One trace, in any spelling and any place, and the tests above would fail."""
    connection = sqlite3.connect(tmp_path / "prefect.db")
    connection.execute("CREATE TABLE log (message BLOB)").close()
    connection.close()
    assert traces_in_folder(tmp_path) == {}
    plant(tmp_path)
    assert len(traces_in_folder(tmp_path)) == 1
    if plant is _plant_in_database:
        assert set(traces_in_database(tmp_path / "prefect.db")) == {"log.message"}
        shutil.copy(tmp_path / "prefect.db", tmp_path / "copy.db")
        assert set(traces_in_folder(tmp_path)) == {"copy.db", "prefect.db"}
