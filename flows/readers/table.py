"""Records under one header: rows that fit it by columns, the damaged ones beside them, footers taken off the end."""

from __future__ import annotations

import re
from array import array
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.readers.footers import TAIL, footers_in
from flows.readers.header import without_mark
from flows.readers.limits import MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS
from flows.readers.refusals import refuse
from flows.readers.rejects import OWN_COLUMNS, restored, ruled_out_by, unchanged
from policies.sources.headers import unique_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.readers.records import Record
    from policies.sources.layouts import Layout

__all__ = ["DAMAGED", "FULL", "TableBuilder", "is_own_header"]

DAMAGED: Final = pl.Schema(
    {"row_number": pl.UInt32(), "code": pl.String(), "line": pl.UInt32(), "cells": pl.List(pl.String)}
)

FULL: Final = 20_000  # records that wait at most to be turned into columns
_CHECKED: Final = 1_000  # rows whose text is looked at at once
_WHY: Final = OWN_COLUMNS.index("_why")
_UNDECODED: Final = re.compile("[\udc80-\udcff]")
_REPLACEMENT: Final = "\ufffd"

_Damaged = tuple[int, str, int, list[str]]


def is_own_header(cells: Sequence[str]) -> bool:
    """Whether a header is that of a rejects file of ours."""
    return tuple(cells[-len(OWN_COLUMNS) :]) == OWN_COLUMNS


