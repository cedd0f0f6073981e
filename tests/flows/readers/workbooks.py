"""Workbooks made by hand: ODS and XLS as far as their readers look, and XLSX with a part of one's own."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["ods", "ods_cell", "ods_row", "ole", "xls"]

_SPACES: Final = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{path}:1.0"'
    for name, path in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)
_CALCEXT: Final = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
_MANIFEST: Final = (
    '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{}</m:manifest>'
)
_HIDDEN: Final = (
    '<office:automatic-styles><style:style style:name="h" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
)


def ods_cell(kind: str, shown: str = "", **values: str) -> str:
    """One cell of ODS; ``kind`` "" is a blank one, ``error`` a formula that failed."""
    stated = "".join(
        f" {name.replace('__', ':').replace('_', '-')}={quoteattr(value)}" for name, value in values.items()
    )
    if kind == "error":
        stated += ' office:value-type="string" office:string-value="" calcext:value-type="error"'
    elif kind:
        stated += f' office:value-type="{kind}"'
    text = f"<text:p>{escape(shown)}</text:p>" if shown else ""
    return f"<table:table-cell{stated}>{text}</table:table-cell>"


def ods_row(*cells: str, repeated: int = 1) -> str:
    """One row of ODS."""
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods(path: Path, sheets: dict[str, str], *, hidden: Sequence[str] = (), manifest: str = "") -> Path:
    """An ODS workbook of sheets by name, each with its rows as XML."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}{' table:style-name=' + quoteattr('h') if name in hidden else ''}>"
        f"{rows}</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {_SPACES} {_CALCEXT}>{_HIDDEN}'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST.format(manifest))
        archive.writestr("content.xml", content)
    return path


# Excel 97: records of a type and a length in a stream, and the stream in a file of sectors.
_SECTOR: Final = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _cell(row: int, column: int, value: object) -> bytes:
    place = struct.pack("<HHH", row, column, 15)
    match value:
        case None:
            return b""
        case "#REF!":
            return _record(0x0205, place + struct.pack("<BB", 0x17, 1))
        case "#N/A":
            return _record(0x0006, place + b"\2\0\x2a\0\0\0\xff\xff" + bytes(8))
        case bool():
            return _record(0x0205, place + struct.pack("<BB", value, 0))
        case int() | float():
            return _record(0x0203, place + struct.pack("<d", value))
        case _:
            text = str(value)
            return _record(0x0204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))


def _sheet(rows: Sequence[Sequence[object]]) -> bytes:
    width = max(map(len, rows), default=0)
    cells = b"".join(_cell(number, place, value) for number, row in enumerate(rows) for place, value in enumerate(row))
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + size + cells + _record(0x000A, b"")


def xls(path: Path, sheets: dict[str, Sequence[Sequence[object]]], *, hidden: Sequence[str] = ()) -> Path:
    """An XLS workbook of texts, numbers and booleans; ``#REF!`` is an error, ``#N/A`` a formula that failed."""
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + _record(
        0x0042, struct.pack("<H", 1200)
    )
    listed = [(name.encode("utf-16-le"), name in hidden, _sheet(rows)) for name, rows in sheets.items()]
    place = len(begin) + sum(12 + len(name) for name, _, _ in listed) + 4
    bound = b""
    for name, is_hidden, content in listed:
        bound += _record(0x0085, struct.pack("<IBBBB", place, is_hidden, 0, len(name) // 2, 1) + name)
        place += len(content)
    book = begin + bound + _record(0x000A, b"") + b"".join(content for _, _, content in listed)
    path.write_bytes(ole({"Workbook": book}))
    return path


def ole(streams: dict[str, bytes]) -> bytes:
    """An old Office file with these streams, each padded so that it is no small one."""
    sectors: list[bytes] = []
    fat: list[int] = []
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1 if streams else _FREE)]
    for number, (name, content) in enumerate(streams.items(), start=1):
        padded = content.ljust(4096, b"\0")
        padded += bytes(-len(padded) % _SECTOR)
        begin, count = len(sectors), len(padded) // _SECTOR
        sectors += [padded[place : place + _SECTOR] for place in range(0, len(padded), _SECTOR)]
        fat += [*range(begin + 1, begin + count), _END]
        entries.append(_entry(name, 2, begin, len(padded), right=number + 1 if number < len(streams) else _FREE))
    directory = b"".join(entries)
    directory += bytes(-len(directory) % _SECTOR)
    first_directory = len(sectors)
    pieces = [directory[place : place + _SECTOR] for place in range(0, len(directory), _SECTOR)]
    sectors += pieces
    fat += [*range(first_directory + 1, first_directory + len(pieces)), _END]
    fat_sector = len(sectors)
    fat.append(_FAT)
    table = b"".join(struct.pack("<I", value) for value in fat).ljust(_SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, first_directory, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<I", fat_sector) + b"\xff" * 4 * 108
    return header + b"".join(sectors) + table


def _entry(name: str, kind: int, begin: int, size: int, *, child: int = _FREE, right: int = _FREE) -> bytes:
    text = f"{name}\0".encode("utf-16-le")
    start = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    return start + struct.pack("<III", _FREE, right, child) + bytes(36) + struct.pack("<IQ", begin, size)
