"""Delimited text to records, with the csv module; a damaged record never takes its neighbours with it.

A quote that is never closed would swallow the lines after it. The strict parser notices: then the first line alone is
the damaged record, the others are put back and read on their own.
"""

from __future__ import annotations

import csv
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.readers.limits import MAX_CELL_CHARS, MAX_CELL_LINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Dialect", "Record", "read_records"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are divided. Quotes are ``"``, doubled inside; ``spaced``: a blank may follow the delimiter."""

    delimiter: str
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its cells, the physical line it starts on, how many it spans, and whether its quotes are broken."""

    cells: list[str]
    line: int
    lines: int
    broken: bool = False


class _RunawayError(Exception):
    """A quoted cell that is longer than any cell is: its quote was never closed."""


class _Lines:
    """Physical lines, with those of the current record kept so that they can be put back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._ahead: deque[str] = deque()
        self._chars = 0
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._ahead.popleft() if self._ahead else next(self._source)
        self.taken.append(line)
        if len(self.taken) > 1:
            self._chars += len(line)
            if len(self.taken) > MAX_CELL_LINES or self._chars > MAX_CELL_CHARS:
                raise _RunawayError
        return line

    def start(self) -> None:
        """Begin a new record."""
        self.taken = []
        self._chars = 0

    def put_back(self) -> str:
        """Keep the first line of the record and give the others back."""
        first, rest = self.taken[0], self.taken[1:]
        self._ahead.extendleft(reversed(rest))
        self.taken = [first]
        return first


def read_records(lines: Iterable[str], dialect: Dialect, *, first_line: int = 1) -> Iterator[Record]:
    """Yield every record of ``lines``, which keep their line ends; a blank line is a record without cells."""
    _allow_long_cells()
    feed = _Lines(lines)
    reader = csv.reader(feed, delimiter=dialect.delimiter, skipinitialspace=dialect.spaced, strict=True)
    line = first_line
    while True:
        feed.start()
        try:
            record = Record(next(reader), line, len(feed.taken))
        except StopIteration:
            return
        except (csv.Error, _RunawayError):
            record = _damaged(feed, dialect, line)
        line += record.lines
        yield record


def _damaged(feed: _Lines, dialect: Dialect, line: int) -> Record:
    """The first line alone, read leniently; broken where the trouble reached beyond it or its quote stays open."""
    spanned = len(feed.taken)
    first = feed.put_back()
    try:
        cells = next(csv.reader([first], delimiter=dialect.delimiter, skipinitialspace=dialect.spaced), [])
    except csv.Error:
        return Record([first.rstrip("\r\n")], line, 1, broken=True)
    return Record([cell.rstrip("\r\n") for cell in cells], line, 1, broken=spanned > 1 or _is_open(first, dialect))


def _is_open(text: str, dialect: Dialect) -> bool:
    """Whether a line ends inside a quoted cell: then one more line would still belong to it."""
    probe = csv.reader([text, "\n"], delimiter=dialect.delimiter, skipinitialspace=dialect.spaced)
    return sum(1 for _ in probe) == 1


_FIELD_LIMIT: Final = 4 * MAX_CELL_CHARS


def _allow_long_cells() -> None:
    # The limit of the csv module is one for the whole process; it is only ever raised.
    if csv.field_size_limit() < _FIELD_LIMIT:
        csv.field_size_limit(_FIELD_LIMIT)
