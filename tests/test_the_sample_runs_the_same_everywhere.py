"""Law 6 on the whole sample, by the real command: neither names, order and age of files nor threads change a byte."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.ledger_access import open_ledger
from flows.workspace import load
from tests.demo_workspace import AS_OF, copy_of, files_of, new_demo, published_demo, tactful
from tests.postgres import fresh_database_url
from tests.small_workspace import publish

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, published."""
    return published_demo(tmp_path_factory)


def the_run(ws: Workspace) -> Path:
    """The folder of the one run there is."""
    (folder,) = [entry for entry in ws.runs.iterdir() if not entry.name.startswith(".")]
    return folder


def written(run: Path) -> dict[str, bytes]:
    """What a run wrote; pages of the gates hold the time they were made."""
    return {name: data for name, data in files_of(run).items() if not name.startswith("quality/data_docs/")}


def without_names(manifest: bytes) -> dict[str, object]:
    """A manifest but for what is noted of each list, which is where it was dropped and under which name."""
    whole: dict[str, object] = json.loads(manifest)
    inputs: list[dict[str, str]] = whole.pop("inputs")  # type: ignore[assignment]  # as the manifest has them
    return whole | {"inputs": [entry for entry in inputs if not entry["name"].endswith("/list.json")]}


def publications(ws: Workspace) -> list[str]:
    """The ids of the published runs."""
    with open_ledger(ws) as ledger:
        return list(ledger.publications().get_column("run_id"))


@pytest.mark.usefixtures("polars_gate")
def test_the_same_run_again_publishes_nothing(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``tactful run --as-of T`` twice: the same id, every file as it was, one publication."""
    ws = copy_of(demo, tmp_path / "ws")
    before = {place: files_of(ws.data / place) for place in ("runs", "store", "archive", "queue")}
    assert call(["run", "--as-of", AS_OF, "--workspace", str(ws.root), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "already_published"
    assert answer["run_id"] == the_run(ws).name
    assert {place: files_of(ws.data / place) for place in before} == before
    assert publications(ws) == [answer["run_id"]]


def rename_everything(ws: Workspace) -> None:
    """Give every dropped file another name, so that they come in another order, and another age."""
    for kind in ws.inbox.iterdir():
        files = sorted((file for file in kind.rglob("*") if file.is_file()), reverse=True)
        for number, file in enumerate(files):
            moved = file.rename(file.with_name(f"{number:03} other name{file.suffix.upper()}"))
            os.utime(moved, (1_200_000_000 + number, 1_200_000_000 + number))


def test_names_and_order_of_the_files_change_nothing(demo: Path, tmp_path: Path) -> None:
    """A fresh workspace with the same files under other names makes the same run, byte by byte."""
    ws = new_demo(tmp_path / "ws")
    rename_everything(ws)
    publish(ws)
    ours, theirs = (written(the_run(load(root))) for root in (ws.root, demo))
    differ = {name for name in theirs if not name.startswith("quality/") and ours.get(name) != theirs[name]}
    assert differ == {"manifest.json"}
    assert without_names(ours["manifest.json"]) == without_names(theirs["manifest.json"])
    assert the_run(ws).name == the_run(load(demo)).name
    assert files_of(ws.queue) == files_of(demo / "data" / "queue")
    assert files_of(ws.store_identity) == files_of(demo / "data" / "store" / "identity")


@pytest.mark.parametrize(
    ("threads", "both_gates"),
    [("1", False), *(pytest.param(number, True, marks=pytest.mark.long) for number in ("1", "2", "3", "8"))],
)
def test_the_number_of_threads_changes_nothing(demo: Path, tmp_path: Path, threads: str, *, both_gates: bool) -> None:
    """However many threads there are, a fresh workspace makes the same files, those of both gates included."""
    ws = new_demo(tmp_path / "ws")
    code, _, aside = tactful("run", "--workspace", str(ws.root), both_gates=both_gates, POLARS_MAX_THREADS=threads)
    assert code == 0, aside
    ours, theirs = (
        {name: data for name, data in written(the_run(load(root))).items() if both_gates or "quality/" not in name}
        for root in (ws.root, demo)
    )
    assert sorted(ours) == sorted(theirs)
    assert [name for name in sorted(theirs) if ours[name] != theirs[name]] == []


def test_the_database_of_the_ledger_changes_nothing(demo: Path, tmp_path: Path) -> None:
    """With its ledger in PostgreSQL a fresh workspace makes the same run, byte by byte, and it holds when looked at."""
    ws = new_demo(tmp_path / "ws")
    settings = ws.root / "tactful.toml"
    settings.write_text(f'database_url = "{fresh_database_url()}"\n' + settings.read_text("utf-8"), "utf-8")
    publish(load(ws.root))
    ours, theirs = (written(the_run(load(root))) for root in (ws.root, demo))
    decided = {name for name in ours if not name.startswith(("quality/", "manifest"))}
    assert decided >= {"decisions.parquet", "reasons.parquet", "queue.csv", "recall.csv"}
    assert [name for name in sorted(decided) if ours[name] != theirs[name]] == []
    assert the_run(ws).name == the_run(load(demo)).name
    assert not list(ws.root.rglob("ledger.db*"))
    assert call(["audit", "verify", "--workspace", str(ws.root)]) == 0
