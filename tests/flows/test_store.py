"""A list is accepted whole or not at all, once, and whatever interrupts it the next command completes it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.store import (
    ListMeta,
    accept_brief,
    accepted_list,
    active_lists,
    archive_original,
    generation_id,
    load_briefs,
    load_generation,
    load_records,
    sweep,
    write_generation,
)
from policies.errors import WorkspaceError
from policies.identity import Generation
from policies.schema import ALIASES, ASSIGNMENTS, BRIEFS, RECORDS, SPLITS, conform, empty
from tests.flows.lists import ORIGINAL, drop, take_in
from tests.flows.workspaces import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

SHA = hashlib.sha256(ORIGINAL).hexdigest()


def facts(ws: Workspace) -> dict[str, bytes]:
    """Every file below data that is not a lock, by place."""
    files = (path for path in ws.data.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
    return {ws.place(path): path.read_bytes() for path in files}


def test_an_accepted_list_stands_in_its_places(tmp_path: Path) -> None:
    """Records and what is known in the store, the original in the archive, refused rows in the rejects."""
    ws = make_workspace(tmp_path)
    meta = take_in(ws, drop(ws))
    assert sorted(facts(ws)) == [
        f"data/archive/{SHA}.csv",
        f"data/rejects/fair-{SHA[:8]}.csv",
        f"data/store/lists/{SHA}/list.json",
        f"data/store/lists/{SHA}/records.parquet",
    ]
    assert facts(ws)[f"data/archive/{SHA}.csv"] == ORIGINAL
    assert facts(ws)[f"data/rejects/fair-{SHA[:8]}.csv"] == b"name,email,_row,_code\n,'=nonsense,3,email_invalid\n"
    assert accepted_list(ws, SHA) == meta
    assert ListMeta.parse(meta.as_json()) == meta
    records = load_records(ws, active_lists(ws))
    assert records.schema == RECORDS
    assert records.get_column("row_number").to_list() == [1, 2, 3]


def test_a_list_dropped_again_changes_nothing(tmp_path: Path) -> None:
    """The same bytes under any name are known; the copy just goes."""
    ws = make_workspace(tmp_path)
    meta = take_in(ws, drop(ws))
    before = facts(ws)
    assert take_in(ws, drop(ws, name="again.txt")) == meta
    assert facts(ws) == before


def test_the_order_of_lists_is_their_hash(tmp_path: Path) -> None:
    """What comes first to the disk plays no part."""
    loaded = []
    for names in (("a", "b", "c"), ("c", "a", "b")):
        ws = make_workspace(tmp_path / "".join(names))
        for name in names:
            take_in(ws, drop(ws, name.encode()))
        loaded.append(load_records(ws, list(reversed(active_lists(ws)))))
    assert_frame_equal(*loaded)
    assert loaded[0].get_column("file_sha256").is_sorted()


def test_no_list_is_no_record(tmp_path: Path) -> None:
    """An empty workspace has the columns all the same."""
    ws = make_workspace(tmp_path)
    assert load_records(ws, active_lists(ws)).schema == RECORDS


KILLED = """
import os, sys
from pathlib import Path
import flows.store.lists as store
from flows.workspace import load
from tests.flows.lists import drop, take_in

step, wanted = 0, int(sys.argv[2])
def counted(name):
    real = getattr(store, name)
    def call(*args, **options):
        global step
        step += 1
        if step == wanted:
            os.kill(os.getpid(), 9)
        return real(*args, **options)
    return call
for name in ("make_folder", "write_parquet", "write_csv", "write_bytes", "fsync_tree", "fsync", "move_file"):
    setattr(store, name, counted(name))
