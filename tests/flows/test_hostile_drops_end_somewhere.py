"""Whatever lies in the drop folders, intake ends, and takes or refuses each file by itself."""

from __future__ import annotations

import io
import json
import os
import socket
import threading
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.filing.dropped import LeftAlone, settled, steady
from flows.pipeline import intake, undo_file
from flows.store import active_lists
from flows.verification import verify_workspace
from policies.errors import RefusedFile, WorkspaceError
from tests.small_workspace import Line, drop, drop_list, make_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.workspace import Workspace

LONG_AGO = 1_000_000_000
NAMES = (
    "-rf.csv",
    "--workspace=x.csv",
    "a\nb\x1b[31m.csv",
    "tab\tand\rreturn.csv",
    "con.csv",
    "x.csv.why.json",
    "q?*<>|.csv",
    "\u202egnp.csv",
    "no ending",
    "jane@acme.example +1 312 555 0101.csv",
    "%2e%2e%2f.csv",
    "caf\u00e9.csv",
    "cafe\u0301.csv",
    "n" * 251 + ".csv",
    os.fsdecode(b"\xff\xfe.csv"),
)
NOT_A_LIST = b"\x00\x01\x02" * 10


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace without anybody."""
    return make_workspace(tmp_path / "ws")


def put(folder: Path, name: str, content: bytes) -> Path:
    """A file of any name, long at rest."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def outside(ws: Workspace) -> set[str]:
    """What lies beside the workspace."""
    return {path.name for path in ws.root.parent.iterdir()}


def test_files_of_any_name_are_refused_into_quarantine(ws: Workspace) -> None:
    """One by one, beside a reason that can be read, under a name that does no harm."""
    before = outside(ws)
    for name in NAMES:
        put(ws.inbox / "lists" / "summit", name, NOT_A_LIST)
    found = intake(ws)
    assert {file.status for file in found.files} == {"quarantined"}
    assert found.quarantined == len(NAMES) == len(found.files)
    reasons = list(ws.quarantine.glob("*.why.json"))
    assert len(reasons) == len(NAMES)
    for why in reasons:
        assert json.loads(why.read_bytes())["code"]
        assert why.with_name(why.name.removesuffix(".why.json")).read_bytes() == NOT_A_LIST
        assert why.name.isprintable()
    assert outside(ws) == before
    assert not any(path.is_file() for path in ws.inbox.rglob("*"))


def test_lists_of_any_name_are_taken_in_and_out(ws: Workspace) -> None:
    """The name plays no part in what becomes of them; nothing is amiss afterwards."""
    names = [name for name in NAMES if not name.endswith(".json")]  # that ending says what it is
    for number, name in enumerate(names):
        file = drop_list(ws, "summit", [Line(f"p{number}@firm{number}.example", f"Name{number}")])
        file.rename(file.with_name(name))
    found = intake(ws)
    assert {file.status for file in found.files} == {"accepted"}
    assert len(active_lists(ws)) == len(names)
    assert verify_workspace(ws).faults == ()
    for meta in active_lists(ws):
        undo_file(ws, meta.sha256)
    assert active_lists(ws) == []
    assert verify_workspace(ws).faults == ()


@pytest.mark.parametrize("source", ["a\nb", "-x", "people.csv", "x" * 255, os.fsdecode(b"\xff"), "\u202eabc", "~"])
def test_source_folders_of_any_name_are_refused_with_a_reason(ws: Workspace, source: str) -> None:
    """No contract has such a name; the command still ends with its answer."""
    put(ws.inbox / "lists" / source, "people.csv", b"Name,Email,Opt-out\nAda Okafor,ada@acme.example,yes\n")
    words = ["intake", "--workspace", str(ws.root)]
    assert call([*words, "--json"]) == 4
    (why,) = ws.quarantine.glob("*.why.json")
    assert json.loads(why.read_bytes())["code"] in {"no_source_contract", "no_source_folder"}
    assert call(words) == 0


def test_what_is_no_file_is_never_opened(ws: Workspace) -> None:
    """Pipes, sockets and links end in quarantine; folders named like files are folders."""
    root = ws.inbox / "lists" / "summit"
    root.mkdir(parents=True)
    os.mkfifo(root / "pipe.csv")
    os.mkfifo(root / "pipe.xlsx")
    (root / "link.csv").symlink_to("/etc/passwd")
    (root / "loop.csv").symlink_to("loop.csv")
    (root / "folder.csv").mkdir()
    here = Path.cwd()
    os.chdir(root)  # the name of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket.csv")
    finally:
        os.chdir(here)
    began = time.monotonic()
    found = {file.name: file.code for file in intake(ws).files}
    assert found == dict.fromkeys(("pipe.csv", "pipe.xlsx", "link.csv", "loop.csv", "socket.csv"), "not_a_file")
    assert time.monotonic() - began < 20
    assert (root / "folder.csv").is_dir()
    assert [file.name for file in intake(ws).files] == []


