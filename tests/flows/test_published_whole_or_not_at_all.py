"""A run's folder appears whole or not at all, and one altered byte of it is found and named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.runs.manifest import Fault, build, entry_of_text, tree_sha256, verify_run, write_manifest
from flows.runs.publish import discard_stage, finish_run, mark_published, stage_run, sweep_runs
from flows.store import sweep
from flows.store.parquet import write_parquet
from policies.errors import WorkspaceError
from tests.flows.workspaces import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

OTHER = "was altered: the ledger knows another hash"
RUN = "20261014T063000Z-0123456789ab"


def write_run(ws: Workspace, stage: Path, word: str = "x", head: int = 7) -> str:
    """Put the files of a small run into a stage folder; gives the hash of its manifest."""
    write_parquet(pl.DataFrame({"run_id": [RUN], "word": [word]}), stage / "decisions.parquet")
    (stage / "report.html").write_text("<p>", encoding="utf-8")
    (stage / "report.html").chmod(0o644)
    (stage / "quality").mkdir(exist_ok=True)
    (stage / "quality" / "queue.json").write_text("{}", encoding="utf-8")
    manifest = build(
        stage,
        {"run_id": ws.run_folder(RUN).name},
        inputs=[],
        rule_files=[entry_of_text("core.toml", "a = 1\n")],
        counts={"queued": 1},
        versions={"tactful": "1"},
        ledger_head=head,
    )
    return write_manifest(stage, manifest)


def publish(ws: Workspace, head: int = 7) -> tuple[Path, str]:
    """Stage and finish the small run; gives its folder and the hash of its manifest."""
    stage = stage_run(ws, RUN)
    sha256 = write_run(ws, stage, head=head)
    return finish_run(ws, stage, RUN), sha256


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_finished_run_is_whole_private_and_verified(tmp_path: Path) -> None:
    """Under its name stands everything, closed to others; no stage folder is left."""
    ws = make_workspace(tmp_path)
    folder, sha256 = publish(ws)
    assert folder == ws.runs / RUN
    assert sorted(files(folder)) == ["decisions.parquet", "manifest.json", "quality/queue.json", "report.html"]
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}
    assert [entry.name for entry in ws.runs.iterdir()] == [RUN]
    assert verify_run(folder, sha256, tree_sha256(folder / "quality")) == []


def test_the_same_run_again_is_kept_and_another_refused(tmp_path: Path) -> None:
    """Equal manifests are one run; a folder with other content is left as it is, and so is the stage."""
    ws = make_workspace(tmp_path)
    folder, _ = publish(ws)
    before = files(folder)
    publish(ws)
    assert files(folder) == before
    stage = stage_run(ws, RUN)
    write_run(ws, stage, word="y")
    with pytest.raises(WorkspaceError) as caught:
        finish_run(ws, stage, RUN)
    assert caught.value.code == "run_differs"
    assert files(folder) == before
    discard_stage(stage)
    assert [entry.name for entry in ws.runs.iterdir()] == [RUN]


@pytest.mark.parametrize(
    ("alter", "faults"),
    [
        (lambda run: (run / "report.html").write_text("<q>"), [Fault("report.html", "was altered")]),
        (lambda run: (run / "report.html").unlink(), [Fault("report.html", "is missing")]),
        (lambda run: (run / "more.csv").touch(), [Fault("more.csv", "is not in the manifest")]),
        (lambda run: (run / "quality" / "queue.json").write_text("{ }"), [Fault("quality/", OTHER)]),
        (lambda run: (run / "quality" / "queue.json").rename(run / "quality" / "q.json"), [Fault("quality/", OTHER)]),
        (lambda run: (run / "manifest.json").write_text("{}"), [Fault("manifest.json", OTHER)]),
        (lambda run: (run / "manifest.json").unlink(), [Fault("manifest.json", "is missing")]),
        (shutil.rmtree, [Fault(RUN, "is missing")]),
    ],
)
def test_every_alteration_is_named(tmp_path: Path, alter: object, faults: list[Fault]) -> None:
    """Whatever is altered in a run's folder, the fault names the file."""
    folder, sha256 = publish(make_workspace(tmp_path))
    quality = tree_sha256(folder / "quality")
    assert callable(alter)
    alter(folder)
    assert verify_run(folder, sha256, quality) == faults


