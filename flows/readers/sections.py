"""A stream of records to the tables in it: every line is a row, a header, or ignored for a reason.

A file may hold a preamble, several tables one after the other with titles and blank lines between them, headers printed
again, and footers. Which lines are headers is told by the layout of a known product, or else by
:mod:`flows.readers.header`; whatever is not told with certainty is a row, and refused later if it does not fit.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from flows.readers.footers import is_known_footer
from flows.readers.header import (
    LONGEST_TITLE,
    HeaderWords,
    begins_table,
    find_header,
    header_block,
    is_blank,
    joined,
    lone_cell,
    usual_width,
    without_mark,
)
from flows.readers.model import RawTable
from flows.readers.refusals import refuse
from flows.readers.table import FULL, TableBuilder, is_own_header
from policies.sources.layouts import recognise, section_at, title_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from flows.readers.records import Record
    from policies.sources.layouts import Layout, Section

__all__ = ["Hints", "Origin", "Split", "split_tables"]

_MAX_TABLES: Final = 500  # in one stream; a file that falls into more is no list
_LOOKED_AT: Final = 250  # records among which the first header is looked for
_RECOGNISED_IN: Final = 60  # records that are not blank, by which a layout is recognised
_AHEAD: Final = 12  # records a title may stand above its header
_FIRST_CELLS: Final = 4  # one of which is the name of a column in any header


@dataclass(frozen=True, slots=True)
class Origin:
    """Where records come from; ``title`` is the name of their sheet. ``skipped_lines`` came before the first one."""

    kind: str
    encoding: str | None = None
    delimiter: str | None = None
    skipped_lines: int = 0
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known beforehand: layouts of products, the name of the file, whether it may lack a header.

    ``header_words`` are names of columns that stand in many lists.
    """

    layouts: Sequence[Layout] = ()
    file_name: str = ""
    headerless: bool = False
    header_words: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """The tables with rows in a stream; their lines and ``ignored_lines`` are all of its lines."""

    tables: tuple[RawTable, ...]
    layout: Layout | None
    ignored_lines: int


def split_tables(records: Iterable[Record], origin: Origin, hints: Hints) -> Split:
    """Split a stream of records into its tables.

    Raises ``RefusedFile``: ``empty_file``, ``no_header``, ``no_rows``, ``too_many_columns``, ``file_too_large``,
    ``not_a_list``.
    """
    splitter = _Splitter(records, origin, hints)
    splitter.run()
    return Split(tuple(splitter.tables), splitter.layout, splitter.ignored)


@dataclass(slots=True)
class _Start:
    """A table that begins with the next records: ``above`` of them announce it, ``lines`` of them are its header."""

    above: int
    lines: int
    title: str | None = None
    section: Section | None = None

    @property
    def is_passed_over(self) -> bool:
        return self.section is not None and not self.section.people


@dataclass(slots=True)
class _Open:
    """The table that is being read; without ``builder`` it is passed over."""

    header: list[str]
    printed: list[list[str]]  # the lines of its header, as they may come again
    title: str | None
    builder: TableBuilder | None
    header_line: int = 0
    header_lines: int = 0
    waiting: list[Record] = field(default_factory=list)  # where there is no builder to take them
    usual: int = field(init=False)  # cells of its last row

    def __post_init__(self) -> None:
        self.usual = len(self.header)

    def flush(self) -> int:
        """Lay out the rows that wait; gives the lines of those that are passed over."""
        if self.builder is not None:
            self.builder.flush()
            return 0
        lines = sum(record.lines for record in self.waiting)
        self.waiting.clear()
        return lines