def _zip(*, whole: bool) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>" * 100)
    return out.getvalue() if whole else out.getvalue()[:-40]


@pytest.mark.parametrize("content", [_zip(whole=False), b"PAR1" + b"\x00" * 100])
def test_a_workbook_without_its_end_is_looked_at_twice(tmp_path: Path, content: bytes) -> None:
    """However old it says it is: still growing it is left, and one that stays as it is gets judged."""
    growing, broken = (put(tmp_path, name, content) for name in ("growing.xlsx", "broken.xlsx"))

    def grow() -> None:
        with growing.open("ab") as stream:
            stream.write(b"x")
        os.utime(growing, (LONG_AGO, LONG_AGO))

    timer = threading.Timer(0.1, grow)
    timer.start()
    assert settled([growing, broken], seconds=0.5) == ([broken], [growing])
    timer.join()


def test_a_whole_workbook_at_rest_costs_no_waiting(tmp_path: Path) -> None:
    """Its end is there."""
    path = put(tmp_path, "whole.xlsx", _zip(whole=True))
    began = time.monotonic()
    assert settled([path], seconds=30.0) == ([path], [])
    assert time.monotonic() - began < 10


def _written(path: Path) -> None:
    path.write_bytes(b"x" * 50)
    os.utime(path, (LONG_AGO, LONG_AGO))


def _replaced(path: Path) -> None:
    other = put(path.parent, "other", b"y")
    other.replace(path)


def _read_while(path: Path, change: Callable[[Path], None], trouble: Exception | None) -> None:
    with steady(path):
        change(path)
        if trouble is not None:
            raise trouble


@pytest.mark.parametrize(
    ("change", "code"), [(_written, "file_growing"), (_replaced, "file_growing"), (Path.unlink, "file_gone")]
)
@pytest.mark.parametrize("trouble", [None, RefusedFile("x", "x", "x"), WorkspaceError("file_missing", "x", "x")])
def test_what_changes_while_it_is_read_does_not_count(
    tmp_path: Path, change: Callable[[Path], None], code: str, trouble: Exception | None
) -> None:
    """Whatever was made of half a file, it is left for the next time."""
    path = put(tmp_path, "a.csv", b"y")
    with pytest.raises(LeftAlone) as caught:
        _read_while(path, change, trouble)
    assert caught.value.code == code


def test_a_file_at_rest_is_read_and_its_own_trouble_told(tmp_path: Path) -> None:
    """Nothing else is made of it; a file that may not be read is left."""
    path = put(tmp_path, "a.csv", b"y")
    with steady(path):
        path.read_bytes()
    with pytest.raises(RefusedFile), steady(path):
        raise RefusedFile("x", "x", "x")
    with pytest.raises(LeftAlone) as caught, steady(path):
        raise WorkspaceError("no_permission", "x", "x", {"place": "a.csv"})
    assert caught.value.code == "file_unreadable"
    with pytest.raises(WorkspaceError), steady(path):
        raise WorkspaceError("disk_full", "x", "x")


@pytest.fixture
def unreadable(ws: Workspace) -> Iterator[Workspace]:
    """A workspace with one list that nobody may read."""
    drop_list(ws, "guild", [Line("bea@bolt.example", "Ruiz")])
    path = drop_list(ws, "summit", [Line("ada@acme.example")])
    path.chmod(0)
    yield ws
    path.chmod(0o600)


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever is root may read everything")
def test_a_file_that_may_not_be_read_is_left_and_the_others_are_taken(unreadable: Workspace) -> None:
    """It says so, and is taken in once it may be read."""
    found = {file.source: (file.status, file.code) for file in intake(unreadable).files}
    assert found == {"guild": ("accepted", None), "summit": ("left", "file_unreadable")}


def test_a_dry_run_shows_what_would_be(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Columns, counts, the first refused rows with their numbers, events; and nothing is changed."""
    drop_list(ws, "summit", [Line("ada@acme.example", no_mail="yes"), Line("none"), Line("x at y", no_calls="perhaps")])
    drop(ws, "optouts/o.csv", "value\ncho@dyn.example\n")
    before = {path: path.read_bytes() for path in ws.data.rglob("*") if path.is_file()}
    words = ["intake", "--dry-run", "--workspace", str(ws.root)]
    assert call([*words, "--json"]) == 0
    answered = json.loads(capsys.readouterr().out)
    found = {file["kind"]: file for file in answered["files"]}
    assert found["lists"]["mapping"]["email"] == ["Email"]
    assert sum(found["lists"]["rejects"].values()) == found["lists"]["rejected"] == 2
    assert sorted(row for rows in found["lists"]["first_rejects"].values() for row in rows) == [2, 3]
    assert found["lists"]["would_record"]["optout"] == 1
    assert found["optouts"]["would_record"] == {"optout": 1}
    assert answered["events"] == {}
    assert call(words) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Would be recorded:" in said
    assert "First of them" in said
    assert "Nothing was changed." in said
    assert {path: path.read_bytes() for path in before} == before
