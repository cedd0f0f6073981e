"""Delimited text to records, with the csv module; a damaged record never takes its neighbours with it.

A quote that is never closed would swallow the lines after it. The strict parser notices: then the first line alone is
the damaged record, the others are put back and read on their own. A quote that is closed by a stray one some lines
later shows in the lines between: where they are records by themselves, the record is taken apart in the same way.

The time is linear in the text, whatever its quotes. Lines are looked through a second time only after they were put
back, and no line is put back twice: to stand in an open cell on one of those lines has already led nowhere, so a record
that gets there again is damaged at once.
"""

from __future__ import annotations

import csv
import functools
import re
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.readers.limits import MAX_CELL_CHARS, MAX_CELL_LINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Dialect", "Record", "read_records"]

_TOLD_BY_WIDTH: Final = 3  # narrower records say nothing by their width
_SURELY_RECORDS: Final = 6  # cells on the lines in the middle of a record
_PIECES: Final = 50  # of one record that stray carriage returns cut
_BACKSLASH: Final = re.compile(r'\\(["\\]?)')


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are divided.

    Quotes are ``quote`` (nothing: quotes are letters), doubled inside; ``spaced``: a blank may follow the delimiter;
    ``escaped``: inside cells a backslash may stand before a quote or another backslash, and nothing else is changed by
    one; ``cr_ends``: a lone carriage return ends a record, and is not a stray sign within one.
    """

    delimiter: str
    spaced: bool = False
    quote: str = '"'
    escaped: bool = False
    cr_ends: bool = False


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

    def __init__(self, lines: Iterable[str], dialect: Dialect) -> None:
        self._source = iter(lines)
        self._escaped = dialect.escaped
        self._ahead: deque[str] = deque()
        self._chars = 0
        self._place = 0  # the number of the next line
        self._hopeless = 0  # no cell that is open before this line is ever closed well
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.taken and self._place < self._hopeless:
            raise _RunawayError
        line = self._ahead.popleft() if self._ahead else next(self._source)
        self._place += 1
        self.taken.append(line)
        if len(self.taken) > 1:
            self._chars += len(line)
            if len(self.taken) > MAX_CELL_LINES or self._chars > MAX_CELL_CHARS:
                raise _RunawayError
        return _with_escapes(line) if self._escaped else line

    def start(self) -> None:
        """Begin a new record."""
        self.taken = []
        self._chars = 0

    def put_back(self) -> str:
        """Keep the first line of the record and give the others back."""
        first, rest = self.taken[0], self.taken[1:]
        self._hopeless = max(self._hopeless, self._place)
        self._place -= len(rest)
        self._ahead.extendleft(reversed(rest))
        self.taken = [first]
        return first


class _Usual:
    """The number of cells most records have so far; blank lines do not count."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self.width = 0

    def has(self, width: int) -> bool:
        """Whether a record of this width came before."""
        return width in self._counts

    def add(self, width: int) -> None:
        """Count one more record."""
        self._counts[width] += 1
        if width and self._counts[width] >= self._counts[self.width]:
            self.width = width


def read_records(lines: Iterable[str], dialect: Dialect, *, first_line: int = 1) -> Iterator[Record]:
    """Yield every record of ``lines``, which keep their line ends; a blank line is a record without cells.

    The ``lines`` of all records add up to the lines read.
    """
    _allow_long_cells()
    feed = _Lines(lines, dialect)
    usual = _Usual()
    pieces: list[Record] = []
    for record in _single(feed, dialect, usual, first_line):
        cut = not dialect.cr_ends and feed.taken[-1].endswith("\r")
        if not (cut or pieces):
            if not record.broken:
                usual.add(len(record.cells))
            yield record
            continue
        pieces.append(record)
        if not cut or len(pieces) == _PIECES:
            yield from _joined(pieces, usual.width)
            pieces = []
    yield from _joined(pieces, usual.width)


def _single(feed: _Lines, dialect: Dialect, usual: _Usual, line: int) -> Iterator[Record]:
    """Records as the parser finds them, damaged ones taken apart."""
    reader = _reader(feed, dialect, strict=True)
    while True:
        feed.start()
        try:
            record = Record(next(reader), line, len(feed.taken))
        except StopIteration:
            return
        except (csv.Error, _RunawayError):
            record = _damaged(feed, dialect, line)
        else:
            if record.lines > 1 and _has_swallowed(feed.taken, len(record.cells), usual, dialect):
                record = _damaged(feed, dialect, line)
        line += record.lines
        yield record


