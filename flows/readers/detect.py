"""What a file is, decided from its bytes: a text, JSON, a workbook, Parquet, or something that is no list.

The name counts only where it contradicts the content: a zip named .csv was renamed by somebody and is not opened.
"""

from __future__ import annotations

import codecs
import json
import lzma
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Final

from flows.readers.encoding import is_binary
from flows.readers.limits import (
    LARGE_ZIP_ENTRY_BYTES,
    MAX_FILE_BYTES,
    MAX_SHEET_BYTES,
    MAX_ZIP_ENTRIES,
    MAX_ZIP_RATIO,
)
from flows.readers.refusals import refuse

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "DAMAGED_ARCHIVE",
    "DELIMITED",
    "JSON",
    "ODS",
    "PARQUET",
    "SPREADSHEET",
    "UTF16_MARKS",
    "XLS",
    "XLSX",
    "file_kind",
    "workbook_kind",
]

DELIMITED: Final = "delimited"
SPREADSHEET: Final = "spreadsheet"
PARQUET: Final = "parquet"
JSON: Final = "json"

XLSX: Final = "xlsx"
XLS: Final = "xls"
ODS: Final = "ods"

UTF16_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

_HEAD: Final = 1 << 16
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET: Final = b"PAR1"
_TEXT_NAMES: Final = frozenset({".csv", ".tsv", ".txt", ".tab"})
_JSON_NAMES: Final = frozenset({".json", ".jsonl", ".ndjson"})
# RuntimeError: an encrypted entry; NotImplementedError: a compression nobody uses for workbooks.
DAMAGED_ARCHIVE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    KeyError,
    OverflowError,
)
_ODS_TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_MACROS: Final = re.compile(r"(?:.*/)?vbaProject\.bin|Basic/.+|Scripts/.+", re.IGNORECASE)
_MARKUP: Final = re.compile(rb"\s*<(?:!doctype\s|html|head|body|table|\?xml|meta|!--|style)", re.IGNORECASE)
_OTHER_TEXTS: Final = {
    "web_page": _MARKUP,
    "contact_cards": re.compile(rb"\s*BEGIN:VCARD\s", re.IGNORECASE),
    "calendar": re.compile(rb"\s*BEGIN:VCALENDAR\s", re.IGNORECASE),
    # Three header lines, of which one names a thing only messages have.
    "mail_message": re.compile(
        # Line by line: a dot that takes the carriage return too has two ways through every line.
        rb"(?:From \S+ [^\r\n]*\r?\n)?(?=(?:[^\r\n]*\r?\n){0,40}?(?:Message-ID|MIME-Version|Received|Return-Path): )"
        rb"(?:[A-Z][A-Za-z-]+: [^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3}",
        re.IGNORECASE,
    ),
}
_ARRAY: Final = re.compile(rb"\s*\[\s*(?:\{|\])")
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
    b"SQLite format 3": "database",
    b"\x7fELF": "program",
    b"MZ": "program",
    b"{\\rtf": "RTF",
}


def file_kind(path: Path) -> str:
    """``delimited``, ``spreadsheet``, ``parquet`` or ``json``; raises ``RefusedFile`` for anything else."""
    head = _head(path)
    if head.startswith((*_ZIP, _OLE[:4])):
        workbook_kind(path)
        return SPREADSHEET
    if head.startswith(_PARQUET) and not _is_words(head, _PARQUET):
        return PARQUET
    for magic, what in _KNOWN_BINARIES.items():
        if head.startswith(magic) and not _is_words(head, magic):
            raise refuse("format_unsupported", found=what)
    text = _words(head)
    for code, beginning in _OTHER_TEXTS.items():
        if beginning.match(text):
            raise refuse(code)
    return JSON if _is_json(text, path.suffix.lower()) else DELIMITED


def workbook_kind(path: Path) -> str:
    """``xlsx``, ``xls`` or ``ods``; raises ``RefusedFile`` for other archives and for what is not let in."""
    return _zip_kind(path) if _head(path).startswith(_ZIP) else _ole_kind(path)


