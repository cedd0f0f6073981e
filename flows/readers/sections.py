"""A stream of records to the tables in it: every line is a row, a header, or ignored for a reason.

A file may hold a preamble, several tables one after the other with titles and blank lines between them, headers printed
again, and footers. Where tables begin is told by :mod:`flows.readers.starts`; whatever is not told with certainty is a
row, and refused later if it does not fit.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from flows.readers.contacts import has_contact, mentions_somebody
from flows.readers.footers import refuses
from flows.readers.further_headers import joined
from flows.readers.header import LONGEST_TITLE, HeaderWords, is_blank, is_clear, usual_width, without_mark
from flows.readers.limits import MAX_COLUMNS
from flows.readers.model import RawTable
from flows.readers.refusals import refuse
from flows.readers.starts import AHEAD, Heading, Hints, Start, Starts
from flows.readers.table import FULL, TableBuilder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.readers.records import Record
    from policies.sources.layouts import Layout, Section

__all__ = ["Hints", "Origin", "Split", "split_tables"]

_LOOKED_AT: Final = 250  # records among which the first header is looked for
_SHARE: Final = 3  # of the names in a header about the file at most one in three is that of a column in lists
_CONTACT: Final = re.compile(r"mail|phone|tel|mobil|contact|courriel|correo|host")
_MAX_TABLES: Final = 100  # in one stream; a file that falls into more is no list


@dataclass(frozen=True, slots=True)
class Origin:
    """Where records come from; ``title`` is the name of their sheet. ``skipped_lines`` came before the first one."""

    kind: str
    encoding: str | None = None
    delimiter: str | None = None
    skipped_lines: int = 0
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """The tables with rows in a stream; their lines and ``ignored_lines`` are all of its lines."""

    tables: tuple[RawTable, ...]
    layout: Layout | None
    ignored_lines: int
    ignored_with_contacts: int = 0  # of these, lines over a table with an address or a number in them


def split_tables(records: Iterable[Record], origin: Origin, hints: Hints) -> Split:
    """Split a stream of records into its tables.

    Raises ``RefusedFile``: ``empty_file``, ``no_header``, ``no_rows``, ``too_many_columns``, ``file_too_large``,
    ``not_a_list``.
    """
    splitter = _Splitter(records, origin, hints)
    splitter.run()
    return Split(tuple(splitter.tables), splitter.starts.layout, splitter.ignored, splitter.ignored_with_contacts)


@dataclass(slots=True)
class _Open:
    """The table that is being read; without ``builder`` it is passed over."""

    heading: Heading
    section: Section | None
    builder: TableBuilder | None
    header_line: int
    header_lines: int
    usual: int  # cells of its last row
    passed_over: list[Record] = field(default_factory=list)

    @property
    def waiting(self) -> list[Record]:
        """Where its records go."""
        return self.passed_over if self.builder is None else self.builder.waiting

    def flush(self) -> int:
        """Lay out the rows that wait; gives the lines of those that are passed over."""
        if self.builder is not None:
            self.builder.flush()
            return 0
        lines = sum(record.lines for record in self.passed_over)
        self.passed_over.clear()
        return lines


class _Splitter:
    def __init__(self, records: Iterable[Record], origin: Origin, hints: Hints) -> None:
        self.starts = Starts(hints)
        self.tables: list[RawTable] = []
        self.ignored = origin.skipped_lines
        self.ignored_with_contacts = 0
        self._source = iter(records)
        self._ahead: deque[Record] = deque()
        self._origin = origin
        self._headerless = hints.headerless
        self._header_words = hints.header_words
        self._first_header = 0

    def run(self) -> None:
        """Read everything."""
        start: Start | None = self._first()
        while start is not None:
            table = self._opened(start)
            start = self._take_rows(table)
            self._close(table)
            if len(self.tables) > _MAX_TABLES:
                raise refuse("not_a_list", tables=len(self.tables), limit=_MAX_TABLES)
        self._drop_block_above()
        if not self.tables:
            raise refuse("no_rows", **self._found())

    def _drop_block_above(self) -> None:
        """Count two lines about the file (a meeting, its host) as preamble: a header nobody knows, and one row.

        Only where a table under known names of columns follows, and what looks like a contact point stands under a
        name that says so: otherwise the two lines may be people.
        """
        if self.starts.layout is not None or len(self.tables) <= 1:
            return
        above, below = self.tables[:2]
        is_block = above.header_lines and above.rows.height == above.height == 1 and is_clear(above.headers)
        known = HeaderWords(self._header_words)
        names = known.count(above.headers)
        is_unknown = names <= min(1, len(above.headers) // _SHARE) and len(above.headers) != len(below.headers)
        if is_block and is_unknown and known.count(below.headers) > 1 and _names_contacts(above):
            self.ignored += above.physical_lines
            del self.tables[0]

    def _peek(self, count: int) -> list[Record]:
        """The next records, which stay where they are."""
        if len(self._ahead) < count:
            self._ahead.extend(islice(self._source, count - len(self._ahead)))
        return list(islice(self._ahead, count))

    def _first(self) -> Start:
        records = self._peek(_LOOKED_AT)
        if all(is_blank(record.cells) for record in records):
            raise refuse("empty_file", **self._found())
        top = len(next(record.cells for record in records if not is_blank(record.cells)))
        if top > MAX_COLUMNS:
            raise refuse("too_many_columns", columns=top, limit=MAX_COLUMNS)
        start = self.starts.first(records)
        if start is None and not self._headerless:
            raise refuse("no_header", **self._found())
        return start or Start(0, 0)

    def _opened(self, start: Start) -> _Open:
        above = [self._ahead.popleft() for _ in range(start.above)]
        lines = [self._ahead.popleft() for _ in range(start.lines)]
        printed = [without_mark(record.cells) for record in lines]
        header = joined(printed, self.starts.words) if printed else self._numbered()
        title = start.title if start.title and len(start.title) <= LONGEST_TITLE else self._origin.title
        header_line = lines[0].line if lines else 0
        self._first_header = self._first_header or header_line
        self.starts.words.learn([*header, *(printed[-1] if printed else ())])
        builder = None if start.is_passed_over else TableBuilder(header, self.starts.layout)
        self._pass_over(above, builder)
        header_lines = sum(record.lines for record in lines)
        return _Open(Heading(header, printed, title), start.section, builder, header_line, header_lines, len(header))

    def _pass_over(self, above: Iterable[Record], builder: TableBuilder | None) -> None:
        """Ignore the lines over a table; those in which somebody says no are kept, so that they are heard."""
        for record in above:
            mentions = mentions_somebody(record.cells)
            if mentions and builder is not None and refuses(record.cells):
                builder.keep(record)
            else:
                self.ignored += record.lines
                self.ignored_with_contacts += mentions

    def _numbered(self) -> list[str]:
        """The header of a table that has none: as many blank cells as its rows have."""
        return [""] * usual_width([record.cells for record in self._peek(_LOOKED_AT) if not is_blank(record.cells)])

    def _take_rows(self, table: _Open) -> Start | None:
        """Rows up to the next table; None at the end. Every row of a file passes here: what is rare is done apart."""
        ahead, source, waiting, is_odd = self._ahead, self._source, table.waiting, self.starts.is_odd
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
            is_usual = not after_blank and len(cells) == table.usual
            if not is_usual or ("@" not in (text := "".join(cells)) and is_odd(cells, text)):
                found = self._looked_at(record, table, after_blank=after_blank)
                if isinstance(found, Start):
                    return found
                if found:
                    continue
                after_blank = False
            waiting.append(record)
            if len(waiting) >= FULL:
                self.ignored += table.flush()

    def _looked_at(self, record: Record, table: _Open, *, after_blank: bool) -> Start | bool:
        """The table that begins with a record, which is then put back; True where it is ignored, False for a row."""
        found = self.starts.after(record, self._peek(AHEAD), table.heading, after_blank=after_blank)
        if isinstance(found, Start):
            self._ahead.appendleft(record)
        elif found:
            self.ignored += record.lines
        else:
            table.usual = len(record.cells)
            if after_blank and table.builder is not None:
                table.builder.note_blank(record)
        return found

    def _close(self, table: _Open) -> None:
        """Keep a table that has rows; the lines of any other are ignored."""
        builder = table.builder
        if builder is None:
            self.ignored += table.header_lines + table.flush()
            return
        builder.finish()
        self.ignored += builder.footer_lines
        if builder.count:
            self.tables.append(self._raw(table, builder))
        else:
            self.ignored += table.header_lines

    def _raw(self, table: _Open, builder: TableBuilder) -> RawTable:
        return RawTable(
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
            title=table.heading.title,
            section=table.section,
            ruled_out={reason: tuple(numbers) for reason, numbers in builder.ruled_out.items()},
        )

    def _found(self) -> dict[str, object]:
        """What is known of a file that is refused."""
        known = {
            "encoding": self._origin.encoding,
            "delimiter": self._origin.delimiter,
            "header_line": self._first_header or None,
        }
        return {name: value for name, value in known.items() if value is not None}


def _names_contacts(table: RawTable) -> bool:
    """Whether every contact point in a table of one row stands under the name of one."""
    cells = table.rows.drop("row_number").row(0)
    return all(
        _CONTACT.search(name.casefold()) for name, cell in zip(table.headers, cells, strict=True) if has_contact([cell])
    )
