"""JSON: one object a line, or one array of objects; keys are the headers, in the order in which they are first seen.

A line that is no object is a damaged row and never the end of the file. Numbers keep the digits they are written with.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.readers.detect import JSON
from flows.readers.limits import MAX_CELL_CHARS, MAX_COLUMNS, MAX_JSON_BYTES, MAX_ROWS
from flows.readers.model import RawTable
from flows.readers.refusals import refuse
from flows.readers.table import DAMAGED
from flows.readers.typed import JOINED
from policies.sources.column_mapping import unique_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read_json"]

_BATCH: Final = 20_000
_LONGEST_LINE: Final = 4 * MAX_CELL_CHARS
_MARK: Final = b"\xef\xbb\xbf"
_BLANKS: Final = " \t\r\n"
_GAP: Final = re.compile(r"[ \t\r\n]*")
_UNPAIRED: Final = re.compile("[\ud800-\udfff]")
_TOKEN: Final = re.compile(r'(?:"(?P<string>(?:[^"\\]|\\.)*)"?|(?P<bare>[^\s",:{}\[\]]+))(?P<colon>\s*:)?', re.DOTALL)
_ZERO_DECIMALS: Final = re.compile(r"\.0+$")


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _TwiceError(ValueError):
    """An object states a key twice: one of its values would be lost."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_Number, parse_float=_Number, parse_constant=_Number
)


@dataclass(frozen=True, slots=True)
class _Found:
    """One record: its cells by key; where it is damaged, why, and what can still be told apart; its lines."""

    cells: dict[str, str]
    code: str | None
    told: list[str]
    line: int
    lines: int


def read_json(path: Path) -> RawTable:
    """The table of a JSON file in UTF-8; blank lines and the brackets of an array count as ignored lines.

    Raises ``RefusedFile``: ``json_not_a_list``, ``no_rows``, ``too_many_columns``, ``file_too_large``, ``not_a_list``
    for a line longer than any record is, ``encoding_unclear`` for an array that is no UTF-8.
    """
    with path.open("rb") as stream:
        start = stream.read(1 << 16).removeprefix(_MARK).lstrip()
    builder = _Builder()
    take = _take_array if start.startswith(b"[") else _take_lines
    return builder.table(take(path, builder))


def _take_lines(path: Path, builder: _Builder) -> int:
    """Read one object a line; gives the number of physical lines."""
    number = 0
    with path.open("rb") as stream:
        if stream.read(len(_MARK)) != _MARK:
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
        return _Found({}, "bad_encoding", _told(line.decode("utf-8", "replace")), number, 1)
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return _Found({}, "bad_json", _told(text), number, 1)
    return _record(value, text, number, 1)


def _take_array(path: Path, builder: _Builder) -> int:
    """Read the objects of one array; gives the number of physical lines."""
    if path.stat().st_size > MAX_JSON_BYTES:
        raise refuse("file_too_large", bytes=path.stat().st_size, limit=MAX_JSON_BYTES)
    try:
        text = path.read_bytes().removeprefix(_MARK).decode()
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
                value, end = _DECODER.raw_decode(text, position)
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
        return _Found({}, "bad_json", _told(text), line, lines)
    try:
        cells = {key: _text(cell) for key, cell in value.items()}
    except RecursionError:
        return _Found({}, "bad_json", _told(text), line, lines)
    code = _fault("".join((*cells, *cells.values())))
    return _Found(cells, code, list(cells.values()) if code else [], line, lines)


def _told(text: str) -> list[str]:
    """The values of a broken record as far as they can be told apart; a word before a colon is a key."""
    return [
        string if string is not None else bare
        for string, colon, bare in (found.group("string", "colon", "bare") for found in _TOKEN.finditer(text))
        if not colon
    ]


def _fault(text: str) -> str | None:
    if len(text) > MAX_CELL_CHARS:
        return "row_too_long"
    if "\0" in text:
        return "nul_byte"
    return None if text.isascii() or not _UNPAIRED.search(text) else "bad_encoding"


def _text(value: Any) -> str:  # noqa: ANN401  # whatever JSON holds
    match value:
        case _Number():
            return _ZERO_DECIMALS.sub("", value)
        case str():
            return value
        case True | False:
            return "TRUE" if value else "FALSE"
        case None:
            return ""
        case list() if not any(isinstance(item, (list, dict)) or JOINED in str(item) for item in value):
            return JOINED.join(text for item in value if (text := _text(item)))
        case _:
            return _json(value)


def _json(value: Any) -> str:  # noqa: ANN401  # whatever JSON holds
    """A nested value as compact JSON, its numbers as they are written."""
    match value:
        case _Number():
            return str(value)
        case list():
            return f"[{','.join(_json(item) for item in value)}]"
        case dict():
            return (
                f"{{{','.join(f'{json.dumps(key, ensure_ascii=False)}:{_json(item)}' for key, item in value.items())}}}"
            )
        case _:
            return json.dumps(value, ensure_ascii=False)


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

    def table(self, physical: int) -> RawTable:
        """Everything taken, as one table."""
        if self._count == 0:
            raise refuse("no_rows")
        self._flush()
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
            encoding="utf-8",
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
