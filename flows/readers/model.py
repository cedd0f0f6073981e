"""What readers hand over: every row of a file as text, the damaged ones apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["RawTable"]


@dataclass(frozen=True)
class RawTable:
    """One table as it stands in a file; nothing is interpreted, nothing is missing.

    ``rows``: ``row_number`` (1 for the first data row) and one text column per name in ``columns``; blank cells are
    "". ``damaged``: ``row_number, code, line, cells`` of the rows that cannot be laid under the header (``cell_count``,
    ``unbalanced_quote``, ``nul_byte``, ``bad_encoding``); their numbers are left out of ``rows``. ``line`` is the
    physical line a damaged row starts on.

    ``headers`` are the cells of the header as they came, ``columns`` the same made unique. ``header_line`` is the
    physical line the header starts on, 0 where there is none. For every file ``physical_lines`` = lines spanned by
    rows + ``header_lines`` + ``ignored_lines`` (blank lines, preamble, a ``sep=`` line).
    """

    headers: tuple[str, ...]
    columns: tuple[str, ...]
    rows: pl.DataFrame
    damaged: pl.DataFrame
    kind: str  # delimited | spreadsheet
    encoding: str | None
    delimiter: str | None
    header_line: int
    header_lines: int
    ignored_lines: int
    physical_lines: int
    is_rejects: bool = False  # a rejects file of ours: its own columns were taken off

    @property
    def height(self) -> int:
        """Rows in all, damaged ones included."""
        return self.rows.height + self.damaged.height
