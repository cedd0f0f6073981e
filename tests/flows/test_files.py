"""Writes are whole, private and durable; trouble of the disk is a plain sentence with what to do."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.files import disk_error, make_folder, mending, move_file, remove_partials, write_bytes
from flows.store.parquet import read_parquet, write_parquet
from policies.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FULL = Path("/dev/full")  # every write to it fails as on a full disk
OTHER_DISK = Path("/dev/shm")  # noqa: S108 - wanted for being another file system
NOBODY = 65534


def mode(path: Path) -> int:
    """The permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EACCES, "no_permission"),
        (errno.EROFS, "no_permission"),
        (errno.ENOENT, "file_missing"),
        (errno.EIO, "disk_error"),
        (None, "disk_error"),
    ],
)
def test_trouble_of_the_disk_has_a_code_and_a_mend(number: int | None, code: str) -> None:
    """Each kind says what to do and names the file by its last part."""
    error = disk_error(number, Path("/home/someone/ws/data/list.json"))
    assert (error.code, error.details) == (code, {"place": "list.json"})
    assert "someone" not in error.message
    assert error.fix


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_told_from_native_code_too(tmp_path: Path) -> None:
    """Polars reports a full disk in an exception of its own; the file before stays readable."""
    with pytest.raises(WorkspaceError) as caught, mending(FULL), FULL.open("wb", buffering=0) as stream:
        stream.write(b"x")
    assert caught.value.code == "disk_full"
    limited = (
        "import resource, sys, polars as pl, signal; from pathlib import Path\n"
        "from flows.store.parquet import write_parquet; from policies.errors import WorkspaceError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_parquet(pl.DataFrame({'a': range(100000)}), Path(sys.argv[1]))\n"
        "except WorkspaceError as error: print(error.code)\n"
    )
    command = [sys.executable, "-c", limited, str(tmp_path / "x.parquet")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "disk_full\n"


@contextlib.contextmanager
def ordinary_user() -> Iterator[None]:
    """Act as somebody to whom permissions apply."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("write", [lambda path: write_bytes(path / "x", b""), lambda path: make_folder(path / "y")])
def test_a_folder_without_permission_is_told(write: Callable[[Path], object]) -> None:
    """Somebody else's workspace is refused in plain words."""
    with tempfile.TemporaryDirectory() as name:
        closed = Path(name)
        closed.chmod(0o555)
        with pytest.raises(WorkspaceError) as caught, ordinary_user():
            write(closed)
        closed.chmod(0o700)
    assert caught.value.code == "no_permission"


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    """The new bytes are there, nothing unfinished is left beside them."""
    path = tmp_path / "new" / "x.json"
    write_bytes(path, b"old")
    write_bytes(path, b"new")
    assert (path.read_bytes(), mode(path), mode(path.parent)) == (b"new", 0o600, 0o700)
    assert list(path.parent.iterdir()) == [path]


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path) -> None:
    """Killed before the rename, the old bytes stay and the sweep removes the rest."""
    path = tmp_path / "x.json"
    write_bytes(path, b"old")
    script = (
        "import os, sys; from pathlib import Path\n"
        "Path.replace = lambda *_: os.kill(os.getpid(), 9)\n"
        "from flows.files import write_bytes\n"
        "write_bytes(Path(sys.argv[1]), b'new')\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == -9
    assert path.read_bytes() == b"old"
    assert remove_partials(tmp_path) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_moved_file_becomes_private(tmp_path: Path) -> None:
    """A dropped file readable by all is closed on its way in."""
    source, target = tmp_path / "a.csv", tmp_path / "to" / "b.csv"
    source.write_bytes(b"x")
    source.chmod(0o644)
    move_file(source, target)
    assert (target.read_bytes(), mode(target), source.exists()) == (b"x", 0o600, False)


@pytest.mark.skipif(not OTHER_DISK.is_dir(), reason="no second file system at hand")
def test_a_file_moves_whole_between_disks(tmp_path: Path) -> None:
    """Where no rename is possible it is copied, put on disk and then removed."""
    source = OTHER_DISK / f"tactful-test-{os.getpid()}"
    source.write_bytes(b"x" * 100_000)
    try:
        move_file(source, tmp_path / "b")
        assert not source.exists()
    finally:
        source.unlink(missing_ok=True)
    assert (tmp_path / "b").read_bytes() == b"x" * 100_000
    assert mode(tmp_path / "b") == 0o600


BYTES = """
import sys, polars as pl; from pathlib import Path; from flows.store.parquet import write_parquet
spans = [range(at, 250_000, 3) for at in range(3)]
parts = [pl.DataFrame({"a": span, "b": [str(n % 7) for n in span]}) for span in spans]
write_parquet(pl.concat(parts, rechunk=False).lazy().filter(pl.col("a") % 2 == 0).sort("a"), Path(sys.argv[1]))
"""


def test_the_same_frame_gives_the_same_bytes_on_any_number_of_threads(tmp_path: Path) -> None:
    """Threads and chunks leave no trace in a file; it is private."""
    for threads in (1, 2, 4):
        path = str(tmp_path / f"{threads}.parquet")
        env = os.environ | {"POLARS_MAX_THREADS": str(threads)}
        subprocess.run([sys.executable, "-c", BYTES, path], env=env, check=True)
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    """A Parquet file that cannot be read names itself and quotes nothing."""
    path = tmp_path / "records.parquet"
    write_parquet(pl.DataFrame({"a": ["secret"]}), path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(WorkspaceError) as caught:
        read_parquet(path)
    assert caught.value.code == "file_damaged"
    with pytest.raises(WorkspaceError) as caught:
        read_parquet(tmp_path / "other.parquet")
    assert caught.value.code == "file_missing"