class TableBuilder:
    """Gathers the records of one table, in batches of columns; damaged rows one by one.

    Nothing is ever shifted or padded. The one repair: where every row has one blank cell more than the header, or the
    header one blank cell more than every row, each of those lines ends in a delimiter, and that cell is left out.
    """

    def __init__(self, headers: Sequence[str], layout: Layout | None = None) -> None:
        if len(headers) > MAX_COLUMNS:
            raise refuse("too_many_columns", columns=len(headers), limit=MAX_COLUMNS)
        self.is_rejects = is_own_header(headers)
        own = len(OWN_COLUMNS) if self.is_rejects else 0
        # A byte that is no character can stand in a header too; there it harms no row.
        cells = [_UNDECODED.sub(_REPLACEMENT, cell) for cell in without_mark(headers)[: len(headers) - own]]
        self.headers = tuple(restored(cells)) if self.is_rejects else tuple(cells)
        self.columns = unique_names(self.headers)
        self.width = len(headers)
        self.waiting: list[Record] = []  # records in their order, for whoever reads them to append to
        self.ruled_out: dict[str, list[int]] = {}  # rows of a rejects file that the original file ruled out
        self.row_lines = self.footer_lines = self.count = 0
        self._layout = layout
        self._surplus: int | None = None  # cells each row has more than the header; None: not decided
        self._after_blank: set[int] = set()
        self._numbered = 0
        self._frames: list[pl.DataFrame] = []
        self._damaged: list[_Damaged] = []
        self._apart: list[pl.DataFrame] = []
        self._remarks: list[Record] = []
        self._repaired = array("I")  # the line of every row, kept while each of them is repaired

    def note_blank(self, record: Record) -> None:
        """A blank line stands before this record."""
        self._after_blank.add(record.line)

    def keep(self, remark: Record) -> None:
        """Count a line that stood over the table, and says no for somebody, as a damaged row behind all others."""
        self._remarks.append(remark)

    def flush(self) -> None:
        """Turn the records that wait into rows, but for the last, among which footers may be; to be called at FULL."""
        self._flush(len(self.waiting) - TAIL)

    def finish(self) -> None:
        """Take the footers off and lay out what is left."""
        if self.waiting:
            self._take_footers()
        self._flush(len(self.waiting))
        self._add_remarks()
        if self._surplus and self._surplus < 0:
            self._frames = [frame.drop(self.columns[-1]) for frame in self._frames]
            self.headers, self.columns = self.headers[:-1], self.columns[:-1]

    def rows(self) -> pl.DataFrame:
        """The rows that fit, in order, after :meth:`finish`."""
        schema = {"row_number": pl.UInt32} | dict.fromkeys(self.columns, pl.String)
        return pl.concat([pl.DataFrame(schema=schema), *self._frames]).rechunk()

    def damaged_rows(self) -> pl.DataFrame:
        """The rows that do not fit, in order, after :meth:`finish`."""
        self._set_apart()
        return pl.concat([pl.DataFrame(schema=DAMAGED), *self._apart]).sort("row_number")

    def _add_remarks(self) -> None:
        for record in self._remarks:
            self.count += 1
            self._numbered += 1
            self.row_lines += record.lines
            cells = [_UNDECODED.sub(_REPLACEMENT, cell) for cell in record.cells if cell.strip()]
            self._damaged.append((self._numbered, "cell_count", record.line, cells))

    def _take_footers(self) -> None:
        footers = footers_in(self.waiting[-TAIL:], self.width, self._after_blank, self._layout)
        if not footers:
            return
        self.footer_lines = sum(record.lines for record in self.waiting[-TAIL:] if record.line in footers)
        self.waiting[-TAIL:] = [record for record in self.waiting[-TAIL:] if record.line not in footers]

    def _flush(self, count: int) -> None:
        """Turn the first ``count`` records that wait into rows."""
        records = self.waiting[:count]
        del self.waiting[:count]
        if not records:
            return
        self.count += len(records)
        if self.count > MAX_ROWS:
            raise refuse("file_too_large", rows_limit=MAX_ROWS)
        if self.waiting:
            self._after_blank.intersection_update(record.line for record in self.waiting)
        self.row_lines += sum(map(attrgetter("lines"), records))
        self._decide_surplus(records)
        if self._is_sound(records):
            numbers = range(self._numbered + 1, self._numbered + len(records) + 1)
            self._lay_out(numbers, [record.cells for record in records])
        else:
            self._sort(records)
            self._set_apart()
        self._numbered += len(records)

    def _decide_surplus(self, records: Sequence[Record]) -> None:
        """Whether every row so far ends in a delimiter that the header lacks, or the other way round."""
        if self._surplus == 0:
            return
        wanted = self._surplus if self._surplus is not None else self._likely_surplus(records[0])
        agreed = wanted != 0 and all(
            not record.broken
            and len(record.cells) == self.width + wanted
            and (wanted < 0 or not record.cells[-1].strip())
            for record in records
        )
        if self._surplus and not agreed:
            self._undo_repair()
        self._surplus = wanted if agreed else 0

    def _likely_surplus(self, record: Record) -> int:
        if self.is_rejects:
            return 0
        return {self.width + 1: 1, self.width - 1: -1 if not self.headers[-1].strip() else 0}.get(len(record.cells), 0)

    def _undo_repair(self) -> None:
        """Not every row agrees: those that were repaired are damaged, as any row that does not fit."""
        surplus = self._surplus or 0
        for number, *cells in pl.concat(self._frames).iter_rows() if self._frames else ():
            whole = [*cells, ""] if surplus > 0 else cells[: self.width - 1]
            self._damaged.append((number, "cell_count", self._repaired[number - 1], whole))
        self._frames = []

    def _is_sound(self, records: Sequence[Record]) -> bool:
        """Whether every one of these records is a row that fits and needs no second look."""
        if self._surplus or self.is_rejects or any(map(attrgetter("broken"), records)):
            return False
        rows = [record.cells for record in records]
        if set(map(len, rows)) != {self.width}:
            return False
        return all(map(_is_plain, (rows[start : start + _CHECKED] for start in range(0, len(rows), _CHECKED))))

    def _sort(self, records: Sequence[Record]) -> None:
        """Tell rows that fit from damaged ones, each on its own."""
        numbers: list[int] = []
        rows: list[list[str]] = []
        for number, record in enumerate(records, start=self._numbered + 1):
            cells, code = self._judged(record, number)
            if code is None:
                numbers.append(number)
                rows.append(cells)
            else:
                clean = [_UNDECODED.sub(_REPLACEMENT, cell) for cell in cells]
                self._damaged.append((number, code, record.line, clean))
        if self._surplus:
            self._repaired.extend(record.line for record in records)
        if rows:
            self._lay_out(numbers, rows)

    def _set_apart(self) -> None:
        """Damaged rows by columns, since there may be as many as rows."""
        if self._damaged:
            numbers, codes, lines, cells = zip(*self._damaged, strict=True)
            columns = (numbers, codes, lines)
            named = {
                name: pl.Series(column, dtype=DAMAGED[name]) for name, column in zip(DAMAGED, columns, strict=False)
            }
            self._apart.append(pl.DataFrame(named | {"cells": _lists(cells)}))
            self._damaged = []

    def _judged(self, record: Record, number: int) -> tuple[list[str], str | None]:
        """The cells of a row and what is wrong with it."""
        code, cells = self._fault(record), record.cells
        if code is None and self.is_rejects:
            own = cells[-len(OWN_COLUMNS) :]
            if reason := ruled_out_by(own[_WHY]):
                self.ruled_out.setdefault(reason, []).append(number)
            cells = restored(cells[: -len(OWN_COLUMNS)])
            code = unchanged(cells, own)
        elif code is None and self._surplus:
            cells = cells[: self.width] if self._surplus > 0 else [*cells, ""]
        return cells, code

    def _fault(self, record: Record) -> str | None:
        if record.broken:
            return "unbalanced_quote"
        if len(record.cells) != self.width + (self._surplus or 0):
            return "cell_count"
        text = "".join(record.cells)
        if len(text) > MAX_CELL_CHARS:
            return "row_too_long"
        if "\0" in text:
            return "nul_byte"
        return None if text.isascii() or not _UNDECODED.search(text) else "bad_encoding"

    def _lay_out(self, numbers: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        columns = zip(self.columns, zip(*rows, strict=True), strict=True)
        texts = [pl.Series(name, cells, dtype=pl.String) for name, cells in columns]
        self._frames.append(pl.DataFrame([pl.Series("row_number", numbers, dtype=pl.UInt32), *texts]))


def _lists(rows: Sequence[Sequence[str]]) -> pl.Series:
    """Lists of texts as a column, by way of one long column: many times faster than list by list."""
    if not all(rows):
        return pl.Series("cells", rows, dtype=pl.List(pl.String))
    cells = pl.Series("cells", list(chain.from_iterable(rows)), dtype=pl.String)
    lengths = pl.DataFrame({"lengths": pl.Series(list(map(len, rows)), dtype=pl.UInt32)}).with_row_index("row")
    owners = lengths.select(pl.col("row").repeat_by("lengths").explode())
    return owners.with_columns(cells).group_by("row", maintain_order=True).agg("cells").get_column("cells")


def _is_plain(rows: Sequence[Sequence[str]]) -> bool:
    """Whether no cell of some rows is too long or holds what is no character."""
    text = "".join(chain.from_iterable(rows))
    if len(text) > MAX_CELL_CHARS or "\0" in text:
        return False
    try:
        text.encode()  # much faster than to look for bytes that are no characters
    except UnicodeEncodeError:
        return False
    return True
