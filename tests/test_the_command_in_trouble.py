"""The real command in trouble: killed, raced, held by a gate, out of disk, without ledger or key. The next one works.

Whatever happens, nothing is published by halves, today's queue only loses people, and what is said is a plain sentence.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.ledger import create_key
from flows.ledger_access import open_ledger
from flows.verification import verify_workspace
from flows.workspace import load
from tests.demo_workspace import start, tactful
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.workspace import Workspace

ADA, BEA = "ada@acme.example", "bea@bolt.example"
POLL = 0.002  # seconds


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Two people ready for the queue, and one who opted out, all still in the inbox."""
    made = make_workspace(tmp_path / "ws")
    people = [Line(ADA), Line(BEA, "Ruiz", given="Bea", company="Bolt Inc"), Line("cho@dyn.example", "Cho")]
    drop_list(made, "summit", people)
    drop(made, "briefs/ada.md", brief_about(ADA))
    drop(made, "briefs/bea.md", brief_about(BEA, "Bea Ruiz"))
    drop(made, "optouts/o.csv", "value\ncho@dyn.example\n")
    return made


def run(ws: Workspace, *words: str) -> tuple[int, str, str]:
    """``tactful run`` in a process of its own."""
    return tactful("run", "--workspace", str(ws.root), *words)


def whole(ws: Workspace, people: list[str], publications: int = 1) -> None:
    """The queue holds these people, so many runs were published, and everything is as it was written."""
    assert sorted(line["contact_point"] for line in today(ws)) == sorted(people)
    with open_ledger(ws) as ledger:
        assert ledger.publications().height == publications
        assert ledger.counts()["optout"] >= 1
    assert verify_workspace(ws).faults == ()
    assert not list(ws.data.rglob(".stage-*"))


def plain(said: str) -> None:
    """A sentence and what to do, and nothing of the inside."""
    assert "What to do:" in said
    assert "Traceback" not in said
    assert "Error" not in said


MOMENTS: dict[str, Callable[[Workspace], bool]] = {
    "while it files": lambda ws: any(ws.archive.iterdir()),
    "once the list is accepted": lambda ws: any(ws.store_lists.iterdir()),
    "while it writes the run": lambda ws: any(ws.runs.glob(".stage-*/decisions.parquet")),
    "when the run has its name": lambda ws: any(entry.name.startswith("2026") for entry in ws.runs.iterdir()),
    "when the queue is there": lambda ws: (ws.queue / "today.csv").is_file(),
}


@pytest.mark.long  # tests/test_run_is_interrupted.py ends the same steps in-process
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_the_next_run_completes_it(ws: Workspace, moment: str) -> None:
    """``kill -9`` of the command, then another run: published once, the opt-out kept, nothing left over."""
    reached = MOMENTS[moment]
    with start("run", "--workspace", str(ws.root)) as process:
        while process.poll() is None and not reached(ws):
            time.sleep(POLL)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert reached(ws)
    publish(ws)
    whole(ws, [ADA, BEA])


@pytest.mark.long
def test_two_commands_at_once_publish_once(ws: Workspace) -> None:
    """Both end well; one has published, the other found it done."""
    command = ("run", "--workspace", str(ws.root), "--json")
    with start(*command) as one, start(*command) as other:
        ended = [process.communicate(timeout=250) for process in (one, other)]
        assert (one.returncode, other.returncode) == (0, 0), ended
    answers = [json.loads(said) for said, _ in ended]
    assert sorted(answer["status"] for answer in answers) == ["already_published", "published"]
    assert len({answer["run_id"] for answer in answers}) == 1
    whole(ws, [ADA, BEA])


def test_a_gate_that_fails_holds_the_run(ws: Workspace) -> None:
    """A list that is not what its contract expects any more: exit 3, nothing published, the queue only loses people."""
    publish(ws)
    before = {entry.name for entry in ws.runs.iterdir()}
    contract = ws.sources / "summit.toml"
    fine = contract.read_text(encoding="utf-8")
    contract.write_text(fine + "\n[expect]\nrows = { min = 100 }\n", encoding="utf-8")
    drop(ws, "optouts/late.csv", f"value\n{ADA}\n")
    drop(ws, "briefs/cho.md", brief_about("cho@dyn.example", "Ada Cho"))
    code, said, _ = run(ws, "--json")
    assert (code, json.loads(said)["error"]["code"]) == (3, "gate_failed")
    assert {entry.name for entry in ws.runs.iterdir()} == before
    whole(ws, [BEA])
    contract.write_text(fine, encoding="utf-8")
    publish(ws)
    whole(ws, [BEA], publications=2)


