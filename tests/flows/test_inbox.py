"""Whole files are taken at once, growing ones are left, links are seen and refused."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from flows.filing.dropped import check_plain, dropped_files, is_settled, settled
from policies.errors import RefusedFile
from tests.flows.workspaces import make_workspace

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_meant_is_listed_with_its_source(tmp_path: Path) -> None:
    """Files by path, the first folder as source; leftovers of programs are no drops."""
    ws = make_workspace(tmp_path)
    root = ws.inbox_of("lists")
    meant = ["fair/b.csv", "fair/a.csv", "club/deep/c.xlsx", "loose.csv"]
    leftovers = [
        ".hidden",
        "fair/.~lock.a.csv#",
        "fair/~$a.xlsx",
        "fair/a.csv.part",
        "fair/a.csv~",
        "Thumbs.db",
        ".d/x.csv",
    ]
    for name in meant + leftovers:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    found = [(drop.path.relative_to(root).as_posix(), drop.folder) for drop in dropped_files(ws, "lists")]
    assert found == [("club/deep/c.xlsx", "club"), ("fair/a.csv", "fair"), ("fair/b.csv", "fair"), ("loose.csv", None)]
    assert dropped_files(ws, "touches") == []


def test_links_and_special_files_are_listed_and_refused(tmp_path: Path) -> None:
    """A link to a file or folder is not read, a pipe is not waited for."""
    ws = make_workspace(tmp_path / "ws")
    root, outside = ws.inbox_of("lists"), tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").touch()
    (root / "a-link.csv").symlink_to(outside / "secret.csv")
    (root / "b-folder").symlink_to(outside)
    os.mkfifo(root / "c-pipe.csv")
    (root / "d.csv").touch()
    drops = dropped_files(ws, "lists")
    assert [drop.path.name for drop in drops] == ["a-link.csv", "b-folder", "c-pipe.csv", "d.csv"]
    for drop in drops[:3]:
        with pytest.raises(RefusedFile) as caught:
            check_plain(drop.path)
        assert caught.value.code == "not_a_file"
    check_plain(drops[3].path)


@pytest.mark.parametrize(
    ("changed", "now", "whole"),
    [(100.0, 100.0, False), (100.0, 101.9, False), (100.0, 102.0, True), (101.0, 100.0, False), (500.0, 100.0, True)],
)
def test_a_file_at_rest_for_some_seconds_is_whole(changed: float, now: float, whole: bool) -> None:  # noqa: FBT001 - a case table
    """Slightly in the future is a clock that is off, far in the future says nothing."""
    assert is_settled(changed, now, 2.0) is whole


def test_a_file_dropped_just_now_is_taken_and_a_growing_one_left(tmp_path: Path) -> None:
    """Both were written to this moment; only one still is."""
    whole, growing, old, gone = (tmp_path / name for name in ("whole", "growing", "old", "gone"))
    for path in (whole, growing, old):
        path.write_bytes(b"x")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    grow = threading.Timer(0.1, lambda: growing.write_bytes(b"xx"))
    grow.start()
    assert settled([growing, old, whole, gone], seconds=0.5) == ([old, whole], [growing])
    grow.join()


def test_files_at_rest_cost_no_waiting(tmp_path: Path) -> None:
    """Only fresh files are looked at twice."""
    path = tmp_path / "x"
    path.write_bytes(b"x")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    began = time.monotonic()
    assert settled([path], seconds=30.0) == ([path], [])
    assert time.monotonic() - began < 10
