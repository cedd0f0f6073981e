"""Law 6 on real workspaces: the same inputs give the same run, byte for byte, whatever came in which order."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.files import tree_files
from flows.ledger_access import open_ledger
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

PEOPLE = [
    Line("ada@acme.example", phone="+1 312 555 0101"),
    Line("bea@birch.example", family="Ruiz", given="Bea", company="Birch Ltd", country="United Kingdom", state=""),
    Line("cem@cedar.example", family="Aydin", given="Cem", company="Cedar GmbH", country="Germany", state=""),
    Line("not an address", family="Nobody", given="No"),
]
GUILD = [Line("ada.private@example.org", phone="+1 312 555 0101"), Line("dan@dune.example", family="Moss", given="Dan")]
OPTOUTS = "value,received_at\nbea@birch.example,2026-10-01\ndan@dune.example,2026-10-02\n"


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its place."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in tree_files(folder)}


def fill(ws: Workspace, *, turned: bool = False) -> None:
    """Drop two lists, two opt-outs and a brief; ``turned``: in another order and under other names."""
    head, *rows = OPTOUTS.splitlines()
    drop_list(ws, "summit", PEOPLE, "z.csv" if turned else "a.csv")
    drop_list(ws, "guild", GUILD, "a.csv" if turned else "z.csv")
    for number, row in enumerate(reversed(rows) if turned else rows):
        drop(ws, f"optouts/{number}.csv", f"{head}\n{row}\n")
    drop(ws, "briefs/ada.md", brief_about("ada@acme.example"))


def published(ws: Workspace) -> list[str]:
    """Run ids of all publications."""
    with open_ledger(ws) as ledger:
        return ledger.publications().get_column("run_id").to_list()


def test_the_same_run_again_publishes_nothing(tmp_path: Path) -> None:
    """Twice as of the same instant: one run id, one publication, not a byte touched."""
    ws = make_workspace(tmp_path / "ws")
    fill(ws)
    as_of = datetime(2026, 10, 14, 9, tzinfo=UTC)
    first = publish(ws, as_of)
    before = files_of(ws.run_folder(first.run_id)) | files_of(ws.queue)
    again = publish(ws, as_of)
    assert (first.status, again.status) == ("published", "already_published")
    assert again.run_id == first.run_id
    assert published(ws) == [first.run_id]
    assert files_of(ws.run_folder(first.run_id)) | files_of(ws.queue) == before


def test_nothing_new_names_the_run_again_after_other_runs(tmp_path: Path) -> None:
    """An opt-out makes a second revision of the same instant; without anything new it is found again, not repeated."""
    ws = make_workspace(tmp_path / "ws")
    fill(ws)
    first = publish(ws)
    drop(ws, "optouts/late.csv", "value\nada@acme.example\n")
    second = publish(ws)
    assert second.run_id != first.run_id
    assert (second.status, second.revision) == ("published", 2)
    assert publish(ws).run_id == second.run_id
    assert published(ws) == [first.run_id, second.run_id]
    assert today(ws) == []


def test_the_order_of_files_and_names_plays_no_part(tmp_path: Path) -> None:
    """Two workspaces given the same content in another order decide the same, byte for byte."""
    runs = []
    for name, turned in (("one", False), ("two", True)):
        ws = make_workspace(tmp_path / name)
        fill(ws, turned=turned)
        runs.append(ws.run_folder(publish(ws).run_id))
    one, two = (files_of(run) for run in runs)
    for name in ("reasons.parquet", "queue.csv", "queue.parquet", "briefs_wanted.csv", "review.csv"):
        assert one[name] == two[name], name


@pytest.mark.parametrize("place", ["runs", "queue", "store/identity"])
def test_two_builds_are_one(tmp_path: Path, place: str) -> None:
    """A workspace made anew from the same files: the same run id, the same bytes."""
    trees = []
    for name in ("one", "two"):
        ws = make_workspace(tmp_path / name)
        fill(ws)
        publish(ws)
        shutil.rmtree(ws.queue / ".state.json", ignore_errors=True)
        trees.append(files_of(ws.data / place))
    assert trees[0] == trees[1]
