"""The file of a backup: a ZIP archive under a seal, so that one altered byte anywhere is noticed.

Every entry stands in the manifest with its SHA-256; the archive's comment holds the SHA-256 of all bytes before it and
that hash signed with the newest workspace key. So a damaged file is told from one of another workspace, and nobody
without the key can make one that is accepted.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any, Final

from flows.files import fsync, make_folder, mending, new_file, partial_name
from policies.errors import HeldError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from flows.ledger import Key, Keyring

__all__ = ["BackupReader", "BackupWriter", "damaged_backup", "open_backup", "write_backup"]

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_PIECE: Final = 1 << 20
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # no time of day in a backup but the manifest's
_PACKED: Final = (".parquet", ".xlsx", ".ods", ".zip", ".gz", ".zst", ".png")  # not worth packing again
_SEAL: Final = re.compile(rb"tactful-backup 1 ([0-9a-f]{16}) ([0-9a-f]{64}) ([0-9a-f]{64})")
_SEAL_BYTES: Final = len(b"tactful-backup 1 ") + 16 + 1 + 64 + 1 + 64
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, NotImplementedError)


class BackupWriter:
    """A backup being written, entry by entry; nothing of it is held in memory."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.entries: list[dict[str, Any]] = []

    def add_lines(self, name: str, lines: Iterable[str]) -> int:
        """Add a text of lines; gives their number."""
        count = 0
        with self._entry(name) as write:
            for line in lines:
                write(line.encode() + b"\n")
                count += 1
        return count

    def add_file(self, name: str, path: Path) -> None:
        """Add a file under a name."""
        with mending(path), path.open("rb") as stream, self._entry(name) as write:
            while piece := stream.read(_PIECE):
                write(piece)

    def add_manifest(self, facts: Mapping[str, Any]) -> None:
        """Add the manifest, which names every entry before it."""
        manifest = {**facts, "format": FORMAT, "entries": self.entries}
        text = json.dumps(manifest, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
        with self._archive.open(_info(_MANIFEST), "w") as stream:
            stream.write(text.encode())

    @contextmanager
    def _entry(self, name: str) -> Iterator[Any]:
        digest, size = hashlib.sha256(), 0
        with self._archive.open(_info(name), "w", force_zip64=True) as stream:

            def write(piece: bytes) -> None:
                nonlocal size
                digest.update(piece)
                size += len(piece)
                stream.write(piece)

            yield write
        self.entries.append({"name": name, "sha256": digest.hexdigest(), "bytes": size})


class BackupReader:
    """A backup whose seal holds."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Mapping[str, Any], sha256: str) -> None:
        self._archive = archive
        self.manifest = manifest
        self.sha256 = sha256  # of the whole file before its seal
        self._entries = {entry["name"]: entry for entry in manifest["entries"]}

    def names(self, prefix: str) -> list[str]:
        """The entries below a folder, in order."""
        return sorted(name for name in self._entries if name.startswith(prefix))

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of an entry, without their ends; raises ``WorkspaceError`` ``backup_damaged`` behind the last."""
        rest = b""
        for piece in self._pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def text(self, name: str) -> str:
        """A small entry as text."""
        return b"\n".join(self.lines(name)).decode() + "\n"

    def extract(self, name: str, target: Path) -> None:
        """Write an entry to a file, closed to other users, whole or not at all; one that is there gives way."""
        partial = partial_name(make_folder(target.parent) / target.name)
        try:
            with mending(target), open(new_file(partial), "wb") as writer:  # noqa: PTH123 - an open file with its mode
                writer.writelines(self._pieces(name))
                writer.flush()
                os.fsync(writer.fileno())
            with mending(target):
                partial.replace(target)
                fsync(target.parent)  # a ledger that names the file comes next
        finally:
            partial.unlink(missing_ok=True)

    def check(self) -> None:
        """Read every entry and compare it with the manifest; raises ``WorkspaceError`` ``backup_damaged``."""
        with _reading():
            there = self._archive.namelist()
        if sorted(there) != sorted([*self._entries, _MANIFEST]) or len(set(there)) != len(there):
            raise damaged_backup()
        for name in self._entries:
            for _ in self._pieces(name):
                pass

    def _pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of an entry; raises ``WorkspaceError`` ``backup_damaged`` where they are not what was written."""
        digest = hashlib.sha256()
        with _reading(), self._archive.open(name) as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                yield piece
        if self._entries[name]["sha256"] != digest.hexdigest():
            raise damaged_backup()


@dataclass(frozen=True, slots=True)
class _Seal:
    key_id: str
    sha256: str
    signature: str


@contextmanager
def write_backup(place: Path, key: Key) -> Iterator[BackupWriter]:
    """Write a backup beside its place; sealed, on disk for good and looked through, it gets its name in one step.

    Raises ``WorkspaceError`` on disk trouble, and ``backup_damaged`` where what was written does not read back.
    """
    partial = partial_name(make_folder(place.parent) / place.name)
    try:
        with mending(place):
            with (
                open(new_file(partial), "wb") as stream,  # noqa: PTH123 - an open file with its mode
                zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive,
            ):
                archive.comment = b" " * _SEAL_BYTES
                yield BackupWriter(archive)
            with partial.open("r+b") as written:
                _seal(written, key)
            _look_through(partial, key)
            partial.replace(place)
            fsync(place.parent)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def open_backup(place: Path, keyring: Keyring) -> Iterator[BackupReader]:
    """Open a backup whose seal holds under a key at hand.

    Raises ``WorkspaceError``: ``backup_damaged``, ``backup_unreadable`` (no backup, or cut off), ``backup_newer``; and
    ``HeldError`` ``key_wrong`` where it was sealed with another key.
    """
    with mending(place), place.open("rb") as stream:
        seal = _seal_of(stream)
        _require_signed(seal, keyring)
        with _reading():
            archive = zipfile.ZipFile(stream)
            manifest = _manifest(archive)
        with archive:
            yield BackupReader(archive, manifest, seal.sha256)


def damaged_backup() -> WorkspaceError:
    """What is said of a backup that is not as it was written."""
    return WorkspaceError(
        "backup_damaged",
        "This backup is damaged: its bytes are not those that were written.",
        "Take another copy of it, or the backup before it. Nothing was changed.",
    )


def _seal(stream: IO[bytes], key: Key) -> None:
    end = stream.seek(0, os.SEEK_END)
    sha256 = _digest(stream, end - _SEAL_BYTES)
    stream.seek(end - _SEAL_BYTES)
    stream.write(f"tactful-backup 1 {key.key_id} {sha256} {key.sign('backup:' + sha256)}".encode())
    stream.flush()
    os.fsync(stream.fileno())


def _look_through(place: Path, key: Key) -> None:
    from flows.ledger import Keyring

    with open_backup(place, Keyring((key,))) as written:
        written.check()


def _seal_of(stream: IO[bytes]) -> _Seal:
    end = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, end - _SEAL_BYTES))
    match = _SEAL.fullmatch(stream.read())
    if match is None:
        raise WorkspaceError(
            "backup_unreadable",
            "This file is no backup of Tactful, or its end is missing or damaged.",
            "Name a file that `tactful backup` wrote; if it is one, take another copy of it.",
        )
    seal = _Seal(*(part.decode() for part in match.groups()))
    if _digest(stream, end - _SEAL_BYTES) != seal.sha256:
        raise damaged_backup()
    return seal


def _require_signed(seal: _Seal, keyring: Keyring) -> None:
    key = next((key for key in keyring if key.key_id == seal.key_id), None)
    if key is None or key.sign("backup:" + seal.sha256) != seal.signature:
        raise HeldError(
            "key_wrong",
            f"This backup was sealed with key {seal.key_id}, which is not at hand.",
            "Put the keys of its workspace into the keys folder, or name the file in TACTFUL_KEY_FILE. If they are "
            "there, the backup was altered or is another workspace's.",
        )


def _digest(stream: IO[bytes], length: int) -> str:
    """SHA-256 of the first bytes of a file."""
    digest, left = hashlib.sha256(), length
    stream.seek(0)
    while left > 0 and (piece := stream.read(min(_PIECE, left))):
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest()


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    if manifest["format"] > FORMAT:
        raise WorkspaceError(
            "backup_newer", "This backup was written by a newer version of Tactful.", "Update Tactful and try again."
        )
    for entry in manifest["entries"]:
        parts = PurePosixPath(entry["name"]).parts
        if not parts or ".." in parts or parts[0] == "/" or "\\" in entry["name"]:
            raise damaged_backup()
    return manifest


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever goes wrong inside the archive means that it is damaged."""
    try:
        yield
    except WorkspaceError:
        raise
    except _BROKEN:
        raise damaged_backup() from None


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _LONG_AGO)
    info.external_attr = 0o600 << 16
    info.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
    return info
