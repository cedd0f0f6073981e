"""Records to one table: rows that fit the header by columns, the damaged ones beside them, every line accounted for."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.readers.header import find_header, is_blank, usual_width
from flows.readers.limits import MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS
from flows.readers.model import RawTable
from flows.readers.refusals import refuse
from flows.readers.rejects import OWN_COLUMNS, restored, unchanged
from policies.sources.column_mapping import unique_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flows.readers.records import Record

__all__ = ["DAMAGED", "build_table"]

DAMAGED: Final = pl.Schema(
    {"row_number": pl.UInt32(), "code": pl.String(), "line": pl.UInt32(), "cells": pl.List(pl.String)}
)

_LOOKED_AT: Final = 250  # records among which the header is looked for
_BATCH: Final = 20_000  # rows that are turned into columns at once
_UNDECODED: Final = re.compile("[\udc80-\udcff]")
_REPLACEMENT: Final = "\ufffd"


def build_table(
    records: Iterable[Record],
    *,
    kind: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    skipped_lines: int = 0,
    headerless: bool = False,
) -> RawTable:
    """Lay records under their header.

    ``skipped_lines`` were taken off before the first record. ``headerless`` allows a table without a header: its
    columns are then numbered. Raises ``RefusedFile``: ``empty_file``, ``no_header``, ``no_rows``,
    ``too_many_columns``, ``file_too_large``.
    """
    stream = iter(records)
    first = list(islice(stream, _LOOKED_AT))
    position = find_header([record.cells for record in first])
    if position is None and not any(not is_blank(record.cells) for record in first):
        raise refuse("empty_file")
    if position is None and not headerless:
        raise refuse("no_header")
    header = None if position is None else first[position]
    preamble = [] if position is None else first[:position]
    body = chain(first if position is None else first[position + 1 :], stream)
    builder = _Builder(_headers(header, first), skipped_lines)
    builder.take(body)
    ignored = skipped_lines + builder.blank_lines + sum(record.lines for record in preamble)
    header_lines = header.lines if header else 0
    return RawTable(
        headers=builder.headers,
        columns=builder.columns,
        rows=builder.rows(),
        damaged=builder.damaged_rows(),
        kind=kind,
        encoding=encoding,
        delimiter=delimiter,
        header_line=header.line + skipped_lines if header else 0,
        header_lines=header_lines,
        ignored_lines=ignored,
        physical_lines=ignored + header_lines + builder.row_lines,
        is_rejects=builder.is_rejects,
    )


def _headers(header: Record | None, first: Sequence[Record]) -> list[str]:
    if header is not None:
        return header.cells
    return [""] * usual_width([record.cells for record in first if not is_blank(record.cells)])


class _Builder:
    """Gathers rows in batches of columns and damaged rows one by one."""

    def __init__(self, headers: Sequence[str], skipped_lines: int) -> None:
        if len(headers) > MAX_COLUMNS:
            raise refuse("too_many_columns", columns=len(headers), limit=MAX_COLUMNS)
        self.is_rejects = tuple(headers[-len(OWN_COLUMNS) :]) == OWN_COLUMNS
        own = len(OWN_COLUMNS) if self.is_rejects else 0
        # A byte that is no character can stand in a header too; there it harms no row.
        cells = [_UNDECODED.sub(_REPLACEMENT, header) for header in headers[: len(headers) - own]]
        self.headers = tuple(restored(cells)) if self.is_rejects else tuple(cells)
        self.columns = unique_names(self.headers)
        self.width = len(headers)
        self.blank_lines = self.row_lines = 0
        self._skipped = skipped_lines
        self._count = 0
        self._batch: list[list[str]] = []
        self._numbers: list[int] = []
        self._frames: list[pl.DataFrame] = []
        self._damaged: list[tuple[int, str, int, list[str]]] = []

    def take(self, body: Iterable[Record]) -> None:
        """Sort every record into rows, damaged rows and blank lines."""
        for record in body:
            if is_blank(record.cells):
                self.blank_lines += record.lines
                continue
            self._count += 1
            self.row_lines += record.lines
            if self._count > MAX_ROWS:
                raise refuse("file_too_large", rows_limit=MAX_ROWS)
            self._sort(record)
        if self._count == 0:
            raise refuse("no_rows")
        if not self._numbers and not self._frames:
            self._repair_trailing_delimiter()

    def rows(self) -> pl.DataFrame:
        """The rows that fit, in order."""
        self._flush()
        schema = {"row_number": pl.UInt32} | dict.fromkeys(self.columns, pl.String)
        return pl.concat([pl.DataFrame(schema=schema), *self._frames]).rechunk()

    def damaged_rows(self) -> pl.DataFrame:
        """The rows that do not fit, in order."""
        return pl.DataFrame(self._damaged, schema=DAMAGED, orient="row")

    def _sort(self, record: Record) -> None:
        cells = record.cells
        code = self._fault(record)
        if code is None and self.is_rejects:
            own = cells[-len(OWN_COLUMNS) :]
            cells = restored(cells[: -len(OWN_COLUMNS)])
            code = unchanged(cells, own)
        if code is None:
            self._batch.append(cells)
            self._numbers.append(self._count)
            if len(self._numbers) >= _BATCH:
                self._flush()
        else:
            clean = [_UNDECODED.sub(_REPLACEMENT, cell) for cell in cells]
            self._damaged.append((self._count, code, record.line + self._skipped, clean))

    def _fault(self, record: Record) -> str | None:
        if record.broken:
            return "unbalanced_quote"
        if len(record.cells) != self.width:
            return "cell_count"
        text = "".join(record.cells)
        if len(text) > MAX_CELL_CHARS:
            return "row_too_long"
        if "\0" in text:
            return "nul_byte"
        return None if text.isascii() or not _UNDECODED.search(text) else "bad_encoding"

    def _repair_trailing_delimiter(self) -> None:
        """Where every row has one blank cell too many, each line ends in a delimiter that the header lacks."""
        too_many = all(
            code == "cell_count" and len(cells) == self.width + 1 and not cells[-1].strip()
            for _, code, _, cells in self._damaged
        )
        if too_many:
            self._numbers = [number for number, _, _, _ in self._damaged]
            self._batch = [cells[:-1] for _, _, _, cells in self._damaged]
            self._damaged = []

    def _flush(self) -> None:
        if not self._numbers:
            return
        numbers = pl.Series("row_number", self._numbers, dtype=pl.UInt32)
        columns = zip(self.columns, _transposed(self._batch), strict=True)
        texts = [pl.Series(name, cells, dtype=pl.String) for name, cells in columns]
        self._frames.append(pl.DataFrame([numbers, *texts]))
        self._batch, self._numbers = [], []


def _transposed(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    return zip(*rows, strict=True)
