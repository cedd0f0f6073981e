"""Where tables begin in a stream of records: by the layout of a known product, or by titles and headers as such."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flows.readers.contacts import is_person
from flows.readers.footers import is_known_footer
from flows.readers.further_headers import begins_table, header_block
from flows.readers.header import HeaderWords, find_header, is_blank, lone_cell, without_mark
from flows.readers.table import is_own_header
from policies.sources.layouts import recognise, section_at, title_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flows.readers.records import Record
    from policies.sources.layouts import Layout, Section

__all__ = ["AHEAD", "FIRST_CELLS", "Heading", "Hints", "Start", "Starts"]

AHEAD: Final = 12  # records a title may stand above its header
FIRST_CELLS: Final = 4  # one of which is the name of a column in any header
_RECOGNISED_IN: Final = 60  # records that are not blank, by which a layout is recognised


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
class Start:
    """A table that begins with the next records: ``above`` of them announce it, ``lines`` of them are its header."""

    above: int
    lines: int
    title: str | None = None
    section: Section | None = None

    @property
    def is_passed_over(self) -> bool:
        """Whether its layout says that it holds no people."""
        return self.section is not None and not self.section.people


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a table: its header, the lines in which that is printed, and its title."""

    header: list[str]
    printed: list[list[str]] = field(default_factory=list)
    title: str | None = None


class Starts:
    """Tells where tables begin; learns the headers of those it has seen."""

    def __init__(self, hints: Hints) -> None:
        self.layout: Layout | None = None
        self.words = HeaderWords(hints.header_words)
        self._hints = hints
        # Lines that begin no table below the heading: many short lines in a row would ask for each a dozen times.
        self._begin_nothing: set[int] = set()
        self._heading: Heading | None = None

    def first(self, records: Sequence[Record]) -> Start | None:
        """The first table among the first records of a stream, by its layout or by shape; None without a header."""
        said = [record.cells for record in records if not is_blank(record.cells)][:_RECOGNISED_IN]
        if not any(map(is_own_header, said)):
            self.layout = recognise(self._hints.layouts, said, self._hints.file_name)
        if self.layout is not None:
            for section in self.layout.sections:
                self.words.learn(section.header)
            if start := self._first_section(records):
                return start
        # A line whose quotes are broken may be anybody: with an address in it, it stands over no header.
        whole = itertools.takewhile(lambda record: not (record.broken and "@" in "".join(record.cells)), records)
        return self._first_by_shape([without_mark(record.cells) for record in whole])

    def is_odd(self, cells: Sequence[str], text: str) -> bool:
        """Whether a line may be a title or a header: it has one cell only, or one that is a known name of a column.

        ``text`` is that of all cells. Every row without an address passes here: it must not cost much.
        """
        if len(cells) > 1 and len(text.strip()) == len(cells[0].strip()):
            return True
        return any(map(self.words, cells[:FIRST_CELLS]))

    def after(self, record: Record, below: Sequence[Record], heading: Heading, *, after_blank: bool) -> Start | bool:
        """The table that begins with a record inside another one; True where it is to be ignored, False for a row.

        ``below`` are the records that follow it.
        """
        if without_mark(record.cells) in heading.printed:
            return True
        title = lone_cell(record.cells) if len(heading.header) > 1 or len(record.cells) > 1 else None
        # A row that came in quotes as a whole is one cell too.
        if title is not None and "@" not in title and (found := self._announced(record, title, below, heading)):
            return found
        return self._begun(record, below, heading, apart=after_blank) or False

    def _first_section(self, records: Sequence[Record]) -> Start | None:
        """The first table its layout knows; what stands before it describes the export."""
        title: str | None = None
        for place, record in enumerate(records):
            if section := self._section(record.cells, title):
                return Start(place, 1, title, section)
            title = title_of(record.cells) or title
        return None

    def _first_by_shape(self, records: Sequence[list[str]]) -> Start | None:
        position = find_header(records, self.words)
        if position is None:
            return None
        position, lines = header_block(records, position, self.words)
        titles = [title for cells in records[:position] if (title := lone_cell(cells))]
        return Start(position, lines, titles[-1] if titles else None)

    def _section(self, cells: Sequence[str], title: str | None) -> Section | None:
        return section_at(self.layout, without_mark(cells), title) if self.layout is not None else None

    def _announced(self, record: Record, title: str, below: Sequence[Record], heading: Heading) -> Start | bool:
        """The table whose title a record is; True for the title of a page, with the same header under it."""
        last = title
        for place, other in enumerate(below):
            if is_blank(other.cells):
                continue
            cells = without_mark(other.cells)
            if cells in heading.printed:
                if title == heading.title or is_known_footer(record.cells, self.layout):
                    return True
                if is_person(title) and self.layout is None:
                    return False
                return Start(place + 1, _printed_again(below[place:], heading), last, self._section(cells, last))
            if found := self._begun(other, below[place + 1 :], heading, apart=True, above=place + 1, title=last):
                return found
            next_title = lone_cell(cells)
            if next_title is None or "@" in next_title:
                return False
            last = next_title
        return False

    def _begun(
        self,
        record: Record,
        below: Sequence[Record],
        heading: Heading,
        *,
        apart: bool,
        above: int = 0,
        title: str | None = None,
    ) -> Start | None:
        """The table whose header a record is. A layout is asked about lines with a known name of a column only."""
        if any("@" in cell for cell in record.cells) or self._is_known_row(record, heading):
            return None
        cells = without_mark(record.cells)
        section = self._section(cells, title) if any(map(self.words, cells)) else None
        next_cells = below[0].cells if below and not is_blank(below[0].cells) else None
        if section is None and not begins_table(cells, next_cells, heading.header, self.words, apart=apart):
            if apart and below and self.layout is None:
                self._begin_nothing.add(record.line)
            return None
        return Start(above, 1, title, section)

    def _is_known_row(self, record: Record, heading: Heading) -> bool:
        """Whether a line was asked about before, under the same heading; under another one all are asked anew."""
        if heading is not self._heading:
            self._heading = heading
            self._begin_nothing.clear()
        return record.line in self._begin_nothing


def _printed_again(below: Sequence[Record], heading: Heading) -> int:
    """In how many of these lines the header stands once more."""
    again = [record.cells for record in below[1 : len(heading.printed)]]
    return len(heading.printed) if again == heading.printed[1:] else 1
