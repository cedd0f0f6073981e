"""The quick way for large clean texts: what is provably plain rows is read in bulk by Polars, the rest as ever.

Beginning and end of the file go through the usual readers. What lies between is taken in bulk only where each line is a
row to them whatever they know by then: as many cells as the table has columns, unquoted without quotes or properly
quoted, one line each, no control characters, nothing that could be a header, a title or blank. Such a row changes
nothing for the rows after it, so beginning, middle and end together are what the usual readers would have made of the
whole. Any doubt about any line, and the answer is None.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Final

import polars as pl
from polars.exceptions import PolarsError

from flows.readers.delimited import open_records
from flows.readers.detect import DELIMITED
from flows.readers.footers import TAIL
from flows.readers.header import HeaderWords
from flows.readers.limits import MAX_ROWS
from flows.readers.records import Dialect, read_records
from flows.readers.sections import Origin, Split, split_tables
from flows.readers.starts import FIRST_CELLS
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from flows.readers.model import RawTable
    from flows.readers.records import Record
    from flows.readers.sections import Hints

__all__ = ["Quick", "read_fast"]

_SMALLEST: Final = 4 << 20  # bytes; anything below is read as quickly in the usual way
_HEAD_LINES: Final = 1_000
_HEAD_BYTES: Final = 1 << 20
_TAIL_LINES: Final = 200
_TAIL_BYTES: Final = 1 << 18
_CHUNK: Final = 8 << 20
_AT_ONCE: Final = 2  # chunks that are looked at at the same time
_LONGEST_LINE: Final = 1 << 16
_SETTLED: Final = 50  # rows before the middle that must be plain as well
_ENTRY: Final = r'^"?(?:[0-9A-Fa-f]{32,64}|\+?[0-9][0-9 ().-]{5,20})"?$'
_CONTROLS: Final = r"\x00-\x08\x0a-\x1f"


@dataclass(frozen=True, slots=True)
class Quick:
    """What :func:`read_fast` found: the split of the whole file and what it was made from."""

    split: Split
    origin: Origin
    physical_lines: int


def read_fast(path: Path, hints: Hints) -> Quick | None:
    """Read a text file in bulk; None where it is small, or any line leaves a doubt. What is refused is for others."""
    if path.stat().st_size < _SMALLEST:
        return None
    try:
        with open_records(path) as source:
            usual = _Usual(
                source.dialect, Origin(DELIMITED, source.encoding, source.delimiter, source.skipped_lines), hints
            )
        with path.open("rb") as stream:
            return _whole(stream, usual) if usual.is_simple else None
    except (RefusedFile, UnicodeDecodeError, PolarsError):
        return None


@dataclass(frozen=True, slots=True)
class _Ends:
    """Beginning and end of a file; the middle lies between two places that each follow a line end."""

    head: bytes
    tail: bytes
    begin: int
    end: int


def _ends(stream: IO[bytes]) -> _Ends | None:
    first = stream.read(_HEAD_BYTES)
    lines = list(islice(re.finditer(rb"\n", first), _HEAD_LINES))
    if len(lines) < _HEAD_LINES:
        return None
    begin = lines[-1].end()
    size = stream.seek(0, 2)
    stream.seek(max(begin, size - _TAIL_BYTES))
    last = stream.read()
    breaks = [found.end() for found in re.finditer(rb"\n", last)][-_TAIL_LINES - 1 :]
    if len(breaks) <= _TAIL_LINES:
        return None
    tail = last[breaks[0] :]
    return _Ends(first[:begin].removeprefix(codecs.BOM_UTF8), tail, begin, size - len(tail))


@dataclass(frozen=True, slots=True)
class _Usual:
    """The usual way of reading, for a part of the file."""

    dialect: Dialect
    origin: Origin
    hints: Hints

    @property
    def is_simple(self) -> bool:
        """Whether the bytes are the text, and nothing but delimiter and quotes has a meaning in it."""
        return self.origin.encoding in ("utf-8", "utf-8-sig") and self.dialect == Dialect(self.dialect.delimiter)

    def records(self, part: bytes) -> Iterator[Record]:
        lines = islice(io.StringIO(part.decode(), newline=""), self.origin.skipped_lines, None)
        return read_records(lines, self.dialect, first_line=self.origin.skipped_lines + 1)

    def split(self, part: bytes) -> Split:
        return split_tables(self.records(part), self.origin, self.hints)


def _whole(stream: IO[bytes], usual: _Usual) -> Quick | None:
    """Beginning, middle and end put together."""
    ends = _ends(stream)
    if ends is None:
        return None
    both = usual.split(ends.head + ends.tail)
    if not _is_one_clean_table(both):
        return None
    table = both.tables[0]
    place = _junction(table, ends, usual)
    words = _words(table, both, usual.hints)
    settled = b"".join(ends.head.splitlines(keepends=True)[-_SETTLED:])
    if place is None or _plain_rows(settled, table, usual.dialect, words) is None:
        return None
    middle = _middle(stream, ends, table, usual.dialect, words)
    if middle is None:
        return None
    known = table.rows.drop("row_number")
    rows = pl.concat([known.head(place), *middle, known.slice(place)], rechunk=False)
    if rows.height > MAX_ROWS:
        return None
    more = rows.height - table.rows.height
    numbered = rows.with_row_index("row_number", offset=1)
    told = replace(table, rows=numbered, row_lines=table.row_lines + more, physical_lines=table.physical_lines + more)
    lines = usual.origin.skipped_lines + sum(record.lines for record in usual.records(ends.head + ends.tail))
    return Quick(replace(both, tables=(told,)), usual.origin, lines + more)


def _is_one_clean_table(split: Split) -> bool:
    if len(split.tables) != 1:
        return False
    table = split.tables[0]
    return not table.is_rejects and table.damaged.is_empty() and table.rows.height == table.row_lines


def _junction(table: RawTable, ends: _Ends, usual: _Usual) -> int | None:
    """How many rows of the table stand in the beginning of the file; None where it is not open there for sure."""
    before = usual.split(ends.head)
    if not _is_one_clean_table(before):
        return None
    rows = before.tables[0].rows
    last = list(usual.records(ends.head))[-1].cells
    behind = next(replace(usual, origin=replace(usual.origin, skipped_lines=0)).records(ends.tail)).cells
    place = rows.height
    if not rows.equals(table.rows.head(place)) or table.rows.height < place + TAIL:
        return None
    around = [list(row[1:]) for row in table.rows.slice(place - 1, 2).iter_rows()]
    return place if around == [last, behind] else None


def _words(table: RawTable, split: Split, hints: Hints) -> HeaderWords:
    """Everything that may be the name of a column to the usual readers."""
    words = HeaderWords(hints.header_words)
    for section in split.layout.sections if split.layout else ():
        words.learn(section.header)
    words.learn(table.headers)
    return words


def _middle(
    stream: IO[bytes], ends: _Ends, table: RawTable, dialect: Dialect, words: HeaderWords
) -> list[pl.DataFrame] | None:
    """The rows between beginning and end, in parts; a few parts at once, so that memory stays bounded."""
    parts: list[pl.DataFrame] = []
    waiting: deque[Future[pl.DataFrame | None]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for chunk in chain(_chunks(stream, ends), (None,) * _AT_ONCE):
            if chunk is not None:
                waiting.append(pool.submit(_plain_rows, chunk, table, dialect, words))
            if waiting and (chunk is None or len(waiting) > _AT_ONCE):
                part = waiting.popleft().result()
                if part is None:
                    pool.shutdown(cancel_futures=True)
                    return None
                parts.append(part)
    return parts


def _chunks(stream: IO[bytes], ends: _Ends) -> Iterator[bytes]:
    """Whole lines between beginning and end, some megabytes at a time."""
    stream.seek(ends.begin)
    left = ends.end - ends.begin
    rest = b""
    while left > 0:
        chunk = rest + stream.read(min(_CHUNK, left))
        left -= len(chunk) - len(rest)
        cut = chunk.rfind(b"\n") + 1 or len(chunk)
        rest = chunk[cut:]
        yield chunk[:cut]


def _plain_rows(chunk: bytes, table: RawTable, dialect: Dialect, words: HeaderWords) -> pl.DataFrame | None:
    """Whole lines as rows; None where one of them is not plain."""
    lines = pl.read_lines(chunk).to_series()
    width = len(table.columns)
    if not lines.str.contains(_pattern(dialect.delimiter, width)).all() or not _has_short_lines(lines):
        return None
    rows = pl.read_csv(
        chunk,
        has_header=False,
        separator=dialect.delimiter,
        infer_schema=False,
        empty_string_is_null=False,
        new_columns=list(table.columns),
    )
    if rows.shape != (lines.len(), width) or rows.height != chunk.count(b"\n"):
        return None
    told = lines.str.contains("@", literal=True) | _are_entries(lines, table)
    if not told.all() and not _are_rows(rows.filter(~told), words):
        return None
    return rows


def _are_entries(lines: pl.Series, table: RawTable) -> pl.Series:
    """Lines of a list of one column that are digests or numbers, as no header is but that of the list itself."""
    if len(table.columns) > 1:
        return pl.zeros(lines.len(), dtype=pl.Boolean, eager=True)
    bare = lines.str.replace_all("[^0-9A-Za-z]", "").str.to_lowercase()
    own = ["".join(filter(str.isalnum, header)).lower() for header in table.headers]
    return lines.str.contains(_ENTRY) & ~bare.is_in(own)


def _has_short_lines(lines: pl.Series) -> bool:
    longest = lines.str.len_bytes().max()
    return isinstance(longest, int) and longest <= _LONGEST_LINE


def _pattern(delimiter: str, width: int) -> str:
    """A line of exactly so many cells, each in proper quotes or without any."""
    divider = f"\\x{ord(delimiter):02X}"
    cell = rf'(?:[^"{divider}{_CONTROLS}]*|"[^"{_CONTROLS}]*(?:""[^"{_CONTROLS}]*)*")'
    return f"^{cell}(?:{divider}{cell}){{{width - 1}}}$"


def _are_rows(rows: pl.DataFrame, words: HeaderWords) -> bool:
    """Whether rows without an address can be nothing else: more than one cell filled, no name of a column in front."""
    others = rows.columns[1:]
    filled = pl.any_horizontal(pl.col(name).str.strip_chars() != "" for name in others) if others else pl.lit(False)
    if not rows.select(filled.all()).item():
        return False
    cells = {cell for name in rows.columns[:FIRST_CELLS] for cell in rows.get_column(name).unique()}
    return not any(map(words, cells))
