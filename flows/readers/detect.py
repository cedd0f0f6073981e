"""What a file is, decided from its bytes: a text, a workbook, or something that is no list.

The name counts only where it contradicts the content: a zip named .csv was renamed by somebody and is not opened.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

from flows.readers.encoding import is_binary
from flows.readers.limits import MAX_FILE_BYTES, MAX_SHEET_BYTES, MAX_ZIP_ENTRIES
from flows.readers.refusals import refuse

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DELIMITED", "SPREADSHEET", "file_kind"]

DELIMITED: Final = "delimited"
SPREADSHEET: Final = "spreadsheet"

_HEAD: Final = 1 << 16
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_TEXT_NAMES: Final = frozenset({".csv", ".tsv", ".txt", ".tab"})
_KNOWN_BINARIES: Final = {
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"GIF8": "image",
    b"RIFF": "media",
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip archive",
    b"BZh": "bzip2 archive",
    b"\xfd7zXZ": "xz archive",
    b"7z\xbc\xaf\x27\x1c": "7z archive",
    b"Rar!": "RAR archive",
    b"\xd0\xcf\x11\xe0": "old Office or protected file",
    b"PAR1": "Parquet",
    b"SQLite format 3": "database",
    b"\x7fELF": "program",
    b"MZ": "program",
    b"{\\rtf": "RTF",
}


def file_kind(path: Path) -> str:
    """``delimited`` or ``spreadsheet``; raises ``RefusedFile`` for anything else."""
    size = path.stat().st_size
    if size == 0:
        raise refuse("empty_file")
    if size > MAX_FILE_BYTES:
        raise refuse("file_too_large", bytes=size, limit=MAX_FILE_BYTES)
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head.startswith(_ZIP):
        return _zip_kind(path)
    for magic, what in _KNOWN_BINARIES.items():
        if head.startswith(magic) and not _is_words(head, magic):
            raise refuse("format_unsupported", found=what)
    return DELIMITED


def _is_words(head: bytes, magic: bytes) -> bool:
    """Whether a file that starts with the letters of a magic number is a text after all ("MZ,Name")."""
    return magic.isalnum() and b"\0" not in head and not is_binary(head.decode("latin-1"))


def _zip_kind(path: Path) -> str:
    if path.suffix.lower() in _TEXT_NAMES:
        raise refuse("zip_named_csv")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise refuse("unreadable_file") from error
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        is_office = any(entry.filename in ("mimetype", "[Content_Types].xml") for entry in entries)
        raise refuse("format_unsupported" if is_office else "zip_archive")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_SHEET_BYTES or len(entries) > MAX_ZIP_ENTRIES:
        raise refuse("file_too_large", unpacked_bytes=unpacked, limit=MAX_SHEET_BYTES)
    return SPREADSHEET
