"""JSON: one object a line, or one array of objects; keys are the headers, in the order in which they are first seen.

A line that is no object is a damaged row and never the end of the file. Numbers keep the digits they are written with.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

import polars as pl

from flows.readers.detect import JSON, UTF16_MARKS
from flows.readers.json_values import DECODER, text_of, told
from flows.readers.limits import MAX_CELL_CHARS, MAX_COLUMNS, MAX_JSON_BYTES, MAX_ROWS
from flows.readers.model import RawTable
from flows.readers.refusals import refuse
from flows.readers.table import DAMAGED
from policies.sources.headers import unique_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read_json"]

_BATCH: Final = 20_000
_LONGEST_LINE: Final = 4 * MAX_CELL_CHARS
_HEAD: Final = 1 << 16
_BLANKS: Final = " \t\r\n"
_GAP: Final = re.compile(r"[ \t\r\n]*")
_UNPAIRED: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class _Found:
    """One record: its cells by key; where it is damaged, why, and what can still be told apart; its lines."""

    cells: dict[str, str]
    code: str | None
    told: list[str]
    line: int
    lines: int


def read_json(path: Path) -> RawTable:
    """The table of a JSON file in UTF-8 or, with its mark, UTF-16.

    Blank lines and the brackets of an array count as ignored lines. Raises ``RefusedFile``: ``json_not_a_list``,
    ``no_rows``, ``too_many_columns``, ``file_too_large``, ``not_a_list`` for a line longer than any record is,
    ``encoding_unclear`` for an array that is no text.
    """
    with path.open("rb") as stream:
        start = stream.read(_HEAD)
        stream.seek(0)
        codec = UTF16_MARKS.get(start[:2])
        text: IO[bytes] = _as_utf8(stream, codec) if codec else stream
        start = text.read(_HEAD).removeprefix(codecs.BOM_UTF8).lstrip()
        text.seek(0)
        if start.startswith(b"{") and _is_one_object(start, text):
            raise refuse("json_not_a_list")
        builder = _Builder()
        take = _take_array if start.startswith(b"[") else _take_lines
        return builder.table(take(text, builder), f"{codec}-bom" if codec else "utf-8")


def _is_one_object(start: bytes, text: IO[bytes]) -> bool:
    """Whether a file is one object over several lines, and none in each of them."""
    if _is_whole(start.split(b"\n", 1)[0]):
        return False
    content = text.read(MAX_JSON_BYTES)
    text.seek(0)
    return _is_whole(content.removeprefix(codecs.BOM_UTF8))


def _is_whole(text: bytes) -> bool:
    try:
        DECODER.decode(text.decode().strip())
    except (ValueError, RecursionError):
        return False
    return True


def _as_utf8(stream: IO[bytes], codec: str) -> IO[bytes]:
    return io.BytesIO(_all_of(stream)[2:].decode(codec, "replace").encode())


def _all_of(stream: IO[bytes]) -> bytes:
    """A whole file; raises ``RefusedFile`` for one that is too large to be read at once."""
    content = stream.read(MAX_JSON_BYTES + 1)
    if len(content) > MAX_JSON_BYTES:
        raise refuse("file_too_large", limit=MAX_JSON_BYTES)
    return content


def _take_lines(stream: IO[bytes], builder: _Builder) -> int:
    """Read one object a line; gives the number of physical lines."""
    number = 0
    if stream.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        stream.seek(0)
    while line := stream.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise refuse("not_a_list")
        number += 1
        if stripped := line.strip():
            builder.take(_read_line(stripped, number))
    return number


def _read_line(line: bytes, number: int) -> _Found:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return _Found({}, "bad_encoding", told(line.decode("utf-8", "replace")), number, 1)
    try:
        value = DECODER.decode(text)
    except (ValueError, RecursionError):
        return _Found({}, "bad_json", told(text), number, 1)
    return _record(value, text, number, 1)


def _take_array(stream: IO[bytes], builder: _Builder) -> int:
    """Read the objects of one array; gives the number of physical lines."""
    try:
        text = _all_of(stream).removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise refuse("encoding_unclear") from error
    taken = 0  # the last line that belongs to a record
    line, counted = 1, 0
    for value, begin, end in _elements(text):
        line += text.count("\n", counted, begin)
        first = max(line, taken + 1)
        line += text.count("\n", begin, end)
        counted, taken = end, line
        builder.take(_record(value, text[begin:end], first, taken - first + 1))
    return text.count("\n") + (not text.endswith("\n"))


def _elements(text: str) -> Iterator[tuple[object, int, int]]:
    """The elements of an array with their places. A broken one leaves no telling where the next begins."""
    position = _after_gap(text, _after_gap(text, 0) + 1)
    if text[position : position + 1] != "]":
        while True:
            try:
                value, end = DECODER.raw_decode(text, position)
            except (ValueError, RecursionError) as error:
                raise refuse("json_not_a_list", line=text.count("\n", 0, position) + 1) from error
            yield value, position, end
            position = _after_gap(text, end)
            if text[position : position + 1] != ",":
                break
            position = _after_gap(text, position + 1)
    if text[position:].strip(_BLANKS) != "]":
        raise refuse("json_not_a_list", line=text.count("\n", 0, position) + 1)


def _after_gap(text: str, position: int) -> int:
    gap = _GAP.match(text, position)
    return gap.end() if gap else position


def _record(value: object, text: str, line: int, lines: int) -> _Found:
    if not isinstance(value, dict):
        return _Found({}, "bad_json", told(text), line, lines)
    try:
        cells = {key: text_of(cell) for key, cell in value.items()}
    except RecursionError:
        return _Found({}, "bad_json", told(text), line, lines)
    code = _fault("".join((*cells, *cells.values())))
    return _Found(cells, code, list(cells.values()) if code else [], line, lines)


def _fault(text: str) -> str | None:
    if len(text) > MAX_CELL_CHARS:
        return "row_too_long"
    if "\0" in text:
        return "nul_byte"
    return None if text.isascii() or not _UNPAIRED.search(text) else "bad_encoding"


class _Builder:
    """Gathers records in batches of columns and damaged ones one by one."""

    def __init__(self) -> None:
        self._headers: dict[str, None] = {}
        self._frames: list[pl.DataFrame] = []
        self._batch: list[dict[str, str]] = []
        self._numbers: list[int] = []
        self._damaged: list[tuple[int, str, int, list[str]]] = []
        self._count = self._row_lines = 0

    def take(self, found: _Found) -> None:
        """Take one record; one that says nothing at all is an ignored line."""
        if found.code is None and not any(cell.strip() for cell in found.cells.values()):
            self._name(found.cells)
            return
        self._count += 1
        self._row_lines += found.lines
        if self._count > MAX_ROWS:
            raise refuse("file_too_large", rows_limit=MAX_ROWS)
        if found.code is not None:
            cells = [_UNPAIRED.sub("\ufffd", cell) for cell in found.told]
            self._damaged.append((self._count, found.code, found.line, cells))
            return
        self._name(found.cells)
        self._batch.append(found.cells)
        self._numbers.append(self._count)
        if len(self._batch) >= _BATCH:
            self._flush()

    def table(self, physical: int, encoding: str) -> RawTable:
        """Everything taken, as one table. A file without a single good record is no list, whatever its lines hold."""
        if self._count == 0:
            raise refuse("no_rows")
        self._flush()
        if not self._frames:
            raise refuse("json_not_a_list", rows=self._count)
        headers = tuple(self._headers)
        columns = unique_names(headers)
        whole = pl.concat([pl.DataFrame(schema={"row_number": pl.UInt32}), *self._frames], how="diagonal")
        texts = [pl.col(str(position)).fill_null("").alias(name) for position, name in enumerate(columns)]
        return RawTable(
            headers=headers,
            columns=columns,
            rows=whole.select("row_number", *texts),
            damaged=pl.DataFrame(self._damaged, schema=DAMAGED, orient="row"),
            kind=JSON,
            encoding=encoding,
            delimiter=None,
            header_line=0,
            header_lines=0,
            ignored_lines=physical - self._row_lines,
            physical_lines=physical,
            row_lines=self._row_lines,
        )

    def _name(self, keys: dict[str, str]) -> None:
        self._headers.update(dict.fromkeys(keys))
        if len(self._headers) > MAX_COLUMNS:
            raise refuse("too_many_columns", columns=len(self._headers), limit=MAX_COLUMNS)

    def _flush(self) -> None:
        if not self._batch:
            return
        numbers = pl.Series("row_number", self._numbers, dtype=pl.UInt32)
        texts = [
            pl.Series(str(position), [cells.get(key, "") for cells in self._batch], dtype=pl.String)
            for position, key in enumerate(self._headers)
        ]
        self._frames.append(pl.DataFrame([numbers, *texts]))
        self._batch, self._numbers = [], []