ws = load(Path(sys.argv[1]))
take_in(ws, drop(ws))
"""


def test_killed_at_any_step_the_next_command_completes_it(tmp_path: Path) -> None:
    """After a kill -9 before each step in turn: sweep, take in what still lies there, and every byte is the same."""
    whole = make_workspace(tmp_path / "whole")
    take_in(whole, drop(whole))
    died = 0
    for step in range(1, 30):
        ws = make_workspace(tmp_path / str(step))
        process = subprocess.run([sys.executable, "-c", KILLED, str(ws.root), str(step)], check=False)
        died += process.returncode == -9
        sweep(ws)
        for path in sorted((ws.inbox_of("lists") / "fair").iterdir()):
            take_in(ws, path)
        assert facts(ws) == facts(whole)
        if process.returncode == 0:
            break
    assert died >= 8


def test_sweep_says_what_it_cleared(tmp_path: Path) -> None:
    """Stage folders and unfinished files go; a clean workspace has none."""
    ws = make_workspace(tmp_path)
    (ws.store / ".stage-x-1").mkdir()
    (ws.runs / ".stage-y-1" / "quality").mkdir(parents=True)
    (ws.queue / ".tactful-part-1").write_bytes(b"x")
    (ws.quarantine / "gone.csv.why.json").write_bytes(b"{}")
    swept = sweep(ws)
    assert (swept.stages, swept.partials, swept.reasons) == (2, 1, 1)
    swept = sweep(ws)
    assert (swept.stages, swept.partials, swept.reasons) == (0, 0, 0)
    assert facts(ws) == {}


def test_what_the_store_says_of_a_drop_cannot_reach_outside(tmp_path: Path) -> None:
    """A list.json that names a file outside is not followed."""
    ws = make_workspace(tmp_path / "ws")
    outside = tmp_path / "outside.csv"
    outside.write_bytes(ORIGINAL)
    take_in(ws, drop(ws))
    meta = ws.store_lists / SHA / "list.json"
    meta.write_bytes(meta.read_bytes().replace(b"inbox/lists/fair/List.CSV", b"../../outside.csv"))
    sweep(ws)
    assert outside.read_bytes() == ORIGINAL


@pytest.mark.parametrize(
    ("name", "ending"), [("x.CSV", "csv"), ("x", "bin"), ("x.c s v", "bin"), ("x.verylongending", "bin")]
)
def test_an_archived_file_has_a_plain_ending(tmp_path: Path, name: str, ending: str) -> None:
    """The ending comes from outside and is taken only if it is one."""
    ws = make_workspace(tmp_path)
    assert archive_original(ws, drop(ws, name=name), SHA).name == f"{SHA}.{ending}"


BRIEF = {"brief_id": "b", "contact_channel": "email", "contact": "ada@example.com", "tier": "full", "author": "maria"}


def test_briefs_come_back_as_they_were_accepted(tmp_path: Path) -> None:
    """Text by its hash, dates as dates, the same text once."""
    ws = make_workspace(tmp_path)
    row = BRIEF | {"written_on": date(2026, 10, 1), "opening_line": "Hällo", "text": "# Ada\r\nline\n"}
    assert accept_brief(ws, row) == accept_brief(ws, row) == hashlib.sha256(b"# Ada\r\nline\n").hexdigest()
    accept_brief(ws, {"brief_id": "a", "text": "other"})
    loaded = load_briefs(ws)
    assert loaded.schema == BRIEFS
    assert loaded.get_column("brief_id").to_list() == ["a", "b"]
    assert_frame_equal(loaded.tail(1), conform(pl.DataFrame([row]), BRIEFS))
    assert load_briefs(make_workspace(tmp_path / "empty")).height == 0


def test_a_brief_without_its_text_is_told(tmp_path: Path) -> None:
    """A missing text is an error, not a brief less."""
    ws = make_workspace(tmp_path)
    (ws.store_briefs / f"{accept_brief(ws, BRIEF | {'text': 'x'})}.md").unlink()
    with pytest.raises(WorkspaceError) as caught:
        load_briefs(ws)
    assert caught.value.code == "file_missing"


def test_a_generation_is_named_by_its_content(tmp_path: Path) -> None:
    """Written twice it is one; another assignment is another; none is the state before the first run."""
    ws = make_workspace(tmp_path)
    row = {"record_id": ["r1"], "person_id": ["p1"], "first_seen_on": [date(2026, 10, 14)]}
    generation = Generation(conform(pl.DataFrame(row), ASSIGNMENTS), empty(ALIASES), empty(SPLITS))
    name = write_generation(ws, generation)
    assert name == write_generation(ws, generation) == generation_id(generation)
    assert_frame_equal(load_generation(ws, name).assignments, generation.assignments)
    assert write_generation(ws, Generation.none()) != name
    assert load_generation(ws, None).assignments.is_empty()
    assert sorted(folder.name for folder in ws.store_identity.iterdir()) == sorted(
        [name, generation_id(Generation.none())]
    )


def test_sweep_leaves_an_import_at_work_alone(tmp_path: Path) -> None:
    """An import takes no lock: the copy of a process that is there stays, that of one that is gone does not."""
    ws = make_workspace(tmp_path)
    own, gone = (ws.data / f".stage-import-{process}-0a1b2c3d" for process in (os.getpid(), 2**22 + 7))
    for folder in (own, gone):
        folder.mkdir(parents=True)
        (folder / "replies.csv").write_text("value\nada@acme.example\n", encoding="utf-8")
    sweep(ws)
    assert own.is_dir()
    assert not gone.exists()
