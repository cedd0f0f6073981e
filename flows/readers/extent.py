"""How far a workbook reaches and where formulas failed, before any reader lays it out in memory.

A sheet of a few bytes may name a cell in the last corner of a million rows; a reader would lay out every cell between.
Cells whose formula failed (``#REF!``) are found here as well: the reader in Rust shows them as blank, and a blank in an
opt-out column says nothing where an error must hold.
"""

from __future__ import annotations

import html
import re
import zipfile
from typing import IO, TYPE_CHECKING, Any, Final
from xml.parsers import expat

from flows.readers.detect import DAMAGED_ARCHIVE
from flows.readers.limits import MAX_SHEET_BYTES, MAX_SHEET_CELLS
from flows.readers.refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Errors", "ods_errors", "xlsx_errors"]

# Per sheet: row and column (from 1) of a failed formula, and what it shows.
Errors = dict[str, dict[tuple[int, int], str]]

_CHUNK: Final = 1 << 20
_OVERLAP: Final = 32
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_REFERENCE: Final = re.compile(rb"""\br=["']([A-Za-z]{0,3})([0-9]{1,10})["']""")
_FAILED: Final = re.compile(rb"""<c\b([^>]*\bt=["']e["'][^>]*)>(?:(?!</c>).)*?<v>([^<]*)</v>""", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_LETTERS: Final = 26
_DAMAGED: Final = (*DAMAGED_ARCHIVE, expat.ExpatError)


def xlsx_errors(path: Path) -> Errors:
    """Failed formulas of an XLSX workbook; raises ``RefusedFile`` where a sheet reaches too far or is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [entry.filename for entry in archive.infolist() if _SHEET.fullmatch(entry.filename)]
            failing = [part for part in parts if _check_corners(archive, part)]
            names = _sheet_names(archive) if failing else {}
            return {names[part]: _failed(archive.read(part)) for part in failing if part in names}
    except _DAMAGED as error:
        raise refuse("unreadable_file") from error


def ods_errors(path: Path) -> Errors:
    """Failed formulas of an ODS workbook; raises ``RefusedFile`` where a sheet reaches too far or is damaged."""
    sheets = _OdsSheets()
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as stream:
            sheets.parse(stream)
    except _DAMAGED as error:
        raise refuse("unreadable_file") from error
    return sheets.errors


def _check_corners(archive: zipfile.ZipFile, part: str) -> bool:
    """Refuse a sheet whose corners lie too far apart; say whether there are failed formulas in it."""
    columns: set[bytes] = set()
    last_row = 0
    fails = False
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            fails = fails or b't="e"' in window or b"t='e'" in window
            found = _REFERENCE.findall(window)
            columns.update(letters for letters, _ in found)
            last_row = max(last_row, max((int(digits) for _, digits in found), default=0))
            tail = window[-_OVERLAP:]
    _require(last_row * max((_column_number(letters) for letters in columns), default=0))
    return fails


def _require(cells: int) -> None:
    if cells > MAX_SHEET_CELLS:
        raise refuse("file_too_large", cells=cells, limit=MAX_SHEET_CELLS)


def _failed(sheet: bytes) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for attributes, shown in _FAILED.findall(sheet):
        if place := _REFERENCE.search(attributes):
            column = _column_number(place.group(1))
            found[int(place.group(2)), column] = html.unescape(shown.decode("utf-8", "replace"))
    return found


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """The name of each sheet by the part of the archive that holds it."""
    targets = {
        relation.get("Id", ""): relation.get("Target", "") for relation in _tags(archive, _RELATIONS, "Relationship")
    }
    named = {}
    for sheet in _tags(archive, _WORKBOOK, "sheet"):
        target = next((targets[value] for key, value in sheet.items() if key.endswith(":id") and value in targets), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        named[part] = sheet.get("name", "")
    return named


def _tags(archive: zipfile.ZipFile, part: str, tag: str) -> list[dict[str, str]]:
    """The attributes of all elements of a name in a small part."""
    try:
        entry = archive.getinfo(part)
    except KeyError:
        return []
    text = archive.read(entry).decode("utf-8", "replace") if entry.file_size <= MAX_SHEET_BYTES else ""
    elements = re.findall(rf"<(?:\w+:)?{tag}\s([^<>]*)>", text)
    return [
        {key: html.unescape(double or single) for key, double, single in _ATTRIBUTE.findall(element)}
        for element in elements
    ]


class _OdsSheets:
    """The sheets of a content.xml as they pass by: how far each reaches, and its failed formulas."""

    def __init__(self) -> None:
        self.errors: Errors = {}
        self._sheet = ""
        self._row = self._column = 0  # before the current ones
        self._rows = self._width = 0  # the corner so far
        self._repeated = 1
        self._filled = False
        self._failed = False
        self._text: list[str] = []

    def parse(self, stream: IO[bytes]) -> None:
        """Read the stream; entities of its own are refused, since nobody's workbook has any."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        parser.EntityDeclHandler = _refuse_entity
        parser.ParseFile(stream)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag:
            case "table:table":
                self._sheet = attributes.get("table:name", "")
                self._row = self._column = self._rows = self._width = 0
            case "table:table-row":
                self._column = 0
                self._filled = False
                self._repeated = _times(attributes, "table:number-rows-repeated")
            case "table:table-cell" | "table:covered-table-cell":
                self._cell(attributes)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self._column += _times(attributes, "table:number-columns-repeated")
        self._failed = attributes.get("calcext:value-type") == "error"
        self._text = []
        if "office:value-type" in attributes or "table:formula" in attributes:
            self._filled = True
            self._width = max(self._width, self._column)

    def _said(self, text: str) -> None:
        if self._failed:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            if self._failed:
                shown = "".join(self._text).strip() or "#ERROR"
                self.errors.setdefault(self._sheet, {})[self._row + 1, self._column] = shown
            self._failed = False
        elif tag == "table:table-row":
            self._row += self._repeated
            if self._filled:
                self._rows = self._row
                _require(self._rows * self._width)


def _times(attributes: Mapping[str, str], name: str) -> int:
    value = attributes.get(name, "1")
    return int(value) if value.isascii() and value.isdecimal() else 1


def _refuse_entity(*_: Any) -> None:  # noqa: ANN401  # expat hands over what the declaration says
    raise refuse("unreadable_file")
