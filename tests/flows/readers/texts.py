"""Files made for reader tests, and what a reader makes of them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from flows.readers import RawFile, RawTable, read_file, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from policies.sources.layouts import Layout

__all__ = ["cells", "damage", "delimited", "lines_of", "read", "read_all", "told"]


def read(folder: Path, content: bytes | str, name: str = "list.csv", *, headerless: bool = False) -> RawTable:
    """The table in a file with this content; text is written as UTF-8."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path, headerless=headerless)


def delimited(rows: Sequence[Sequence[str]], delimiter: str, *, quote_all: bool = False, end: str = "\r\n") -> str:
    """Rows as delimited text, written by the csv module."""
    text = io.StringIO(newline="")
    dialect = csv.unix_dialect if quote_all else csv.excel
    csv.writer(text, dialect, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def cells(table: RawTable) -> dict[int, tuple[str, ...]]:
    """The cells of every row that fits, by row number."""
    return {row[0]: tuple(row[1:]) for row in table.rows.iter_rows()}


def damage(table: RawTable) -> dict[int, str]:
    """The code of every damaged row, by row number."""
    return dict(table.damaged.select("row_number", "code").iter_rows())


def read_all(
    folder: Path,
    content: bytes | str,
    name: str = "list.csv",
    *,
    layouts: Sequence[Layout] = (),
    header_words: Sequence[str] = (),
    headerless: bool = False,
) -> RawFile:
    """All tables of a file with this content; text is written as UTF-8."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_file(path, layouts, headerless=headerless, header_words=header_words)


def told(file: RawFile) -> list[tuple[int, tuple[str, ...], list[tuple[str, ...]]]]:
    """Of every table its header line, its headers and the cells of the rows that fit."""
    return [(table.header_line, table.headers, list(cells(table).values())) for table in file.tables]


def lines_of(content: str) -> int:
    """Physical lines of a text, with any of the three line ends."""
    unified = content.replace("\r\n", "\n").replace("\r", "\n")
    return unified.count("\n") + (not unified.endswith("\n"))