def _head(path: Path) -> bytes:
    size = path.stat().st_size
    if size == 0:
        raise refuse("empty_file")
    if size > MAX_FILE_BYTES:
        raise refuse("file_too_large", bytes=size, limit=MAX_FILE_BYTES)
    with path.open("rb") as stream:
        return stream.read(_HEAD)


def _words(head: bytes) -> bytes:
    """The beginning of a text without its mark, as UTF-8."""
    if codec := UTF16_MARKS.get(head[:2]):
        return head[2:].decode(codec, "ignore").encode("utf-8", "ignore")
    return head.removeprefix(codecs.BOM_UTF8)


def _is_words(head: bytes, magic: bytes) -> bool:
    """Whether a file that starts with the letters of a magic number is a text after all ("MZ,Name")."""
    return magic.isalnum() and b"\0" not in head and not is_binary(head.decode("latin-1"))


def _is_json(text: bytes, suffix: str) -> bool:
    """An array of objects, or an object in the first line; under the name of JSON whatever begins like either."""
    if _ARRAY.match(text):
        return True
    if suffix in _JSON_NAMES:
        return text.lstrip()[:1] in (b"{", b"[")
    first = text.lstrip().split(b"\n", 1)[0]
    if not first.startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _zip_kind(path: Path) -> str:
    if path.suffix.lower() in _TEXT_NAMES:
        raise refuse("zip_named_csv")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            stated = _beginning(archive, entries, "mimetype", len(_ODS_TYPE) + 1)
            manifest = _beginning(archive, entries, "META-INF/manifest.xml", _HEAD)
    except DAMAGED_ARCHIVE as error:
        raise refuse("unreadable_file") from error
    kind = XLSX if _has(entries, "xl/workbook.xml") else ODS if stated == _ODS_TYPE else None
    if kind is None:
        is_office = _has(entries, "mimetype") or _has(entries, "[Content_Types].xml")
        raise refuse("format_unsupported" if is_office else "zip_archive")
    if b"encryption-data" in manifest:
        raise refuse("password_protected")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_SHEET_BYTES or len(entries) > MAX_ZIP_ENTRIES:
        raise refuse("file_too_large", unpacked_bytes=unpacked, limit=MAX_SHEET_BYTES)
    for entry in entries:
        if entry.file_size > max(LARGE_ZIP_ENTRY_BYTES, MAX_ZIP_RATIO * entry.compress_size):
            raise refuse("file_too_large", unpacked_bytes=entry.file_size, packed_bytes=entry.compress_size)
    if any(_MACROS.fullmatch(entry.filename) for entry in entries):
        raise refuse("has_macros")
    return kind


def _has(entries: list[zipfile.ZipInfo], name: str) -> bool:
    return any(entry.filename == name for entry in entries)


def _beginning(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str, size: int) -> bytes:
    """The first bytes of an entry; none where the archive does not have it."""
    if not _has(entries, name):
        return b""
    with archive.open(name) as stream:
        return stream.read(size)


def _ole_kind(path: Path) -> str:
    """An old Office file by the names of its streams, which stand in it as UTF-16."""
    content = path.read_bytes()
    if not content.startswith(_OLE):
        raise refuse("unreadable_file")
    if _stream(content, "EncryptedPackage"):
        raise refuse("password_protected")
    if not (_stream(content, "Workbook") or _stream(content, "Book")):
        raise refuse("format_unsupported", found="old Office file")
    if _stream(content, "_VBA_PROJECT_CUR") or _stream(content, "_VBA_PROJECT"):
        raise refuse("has_macros")
    return XLS


def _stream(content: bytes, name: str) -> bool:
    """Whether the directory of an old Office file has an entry of a name: 64 bytes of it, then its length."""
    text = f"{name}\0".encode("utf-16-le")
    entry = text.ljust(64, b"\0") + len(text).to_bytes(2, "little")
    return entry in content
