"""XLS, as far as its reader in Rust does not tell: how far a sheet reaches, failed formulas, and a password.

A workbook of Excel 97 is a small file system of sectors with one stream of records in it. Only what is needed is read,
every chain and every length is bounded by the size of the file.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from flows.readers.limits import MAX_SHEET_CELLS
from flows.readers.refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.readers.extent import Errors

__all__ = ["xls_errors"]

_HEADER: Final = 512
_IN_HEADER: Final = 109  # sectors of the table of sectors that the header itself names
_LAST: Final = 0xFFFFFFFA  # from here on numbers of sectors mean something else
_ENTRY: Final = 128
_SMALL: Final = 4096  # smaller streams stand elsewhere; no workbook is that small
_BOF, _EOF, _SHEET, _LOCKED = 0x0809, 0x000A, 0x0085, 0x002F
_CELLS: Final = frozenset({0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00BD, 0x00BE, 0x00D6})
_BOOLEAN_OR_ERROR, _FORMULA = 0x0205, 0x0006
_SHOWN: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def xls_errors(path: Path) -> Errors:
    """Failed formulas of an XLS workbook by sheet, row and column from 1.

    Raises ``RefusedFile`` where a sheet reaches too far, the workbook is protected, or it cannot be followed.
    """
    try:
        return _errors(_book(path.read_bytes()))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise refuse("unreadable_file") from error


def _book(content: bytes) -> bytes:
    """The stream of the workbook."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    if size not in (512, 4096):
        raise refuse("unreadable_file")
    table = _table(content, size)
    (directory,) = struct.unpack_from("<I", content, 48)
    entries = _chain(content, table, directory, size)
    for place in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        (length,) = struct.unpack_from("<H", entries, place + 64)
        name = entries[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le")
        if name in ("Workbook", "Book"):
            begin, stated = struct.unpack_from("<II", entries, place + 116)
            if stated < _SMALL:
                return b""
            return _chain(content, table, begin, size)[:stated]
    raise refuse("unreadable_file")


def _table(content: bytes, size: int) -> list[int]:
    """Which sector follows which."""
    named = list(struct.unpack_from(f"<{_IN_HEADER}I", content, 76))
    further, count = struct.unpack_from("<II", content, 68)
    each = size // 4
    for _ in range(min(count, len(content) // size)):
        if further >= _LAST:
            break
        *more, further = struct.unpack_from(f"<{each}I", content, _HEADER + further * size)
        named += more
    table: list[int] = []
    for sector in named:
        if sector < _LAST:
            table += struct.unpack_from(f"<{each}I", content, _HEADER + sector * size)
    return table


def _chain(content: bytes, table: list[int], first: int, size: int) -> bytes:
    """The sectors that follow each other from one on; a ring is broken off where the file would end."""
    parts: list[bytes] = []
    sector = first
    while sector < _LAST and len(parts) <= len(content) // size:
        parts.append(content[_HEADER + sector * size : _HEADER + (sector + 1) * size])
        sector = table[sector]
    return b"".join(parts)


def _records(book: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Place, kind and body of every record."""
    place = 0
    while place + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, place)
        yield place, kind, book[place + 4 : place + 4 + length]
        place += 4 + length


def _errors(book: bytes) -> Errors:
    found: Errors = {}
    sheets: dict[int, str] = {}
    sheet = ""
    rows = columns = 0
    for place, kind, body in _records(book):
        if kind == _LOCKED:
            raise refuse("password_protected")
        if kind == _SHEET:
            sheets[struct.unpack_from("<I", body)[0]] = _name(body[6:])
        elif kind == _BOF:
            sheet = sheets.get(place, sheet)
            rows = columns = 0
        elif kind in _CELLS:
            row, column = struct.unpack_from("<HH", body)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if rows * columns > MAX_SHEET_CELLS:
                raise refuse("file_too_large", cells=rows * columns, limit=MAX_SHEET_CELLS)
            if (code := _failure(kind, body)) is not None:
                found.setdefault(sheet, {})[row + 1, column + 1] = _SHOWN.get(code, "#ERROR")
    return found


def _name(text: bytes) -> str:
    """A short text: its length, how wide its characters are, and they."""
    length, wide = text[0], text[1] & 1
    return text[2 : 2 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


def _failure(kind: int, body: bytes) -> int | None:
    """The code of the error that a cell holds; None for any other cell."""
    if kind == _BOOLEAN_OR_ERROR and body[7] == 1:
        return body[6]
    if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:  # noqa: PLR2004  # 2: an error
        return body[8]
    return None
