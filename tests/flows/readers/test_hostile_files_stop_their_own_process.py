"""What a hostile file does to its reader, it does to a process of its own: here it is a refused file, never a crash."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from flows.readers import apart, read_file
from flows.readers.apart import SYSTEM, is_read_apart, read_apart
from flows.readers.detect import DELIMITED, JSON, PARQUET, SPREADSHEET
from flows.readers.limits import APART_BYTES
from flows.readers.reading import read_here
from policies.errors import RefusedFile
from policies.sources.layouts import Layout, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

DYING = "tests.flows.readers.dying"


def refused(path: Path) -> RefusedFile:
    """The refusal of a file that is read apart."""
    with pytest.raises(RefusedFile) as caught:
        read_apart(path)
    assert caught.value.fix
    return caught.value


def sheet(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """A workbook of one sheet."""
    with xlsxwriter.Workbook(path) as book:
        people = book.add_worksheet("people")
        for number, row in enumerate(rows):
            people.write_row(number, 0, row)
    return path


def test_what_is_read_apart_is_what_was_read(tmp_path: Path) -> None:
    """Tables, layout, section, rows and damaged rows come back as the reader left them."""
    content = "Report\n\nname,email,optout\nZoë,z@acme.example,no\nJoe,j@acme.example\nJane,a@acme.example,yes\n"
    path = tmp_path / "list.csv"
    path.write_text(content)
    columns = {"full_name": ("name",), "email": ("email",)}
    layout = Layout("some", "Some", (Section("people", ("name", "email", "optout"), columns=columns),), blanks=("--",))
    there, here = read_apart(path, (layout,)), read_here(path, (layout,))
    assert there.layout is layout
    assert there.tables[0].section == layout.sections[0]
    for apart_table, table in zip(there.tables, here.tables, strict=True):
        assert apart_table.rows.equals(table.rows)
        assert apart_table.damaged.equals(table.damaged)
        assert {**vars(apart_table), "rows": 0, "damaged": 0} == {**vars(table), "rows": 0, "damaged": 0}
    assert {**vars(there), "tables": 0} == {**vars(here), "tables": 0}


def test_only_small_texts_are_read_in_this_process(tmp_path: Path) -> None:
    """Every format of others' libraries is read apart, and a text too large to be read at once."""
    path = tmp_path / "list.csv"
    path.write_text("a,b\n")
    assert not is_read_apart(path, DELIMITED)
    assert all(is_read_apart(path, kind) for kind in (SPREADSHEET, PARQUET, JSON))
    with path.open("r+b") as stream:
        stream.truncate(APART_BYTES + 1)
    assert is_read_apart(path, DELIMITED)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("SIGKILL", "took_too_much_memory"),
        ("SIGABRT", "took_too_much_memory"),
        ("SIGXCPU", "took_too_long"),
        ("SIGSEGV", "reader_stopped"),
        ("SIGBUS", "reader_stopped"),
    ],
)
def test_a_reader_that_dies_refuses_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, code: str
) -> None:
    """Killed by the system, out of memory, out of time, crashed: a code each."""
    monkeypatch.setattr(apart, "_MODULE", DYING)
    path = tmp_path / "list.xlsx"
    path.write_text(how)
    assert refused(path).code == code


def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end of its time the process is killed and gone."""
    monkeypatch.setattr(apart, "_MODULE", DYING)
    monkeypatch.setattr(apart, "MAX_READING_SECONDS", 1)
    path = tmp_path / "list.xlsx"
    path.write_text("wait")
    assert refused(path).code == "took_too_long"
    assert not is_alive(int(path.with_suffix(".pid").read_text()))


def test_a_file_that_takes_too_much_memory_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of the system holds whatever library asks for more."""
    monkeypatch.setattr(apart, "MAX_READING_BYTES", 1 << 20)
    path = tmp_path / "list.json"
    path.write_text(json.dumps([{"name": "x" * 100, "email": f"{number}@acme.example"} for number in range(200_000)]))
    assert refused(path).code == "took_too_much_memory"


def test_a_workbook_that_unpacks_to_more_than_it_says_does_not_fill_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One long text, named by many cells, would be copied into each of them."""
    monkeypatch.setattr(apart, "MAX_READING_BYTES", 1 << 30)
    path = sheet(tmp_path / "plain.xlsx", [["name", "email"], ["x" * 30_000, "x" * 30_000]])
    bomb = tmp_path / "bomb.xlsx"
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>2</v></c></row>' for row in range(3, 100_000))
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", cells.encode() + b"</sheetData>")
            target.writestr(entry.filename, content)
    assert refused(bomb).code == "took_too_much_memory"


def test_nothing_of_a_file_is_said_when_its_reader_fails(tmp_path: Path) -> None:
    """What goes wrong is told by how the process ends, not by what stood in the file."""
    path = tmp_path / "list.json"
    path.write_text('{"name": "Jane Secret"}\n')
    question = {
        "path": str(path),
        "headerless": False,
        "header_words": [],
        "layouts": [],
        "seconds": 60,
        "bytes": 4 << 30,
    }
    command = [sys.executable, "-P", "-m", "flows.readers.worker"]
    broken = subprocess.run(command, input=json.dumps(question).encode(), capture_output=True, check=False)
    assert broken.returncode == SYSTEM + errno.ESPIPE  # its answer needs a file, and this is a pipe
    assert broken.stdout + broken.stderr == b""


def test_a_worker_that_cannot_be_understood_refuses_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it ends with, there is no traceback."""
    monkeypatch.setattr(apart, "_MODULE", "flows.readers.no_such_module")
    path = tmp_path / "list.xlsx"
    path.write_text("x")
    assert refused(path).code == "reader_stopped"


def test_an_interrupt_ends_the_worker_too(tmp_path: Path) -> None:
    """Ctrl-C while a file is read apart leaves no process behind."""
    path = tmp_path / "list.xlsx"
    path.write_text("wait")
    program = (
        "import sys, pathlib, flows.readers.apart as apart; "
        f"apart._MODULE = {DYING!r}; apart.read_apart(pathlib.Path(sys.argv[1]))"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(path)], stderr=subprocess.DEVNULL)
    told = path.with_suffix(".pid")
    while not (told.exists() and told.read_text()):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.wait()
    assert not is_alive(int(told.read_text()))


def test_a_disk_that_fails_says_nothing_about_the_file(tmp_path: Path) -> None:
    """An error of the system passes through: the file is not to blame."""
    path = tmp_path / "list.xlsx"
    sheet(path, [["name", "email"], ["Jane", "jane@acme.example"]])
    gone = tmp_path / "gone.xlsx"
    with pytest.raises(FileNotFoundError):
        read_apart(gone)
    with pytest.raises(FileNotFoundError):
        read_file(gone)


def is_alive(pid: int) -> bool:
    """Whether there is a process of this id that has not ended."""
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return False
