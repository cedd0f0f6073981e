"""Replace the queue files, and lose nothing a rep wrote into one of them.

A rep may fill the outcome columns in where the file stands. Before such a file is replaced it goes into the drop folder
of touches, which accepts a queue file with its outcome columns filled in as it is.
"""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from flows.files import mending, write_bytes
from policies.schema import OUTCOME_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = ["our_files", "replace_files", "rescue_edited"]

_TOUCHES: Final = "touches"


def replace_files(ws: Workspace, contents: Mapping[str, bytes], written: Mapping[str, str]) -> dict[str, str]:
    """Give the queue files these bytes; gives their hashes by name.

    ``written`` are the hashes of what was written last: a file that differs was edited since. Files that stand as they
    shall be are left alone.
    """
    for name, data in contents.items():
        place = ws.queue / name
        before = _bytes_of(place)
        if before == data:
            continue
        _rescue(ws, name, before, written)
        write_bytes(place, data)
    return {name: _sha256(data) for name, data in contents.items()}


def rescue_edited(ws: Workspace, written: Mapping[str, str]) -> None:
    """Put what reps wrote into queue files where they stand among the dropped touches, before those are taken in."""
    for name in written:
        if PurePath(name).name == name:
            _rescue(ws, name, _bytes_of(ws.queue / name), written)


def _rescue(ws: Workspace, name: str, found: bytes | None, written: Mapping[str, str]) -> None:
    """Copy an edited file to the drop folder, unless it went that way before."""
    if found is None or _sha256(found) == written.get(name) or not _has_outcomes(found):
        return
    if not any(ws.archive.glob(f"{_sha256(found)}.*")):
        write_bytes(ws.inbox_of(_TOUCHES) / f"{PurePath(name).stem}-{_sha256(found)[:8]}.csv", found)


def our_files(ws: Workspace, written: Mapping[str, str], header: bytes) -> list[str]:
    """The queue files written before, by name; where nothing is known of them, those that begin with our header."""
    if written:
        return sorted(name for name in written if PurePath(name).name == name)
    line = header.partition(b"\n")[0]
    files = sorted(ws.queue.glob("*.csv"))
    return [file.name for file in files if (_bytes_of(file) or b"").partition(b"\n")[0] == line]


def _bytes_of(place: Path) -> bytes | None:
    with mending(place):
        return place.read_bytes() if place.is_file() else None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _has_outcomes(data: bytes) -> bool:
    """Whether any outcome cell is filled; a file saved in another form than ours may hold some, so it counts."""
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except (UnicodeDecodeError, csv.Error):
        return True
    if not rows:
        return False
    if any(name not in rows[0] for name in OUTCOME_COLUMNS):
        return "outcome" in text.partition("\n")[0]
    return any((row[name] or "").strip() for row in rows for name in OUTCOME_COLUMNS)
