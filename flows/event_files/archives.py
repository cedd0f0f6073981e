"""Archives of several opt-out lists, as an audience is exported: each member is a list under its own name.

What the members say is one delivery: subscribers beside those who opted out are no flaw of it, and any other flaw of a
member is one of the whole. An archive that breaks off is refused as before, and read for whoever stands in it.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.event_files.reading import REJECT_COLUMNS
from flows.event_files.unpacked import salvaged_file
from flows.files import sha256_file
from flows.readers.detect import DAMAGED_ARCHIVE
from flows.readers.limits import LARGE_ZIP_ENTRY_BYTES, MAX_SHEET_BYTES, MAX_ZIP_RATIO
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flows.event_files.reading import EventContext, EventReading

__all__ = ["is_archive", "read_archive"]

_ZIP: Final = b"PK\x03\x04"
_MOST: Final = 100  # members
_OFFICE: Final = frozenset({"mimetype", "[Content_Types].xml"})
_ENCRYPTED: Final = 0x1
_MEMBER: Final = "sheet status"  # the column of rejects that names the member, read like the name of a sheet


def is_archive(path: Path) -> bool:
    """Whether a file is a zip archive of files, and no workbook or other document."""
    with path.open("rb") as stream:
        if stream.read(len(_ZIP)) != _ZIP or path.suffix.lower() in (".csv", ".tsv", ".txt"):
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not _OFFICE.intersection(archive.namelist()) and bool(_members(archive))
    except DAMAGED_ARCHIVE:
        return False


def read_archive(path: Path, context: EventContext, read: Callable[[Path, EventContext], EventReading]) -> EventReading:
    """Read every member of an archive with ``read``; of one that is refused whoever stands in it opts out.

    Raises ``RefusedFile``: ``file_too_large``, ``password_protected``, and what the members are refused for where none
    of them names anybody.
    """
    readings: list[tuple[str, EventReading]] = []
    refusals: list[RefusedFile] = []
    with _unpacked_members(path) as members:
        for member in members:
            try:
                found: EventReading | None = read(member, context)
            except RefusedFile as why:
                refusals.append(why)
                found = salvaged_file(member, context, why)
            if found is not None:
                readings.append((member.name, found))
    if not readings:
        raise refusals[0]
    return _together(sha256_file(path), readings, refusals)


def _together(sha256: str, named: Sequence[tuple[str, EventReading]], refusals: Sequence[RefusedFile]) -> EventReading:
    """What all members say."""
    readings = [reading for _, reading in named]
    understood = sum(reading.understood for reading in readings)
    flaws = [flaw for reading in readings if (flaw := reading.flaw)]
    real = [flaw for flaw in flaws if not (understood and flaw.code == "nobody_opted_out")]
    flaw = next(iter([*refusals, *real]), None)
    bulk = [reading.bulk for reading in readings if reading.bulk is not None]
    return replace(
        readings[0],
        events=sorted((event for reading in readings for event in reading.events), key=lambda one: one.effective_at),
        rejects=_rejects(named),
        rows=sum(reading.rows for reading in readings),
        counted=sum(reading.counted for reading in readings),
        blank=sum(reading.blank for reading in readings),
        kept=sum(reading.kept for reading in readings),
        understood=understood,
        not_understood=sum(reading.not_understood for reading in readings),
        passed=sum((Counter(reading.passed) for reading in readings), Counter()),
        bulk=bulk[0] if bulk else None,
        file_sha256=sha256,
        flaw=flaw,
    )


def _rejects(named: Sequence[tuple[str, EventReading]]) -> pl.DataFrame:
    """The rows to mend, with the member each stood in."""
    wrong = [reading.rejects.with_columns(pl.lit(name).alias(_MEMBER)) for name, reading in named]
    every = pl.concat([*(one for one in wrong if one.height), wrong[0].clear()], how="diagonal")
    return every.select(pl.exclude(REJECT_COLUMNS), *REJECT_COLUMNS)


@contextmanager
def _unpacked_members(path: Path) -> Iterator[list[Path]]:
    """The members of an archive as files of their own, for as long as they are read."""
    with tempfile.TemporaryDirectory(prefix="tactful-members-") as folder, zipfile.ZipFile(path) as archive:
        members = _members(archive)
        _check(members)
        found = []
        for number, member in enumerate(members):
            place = Path(folder) / str(number)
            place.mkdir(mode=0o700)
            target = place / PurePosixPath(member.filename).name
            try:
                target.write_bytes(archive.read(member))
            except DAMAGED_ARCHIVE as error:
                raise RefusedFile(
                    "unreadable_file", "The archive is damaged and cannot be unpacked.", "Export it again."
                ) from error
            found.append(target)
        yield found


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in an archive, by name; what a system adds of its own is none."""
    files = [member for member in archive.infolist() if not member.is_dir()]
    own = [
        member
        for member in files
        if not member.filename.startswith("__MACOSX/") and not PurePosixPath(member.filename).name.startswith(".")
    ]
    return sorted(own, key=lambda member: member.filename)


def _check(members: Sequence[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise RefusedFile("password_protected", "The archive is locked with a password.", "Save it without one.")
    swollen = any(
        member.file_size > max(LARGE_ZIP_ENTRY_BYTES, MAX_ZIP_RATIO * member.compress_size) for member in members
    )
    if swollen or len(members) > _MOST or sum(member.file_size for member in members) > MAX_SHEET_BYTES:
        raise RefusedFile(
            "file_too_large", "The archive holds more than is unpacked at once.", "Drop its files one by one."
        )