class _Splitter:
    def __init__(self, records: Iterable[Record], origin: Origin, hints: Hints) -> None:
        self._source = iter(records)
        self._ahead: deque[Record] = deque()
        self._origin = origin
        self._hints = hints
        self._words = HeaderWords(hints.header_words)
        self.layout: Layout | None = None
        self.tables: list[RawTable] = []
        self.ignored = origin.skipped_lines
        self._first_header: int | None = None

    def run(self) -> None:
        """Read everything."""
        start: _Start | None = self._first_start()
        while start is not None:
            section = start.section
            table = self._opened(start)
            start = self._take_rows(table)
            self._close(table, section)
            if len(self.tables) > _MAX_TABLES:
                raise refuse("not_a_list", tables=len(self.tables), limit=_MAX_TABLES)
        if not self.tables:
            raise refuse("no_rows", **self._found())

    # ------------------------------------------------------------------------------------------- records ahead

    def _peek(self, count: int) -> list[Record]:
        """The next records, which stay where they are."""
        if len(self._ahead) < count:
            self._ahead.extend(islice(self._source, count - len(self._ahead)))
        return list(islice(self._ahead, count))

    def _skip(self, count: int) -> None:
        for _ in range(count):
            self.ignored += self._ahead.popleft().lines

    # ------------------------------------------------------------------------------------------- where tables begin

    def _first_start(self) -> _Start:
        first = self._peek(_LOOKED_AT)
        said = [record.cells for record in first if not is_blank(record.cells)]
        if not said:
            raise refuse("empty_file", **self._found())
        if not any(is_own_header(cells) for cells in said[:_RECOGNISED_IN]):
            self.layout = recognise(self._hints.layouts, said[:_RECOGNISED_IN], self._hints.file_name)
        if self.layout is not None:
            for section in self.layout.sections:
                self._words.learn(section.header)
            if start := self._first_section():
                return start
        return self._first_by_shape([without_mark(record.cells) for record in first])

    def _first_section(self) -> _Start | None:
        """The first table its layout knows; what stands before it describes the export."""
        title: str | None = None
        for place, record in enumerate(self._peek(_LOOKED_AT)):
            section = self._section(record.cells, title)
            if section is not None:
                return _Start(place, 1, title, section)
            title = title_of(record.cells) or title
        return None

    def _first_by_shape(self, first: Sequence[list[str]]) -> _Start:
        position = find_header(first, self._words)
        if position is None:
            if not self._hints.headerless:
                raise refuse("no_header", **self._found())
            return _Start(0, 0)
        position, lines = header_block(first, position, self._words)
        titles = [title for cells in first[:position] if (title := lone_cell(cells))]
        return _Start(position, lines, titles[-1] if titles else None)

    def _section(self, cells: Sequence[str], title: str | None) -> Section | None:
        return section_at(self.layout, without_mark(cells), title) if self.layout is not None else None

    def _opened(self, start: _Start) -> _Open:
        self._skip(start.above)
        lines = [self._ahead.popleft() for _ in range(start.lines)]
        printed = [without_mark(record.cells) for record in lines]
        header = joined(printed) if printed else [""] * usual_width(self._said_ahead())
        builder = None if start.is_passed_over else TableBuilder(header, self.layout)
        title = start.title if start.title is None or len(start.title) <= LONGEST_TITLE else None
        table = _Open(header, printed, title or self._origin.title, builder)
        table.header_line = lines[0].line if lines else 0
        table.header_lines = sum(record.lines for record in lines)
        if self._first_header is None and lines:
            self._first_header = table.header_line
        self._words.learn(header)
        return table

    def _said_ahead(self) -> list[list[str]]:
        return [record.cells for record in self._peek(_LOOKED_AT) if not is_blank(record.cells)]

    # ------------------------------------------------------------------------------------------- rows

    def _take_rows(self, table: _Open) -> _Start | None:
        """Rows up to the next table; None at the end. Every row of a file passes here: what is rare is done apart."""
        ahead, source, builder = self._ahead, self._source, table.builder
        waiting = builder.waiting if builder is not None else table.waiting
        after_blank = False
        while True:
            record = ahead.popleft() if ahead else next(source, None)
            if record is None:
                return None
            cells = record.cells
            if not cells or (not cells[0].strip() and is_blank(cells)):
                self.ignored += record.lines
                after_blank = True
                continue
            # A line with an address in it is no title and no header.
            if (
                after_blank
                or len(cells) != table.usual
                or ("@" not in (text := "".join(cells)) and self._is_odd(cells, text))
            ):
                found = self._looked_at(record, table, after_blank=after_blank)
                if isinstance(found, _Start):
                    return found
                if found:
                    continue
                after_blank = False
            waiting.append(record)
            if len(waiting) >= FULL:
                self.ignored += table.flush()

    def _looked_at(self, record: Record, table: _Open, *, after_blank: bool) -> _Start | bool:
        """The table that begins with a record, which is then put back; True where it is ignored, False for a row."""
        if without_mark(record.cells) in table.printed:
            self.ignored += record.lines
            return True
        found = self._next_start(record, table, after_blank=after_blank)
        if isinstance(found, _Start):
            self._ahead.appendleft(record)
        elif found:
            self.ignored += record.lines
        else:
            table.usual = len(record.cells)
            if after_blank and table.builder is not None:
                table.builder.note_blank(record)
        return found

    def _is_odd(self, cells: Sequence[str], text: str) -> bool:
        """Whether a line may be a title or a header: it has one cell only, or one that is a known name of a column."""
        if len(cells) > 1 and len(text.strip()) == len(cells[0].strip()):
            return True
        return any(map(self._words, cells[:_FIRST_CELLS]))

    def _next_start(self, record: Record, table: _Open, *, after_blank: bool) -> _Start | bool:
        """The table that begins with this record; True where it is a line to ignore, False where it is a row."""
        title = lone_cell(record.cells) if len(table.header) > 1 or len(record.cells) > 1 else None
        below = self._peek(_AHEAD)
        if title is not None and (found := self._announced(record, title, below, table)):
            return found
        return self._begun(record, below, table, apart=after_blank) or False

    def _begun(
        self,
        record: Record,
        below: Sequence[Record],
        table: _Open,
        *,
        apart: bool,
        above: int = 0,
        title: str | None = None,
    ) -> _Start | None:
        """The table whose header this record is. A layout is asked about lines with a known name of a column only."""
        cells = without_mark(record.cells)
        section = self._section(cells, title) if any(map(self._words, cells)) else None
        next_cells = below[0].cells if below and not is_blank(below[0].cells) else None
        if section is None and not begins_table(cells, next_cells, table.header, self._words, apart=apart):
            return None
        return _Start(above, 1, title, section)

    def _announced(self, record: Record, title: str, below: Sequence[Record], table: _Open) -> _Start | bool:
        """The table whose title this record is; True for the title of a page, with the same header under it."""
        above = 1
        last = title
        for place, other in enumerate(below):
            if is_blank(other.cells):
                above += 1
                continue
            cells = without_mark(other.cells)
            if cells in table.printed:
                if title == table.title or is_known_footer(record.cells, self.layout):
                    return True
                return _Start(above, self._printed_again(below[place:], table), last, self._section(cells, last))
            if found := self._begun(other, below[place + 1 :], table, apart=True, above=above, title=last):
                return found
            if (next_title := lone_cell(cells)) is None:
                return False
            last = next_title
            above += 1
        return False

    def _printed_again(self, below: Sequence[Record], table: _Open) -> int:
        """How many of the next lines are the header of a table once more."""
        again = [record.cells for record in below[1 : len(table.printed)]]
        return len(table.printed) if again == table.printed[1:] else 1

    # ------------------------------------------------------------------------------------------- what came of it

    def _close(self, table: _Open, section: Section | None) -> None:
        """Keep a table that has rows; the lines of any other are ignored."""
        builder = table.builder
        if builder is None:
            self.ignored += table.header_lines + table.flush()
            return
        builder.finish()
        self.ignored += builder.footer_lines
        if builder.count == 0:
            self.ignored += table.header_lines
            return
        raw = RawTable(
            headers=builder.headers,
            columns=builder.columns,
            rows=builder.rows(),
            damaged=builder.damaged_rows(),
            kind=self._origin.kind,
            encoding=self._origin.encoding,
            delimiter=self._origin.delimiter,
            header_line=table.header_line,
            header_lines=table.header_lines,
            ignored_lines=0,
            physical_lines=table.header_lines + builder.row_lines,
            is_rejects=builder.is_rejects,
            row_lines=builder.row_lines,
            title=table.title,
            section=section,
            ruled_out={reason: tuple(numbers) for reason, numbers in builder.ruled_out.items()},
        )
        self.tables.append(raw)

    def _found(self) -> dict[str, object]:
        """What is known of a file that is refused."""
        found = {
            "encoding": self._origin.encoding,
            "delimiter": self._origin.delimiter,
            "header_line": self._first_header,
        }
        return {name: value for name, value in found.items() if value is not None}
