"""A run that ends at any moment leaves nothing half done: the next one works, publishes once, and all verifies."""

from __future__ import annotations

import multiprocessing
import os
import signal
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.ledger_access import open_ledger
from flows.verification import verify_workspace
from flows.workspace import load
from tests.effort import each
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA = "ada@acme.example"
# Where the process is ended: just before each of these is entered.
MOMENTS = (
    "flows.filing.deliveries.archive_original",
    "flows.filing.lists.accept_list",
    "flows.runs.daily_run.write_run_files",
    "flows.runs.daily_run.write_manifest",
    "flows.runs.daily_run.write_generation",
    "flows.runs.daily_run.finish_run",
    "flows.runs.daily_run.commitments_and_releases",
    "flows.queue.files.save_state",
)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace with one person ready for the queue and one who opted out."""
    made = make_workspace(tmp_path / "ws")
    drop_list(made, "summit", [Line(ADA), Line("bea@birch.example", family="Ruiz", given="Bea")])
    drop(made, "briefs/ada.md", brief_about(ADA))
    drop(made, "optouts/replies.csv", "value\nbea@birch.example\n")
    return made


def _die_at(moment: str, folder: Path) -> None:
    """In a process of its own: run, and end by kill -9 when the moment comes."""
    module, _, name = moment.rpartition(".")
    holder = __import__(module, fromlist=[name])
    setattr(holder, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    publish(load(folder))


@pytest.mark.parametrize("moment", each(MOMENTS, 2))
def test_killed_at_any_moment_the_next_run_completes_it(ws: Workspace, moment: str) -> None:
    """Kill -9, then the ordinary run: published once, the opt-out heeded, nothing left over, all hashes right."""
    process = multiprocessing.get_context("spawn").Process(target=_die_at, args=(moment, ws.root))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert call(["intake", "--workspace", str(ws.root)]) == 0  # whatever command comes next sweeps up
    publish(ws)
    assert [line["contact_point"] for line in today(ws)] == [ADA]
    with open_ledger(ws) as ledger:
        assert ledger.publications().height == 1
        assert ledger.counts()["optout"] == 1
        assert ledger.counts()["commitment"] == 1
    assert verify_workspace(ws).faults == ()
    assert not list(ws.data.rglob(".stage-*"))


def _publish(folder: Path) -> None:
    publish(load(folder))


def test_two_runs_at_once_publish_one(ws: Workspace) -> None:
    """Both end well, the ledger holds one publication."""
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_publish, args=(ws.root,)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(180)
    assert [process.exitcode for process in both] == [0, 0]
    with open_ledger(ws) as ledger:
        assert ledger.publications().height == 1
    assert verify_workspace(ws).faults == ()


def test_a_missing_ledger_is_said_plainly(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """No ledger, no run; no traceback either, and what to do stands there."""
    ws.ledger_file.unlink()
    assert call(["run", "--workspace", str(ws.root)]) == 1
    told = capsys.readouterr().err
    assert "What to do:" in told
    assert "Traceback" not in told


def test_broken_rules_stop_before_anything_else(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Every mistake with file and line; the inbox is as it was."""
    local = ws.rules / "local"
    local.mkdir(exist_ok=True)
    (local / "one.toml").write_text('[[rule]]\nid = "local.a.b"\nstage = "nowhere"\n', encoding="utf-8")
    (local / "two.toml").write_text("not toml at all", encoding="utf-8")
    assert call(["run", "--workspace", str(ws.root)]) == 1
    told = capsys.readouterr().err
    assert "one.toml:1" in told
    assert "two.toml:1" in told
    assert len(list(ws.inbox.rglob("*.*"))) == 3


def test_a_missing_key_holds_everything(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the key nothing runs: exit 3."""
    for key in ws.keys.iterdir():
        key.unlink()
    assert call(["run", "--workspace", str(ws.root), "--json"]) == 3
    assert '"key_missing"' in capsys.readouterr().out


@pytest.mark.usefixtures("polars_gate")
def test_a_held_run_only_takes_people_out(ws: Workspace) -> None:
    """A stale feed: nothing is published, and whoever opted out meanwhile leaves today's queue all the same."""
    publish(ws)
    settings = ws.settings_file.read_text(encoding="utf-8")
    feed = '[[optout_feeds.feed]]\nname = "crm"\nmax_age_hours = 24\n'
    ws.settings_file.write_text(settings.replace("[optout_feeds]\nnone = true\n", feed), encoding="utf-8")
    drop(ws, "optouts/late.csv", f"value\n{ADA}\n")
    assert call(["run", "--workspace", str(ws.root)]) == 3
    assert today(ws) == []
    with open_ledger(load(ws.root)) as ledger:
        assert ledger.publications().height == 1
