"""What readers hand over: every row of a file as text, table by table, the damaged rows apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from policies.sources.layouts import Layout, Section

__all__ = ["RawFile", "RawTable"]


@dataclass(frozen=True)
class RawTable:
    """One table as it stands in a file; nothing is interpreted, nothing is missing.

    ``rows``: ``row_number`` (1 for the first data row) and one text column per name in ``columns``; blank cells are
    "". ``damaged``: ``row_number, code, line, cells`` of the rows that cannot be laid under the header (``cell_count``,
    ``unbalanced_quote``, ``nul_byte``, ``bad_encoding``); their numbers are left out of ``rows``. ``line`` is the
    physical line a damaged row starts on.

    ``headers`` are the cells of the header as they came, ``columns`` the same made unique. ``header_line`` is the
    physical line the header starts on, 0 where there is none. ``ruled_out`` has the rows of a rejects file that the
    original file ruled out by their section, under the reason. Of a file read as one table ``physical_lines`` =
    ``row_lines`` + ``header_lines`` + ``ignored_lines`` (blank lines, preamble, footer, a ``sep=`` line).
    """

    headers: tuple[str, ...]
    columns: tuple[str, ...]
    rows: pl.DataFrame
    damaged: pl.DataFrame
    kind: str  # delimited | spreadsheet | parquet | json
    encoding: str | None
    delimiter: str | None
    header_line: int
    header_lines: int
    ignored_lines: int
    physical_lines: int
    is_rejects: bool = False  # a rejects file of ours: its own columns were taken off
    row_lines: int = 0  # physical lines its rows span
    title: str | None = None  # the line above it, or the name of its sheet
    section: Section | None = None  # what its layout says of it
    ruled_out: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # of a rejects file: reason, rows

    @property
    def height(self) -> int:
        """Rows in all, damaged ones included."""
        return self.rows.height + self.damaged.height


@dataclass(frozen=True)
class RawFile:
    """A file as its tables, in their order; which of them hold people is decided where they are understood.

    For every file ``physical_lines``, counted on their own, = the ``row_lines`` and ``header_lines`` of all tables +
    ``ignored_lines`` (blank lines, preambles, footers, titles, repeated headers, sections its layout passes over).
    """

    tables: tuple[RawTable, ...]
    kind: str
    encoding: str | None
    delimiter: str | None
    layout: Layout | None
    ignored_lines: int
    physical_lines: int
    hidden_sheets: tuple[str, ...] = ()  # names of sheets that are hidden, and not read
    hidden_contacts: int = 0  # rows of those sheets that hold a contact point
    ignored_with_contacts: int = 0  # lines over tables that are ignored and name a contact point