def test_one_flipped_byte_of_any_file_is_found(tmp_path: Path) -> None:
    """Byte by byte through every file of a run."""
    folder, sha256 = publish(make_workspace(tmp_path))
    quality = tree_sha256(folder / "quality")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        for at in {0, len(whole) // 2, len(whole) - 1}:
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            (fault,) = verify_run(folder, sha256, quality)
            assert path.relative_to(folder).as_posix().startswith(fault.place)
        path.write_bytes(whole)
    assert verify_run(folder, sha256, quality) == []


KILLED = """
import os, sys
from pathlib import Path
import flows.runs.publish as publishing
from flows.workspace import load
from tests.flows.test_published_whole_or_not_at_all import publish
at = sys.argv[2]
if at == "before rename":
    publishing.fsync_tree = lambda _: os.kill(os.getpid(), 9)
else:
    publishing.fsync = lambda _: os.kill(os.getpid(), 9)
publish(load(Path(sys.argv[1])))
"""


@pytest.mark.parametrize(("at", "left"), [("before rename", []), ("after rename", [RUN])])
def test_killed_while_publishing_the_next_run_gives_the_same_bytes(tmp_path: Path, at: str, left: list[str]) -> None:
    """After a kill -9 the sweep leaves no trace of what was never claimed, and running again makes it again."""
    whole, _ = publish(make_workspace(tmp_path / "whole"))
    ws = make_workspace(tmp_path / "killed")
    assert subprocess.run([sys.executable, "-c", KILLED, str(ws.root), at], check=False).returncode == -9
    assert len(list(ws.runs.iterdir())) == 1
    sweep(ws)
    assert sweep_runs(ws, published=[], ledger_head=7) == left
    assert list(ws.runs.iterdir()) == []
    folder, _ = publish(ws)
    assert files(folder) == files(whole)


def test_published_runs_are_not_swept(tmp_path: Path) -> None:
    """What the ledger knows stays."""
    ws = make_workspace(tmp_path)
    publish(ws)
    assert sweep_runs(ws, published=[RUN], ledger_head=7) == []
    assert [entry.name for entry in ws.runs.iterdir()] == [RUN]


def test_runs_that_a_newer_ledger_may_know_stay(tmp_path: Path) -> None:
    """A run decided at an event the ledger has not got, or published once, is all that is left of a lost ledger."""
    ws = make_workspace(tmp_path)
    publish(ws, head=9)
    assert sweep_runs(ws, [], ledger_head=8) == []
    mark_published(ws, RUN)
    assert sweep_runs(ws, [], ledger_head=9) == []
    assert [entry.name for entry in ws.runs.glob("[!.]*")] == [RUN]


def test_no_link_is_published(tmp_path: Path) -> None:
    """A run's folder holds its files itself."""
    ws = make_workspace(tmp_path)
    stage = stage_run(ws, RUN)
    (stage / "x").symlink_to("/etc/hosts")
    with pytest.raises(WorkspaceError):
        finish_run(ws, stage, RUN)
    assert not (ws.runs / RUN).exists()


def test_the_manifest_lists_inputs_rules_and_outputs(tmp_path: Path) -> None:
    """Sorted, with both hashes, without itself and quality/; no time and no place."""
    ws = make_workspace(tmp_path)
    folder, _ = publish(ws)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert [entry["name"] for entry in manifest["outputs"]] == ["decisions.parquet", "report.html"]
    assert all(len(entry["sha256"]) == len(entry["content_sha256"]) == 64 for entry in manifest["outputs"])
    assert [entry["name"] for entry in manifest["rule_files"]] == ["core.toml"]
    assert (manifest["counts"], manifest["versions"], manifest["ledger_head"]) == ({"queued": 1}, {"tactful": "1"}, 7)
    assert str(tmp_path) not in json.dumps(manifest)