def _joined(pieces: list[Record], width: int) -> list[Record]:
    """Pieces between stray carriage returns: one record where they only together have the usual width."""
    whole = sum(len(piece.cells) for piece in pieces) - len(pieces) + 1
    if not pieces or whole != width or any(piece.broken or len(piece.cells) in (0, width) for piece in pieces):
        return pieces
    cells = [*pieces[0].cells]
    for piece in pieces[1:]:
        cells[-1:] = [f"{cells[-1]}\r{piece.cells[0]}", *piece.cells[1:]]
    return [Record(cells, pieces[0].line, sum(piece.lines for piece in pieces))]


def _has_swallowed(taken: list[str], width: int, usual: _Usual, dialect: Dialect) -> bool:
    """Whether a record spans lines that are records by themselves.

    Most of them must have the usual width where the record has a width not seen before. Where its own is the usual one
    the lines in its middle must all have it, and they must be so many and so wide that no address over several lines
    is taken for them.
    """
    if usual.width < _TOLD_BY_WIDTH:
        return False
    if width == usual.width:
        inside = taken[1:-1]
        return len(inside) * usual.width >= _SURELY_RECORDS and _all_of_width(inside, usual.width, dialect)
    others = [] if usual.has(width) else taken[1:]
    return 2 * sum(_width(line, dialect) == usual.width for line in others) > len(others)


def _all_of_width(lines: list[str], width: int, dialect: Dialect) -> bool:
    return all(_width(line, dialect) == width for line in lines)


def _width(line: str, dialect: Dialect) -> int:
    """The cells of one line, 0 where its quotes are not in order."""
    text = _with_escapes(line) if dialect.escaped else line
    try:
        return len(next(_reader([text], dialect, strict=True), []))
    except csv.Error:
        return 0


def _damaged(feed: _Lines, dialect: Dialect, line: int) -> Record:
    """The first line alone, read leniently; broken where the trouble reached beyond it or its quote stays open."""
    spanned = len(feed.taken)
    first = feed.put_back()
    text = _with_escapes(first) if dialect.escaped else first
    try:
        cells = next(_reader([text], dialect, strict=False), [])
    except csv.Error:
        return Record([first.rstrip("\r\n")], line, 1, broken=True)
    broken = spanned > 1 or _is_open(text, dialect) or _is_ambiguous(first.rstrip("\r\n"), dialect)
    return Record([cell.rstrip("\r\n") for cell in cells], line, 1, broken=broken)


def _is_ambiguous(line: str, dialect: Dialect) -> bool:
    """Whether stray quotes leave in doubt where the cells of a line end, or which of the quotes belong to a cell.

    In ``"Acme" Ltd`` they do not. In ``"Doe, "Jane" x`` the comma may divide; in ``""Jane"`` a quote is too many.
    """
    cell_at, place = _cell(dialect), 0
    while cell := cell_at.match(line, place):
        quoted, rest = cell.group("quoted"), cell.group("rest")
        if quoted and rest and (dialect.delimiter in quoted or dialect.quote in rest):
            return True
        if rest.count(dialect.quote) % 2 or rest.endswith(dialect.quote):
            return True
        place = cell.end() + 1
        if place > len(line):
            break
    return False


@functools.cache
def _cell(dialect: Dialect) -> re.Pattern[str]:
    """A cell up to the next delimiter: what stands in quotes at its beginning, and what follows."""
    quote, other = re.escape(dialect.quote), re.escape(dialect.delimiter)
    inside = rf"[^{quote}\\]|\\.|{quote}{quote}" if dialect.escaped else rf"[^{quote}]|{quote}{quote}"
    blank = " *" if dialect.spaced else ""
    return re.compile(
        rf"{blank}(?P<quoted>{quote}(?:{inside})*{quote})?(?P<rest>[^{other}]*)(?:$|(?={other}))", re.DOTALL
    )


def _is_open(text: str, dialect: Dialect) -> bool:
    """Whether a line ends inside a quoted cell: then one more line would still belong to it."""
    return sum(1 for _ in _reader([text, "\n"], dialect, strict=False)) == 1


def _reader(lines: Iterable[str], dialect: Dialect, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        skipinitialspace=dialect.spaced,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar="\\" if dialect.escaped else None,
        strict=strict,
    )


def _with_escapes(line: str) -> str:
    """A line in which every backslash that escapes nothing is doubled, so that the parser leaves it as it is."""
    return _BACKSLASH.sub(lambda found: found.group() if found.group(1) else "\\\\", line) if "\\" in line else line


_FIELD_LIMIT: Final = 4 * MAX_CELL_CHARS


def _allow_long_cells() -> None:
    # The limit of the csv module is one for the whole process; it is only ever raised.
    if csv.field_size_limit() < _FIELD_LIMIT:
        csv.field_size_limit(_FIELD_LIMIT)