@pytest.mark.parametrize(
    ("size", "both_gates"),
    [
        (8_192, False),
        (60_000, False),
        *(pytest.param(size, True, marks=pytest.mark.long) for size in (60_000, 160_000)),
    ],
)
def test_a_full_disk_is_said_plainly(ws: Workspace, size: int, *, both_gates: bool) -> None:
    """No file can grow beyond some size, so that this or that write fails; with room again the run works.

    Where it is the gate that cannot write, the run is held.
    """
    code, _, aside = tactful("run", "--workspace", str(ws.root), largest_file=size, both_gates=both_gates)
    assert code in {1, 3}
    plain(aside)
    with open_ledger(ws) as ledger:
        assert ledger.publications().is_empty()
    publish(ws)
    whole(ws, [ADA, BEA])


def test_a_ledger_that_is_gone_is_never_made_anew(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a run nor an opt-out makes a new one, which would forget everybody; brought back, all goes on."""
    publish(ws)
    kept = ws.ledger_file.rename(ws.root / "kept.db")
    for words in (("run",), ("optout", "add", ADA)):
        assert call([*words, "--workspace", str(ws.root)]) == 1
        told = capsys.readouterr().err
        plain(told)
        assert "There is no ledger" in told
    assert not ws.ledger_file.exists()
    kept.rename(ws.ledger_file)
    whole(ws, [ADA, BEA])


def test_another_key_holds_everything(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """With a key that is not the ledger's own nobody would be recognised: exit 3, and the queue stays as it is."""
    publish(ws)
    own = ws.key_file.read_text(encoding="ascii")
    ws.key_file.unlink()
    create_key(ws.key_file)
    for words in (("run",), ("optout", "add", ADA)):
        capsys.readouterr()
        code = call([*words, "--workspace", str(ws.root), "--json"])
        assert (code, json.loads(capsys.readouterr().out)["error"]["code"]) == (3, "key_wrong")
    ws.key_file.write_text(own, encoding="ascii")
    whole(ws, [ADA, BEA])


@pytest.mark.long
def test_a_locked_ledger_is_waited_for_and_then_named(ws: Workspace) -> None:
    """Somebody else writes and does not stop: after half a minute exit 1; an opt-out given then works once they end."""
    publish(ws)
    with closing(sqlite3.connect(ws.ledger_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, said, _ = tactful("optout", "add", ADA, "--workspace", str(ws.root), "--json")
        assert (code, json.loads(said)["error"]["code"]) == (1, "ledger_locked")
        assert tactful("why", ADA, "--workspace", str(ws.root))[0] == 0
        other.execute("ROLLBACK")
    assert tactful("optout", "add", ADA, "--workspace", str(ws.root))[0] == 0
    whole(ws, [BEA])


@pytest.mark.usefixtures("polars_gate")
def test_a_stale_feed_holds_the_run_and_opt_outs_count(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Every late feed is named; whom the inbox names is taken out all the same."""
    publish(ws)
    settings = ws.settings_file.read_text(encoding="utf-8")
    feeds = "".join(f'[[optout_feeds.feed]]\nname = "{name}"\nmax_age_hours = 24\n' for name in ("crm", "shop"))
    ws.settings_file.write_text(settings.replace("[optout_feeds]\nnone = true\n", feeds), encoding="utf-8")
    drop(ws, "optouts/shop/today.csv", f"value\n{ADA}\n")
    capsys.readouterr()
    code = call(["run", "--workspace", str(ws.root), "--json"])
    error = json.loads(capsys.readouterr().out)["error"]
    assert (code, error["code"]) == (3, "feed_stale")
    assert "crm never arrived" in error["message"]
    assert "shop" not in error["message"]
    assert [line["contact_point"] for line in today(ws)] == [BEA]
    drop(load(ws.root), "optouts/crm/today.csv", "value\nnobody@example.net\n")
    publish(load(ws.root))
    whole(ws, [BEA], publications=2)
