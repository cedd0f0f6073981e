"""Any file to its tables, in this process; :func:`flows.readers.read_file` decides which files are read here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.readers.contacts import has_contact
from flows.readers.delimited import open_records
from flows.readers.detect import DELIMITED, JSON, PARQUET, file_kind
from flows.readers.fast import read_fast
from flows.readers.model import RawFile, RawTable
from flows.readers.refusals import refuse
from flows.readers.sections import Hints, Origin, Split, split_tables
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from flows.readers.spreadsheet import Sheet
    from policies.sources.layouts import Layout

__all__ = ["as_one", "read_here", "read_quickly"]

_NO_LIST: Final = frozenset({"empty_file", "no_rows"})
_OTHER_TABLE: Final = "cell_count"  # what is wrong with a row of another table: it does not fit this header


def read_here(
    path: Path, layouts: Sequence[Layout] = (), *, headerless: bool = False, header_words: Collection[str] = ()
) -> RawFile:
    """Read a file in this process.

    ``header_words`` are names of columns that stand in many lists, as they are written there; they help to find
    headers. Raises ``RefusedFile``, and ``RuntimeError`` if lines of the file were lost, which is a mistake of ours.
    """
    hints = Hints(layouts, path.name, headerless, header_words)
    kind = file_kind(path)
    if kind == DELIMITED:
        file = _text(path, hints)
    elif kind in (JSON, PARQUET):
        file = _columns(path, kind)
    else:
        file = _workbook(path, kind, hints)
    _check_accounts(file)
    return file


def read_quickly(
    path: Path, layouts: Sequence[Layout] = (), *, headerless: bool = False, header_words: Collection[str] = ()
) -> RawFile | None:
    """Read a large clean text as :func:`read_here` would, only faster; None where it may not be all that clean."""
    quick = read_fast(path, Hints(layouts, path.name, headerless, header_words))
    if quick is None:
        return None
    file = _file([quick.split], quick.origin, quick.physical_lines)
    _check_accounts(file)
    return file


def _text(path: Path, hints: Hints) -> RawFile:
    with open_records(path) as source:
        origin = Origin(DELIMITED, source.encoding, source.delimiter, source.skipped_lines)
        split = split_tables(source.records, origin, hints)
        return _file([split], origin, source.physical_lines)


def _columns(path: Path, kind: str) -> RawFile:
    """Formats in which columns have their names."""
    if kind == JSON:
        from flows.readers.json_lines import read_json as read
    else:
        from flows.readers.parquet import read_parquet as read
    table = read(path)
    return RawFile(
        (table,), table.kind, table.encoding, table.delimiter, None, table.ignored_lines, table.physical_lines
    )


def _workbook(path: Path, kind: str, hints: Hints) -> RawFile:
    """Every sheet on its own; one that holds no list does not keep the others from being read."""
    from flows.readers.spreadsheet import read_workbook

    workbook = read_workbook(path)
    sheets = workbook.sheets
    if len(sheets) == 1:
        splits = [split_tables(sheets[0].records, Origin(kind, title=sheets[0].title), hints)]
    else:
        splits = [_sheet(sheet, kind, replace(hints, headerless=True)) for sheet in sheets]
    file = _file(splits, Origin(kind), sum(sheet.physical_lines for sheet in sheets))
    if not file.tables:
        raise refuse("no_rows", physical_lines=file.physical_lines)
    if not hints.headerless and not any(table.header_line for table in file.tables):
        raise refuse("no_header")
    return replace(file, hidden_sheets=workbook.hidden, hidden_contacts=workbook.hidden_contacts)


def _sheet(sheet: Sheet, kind: str, hints: Hints) -> Split:
    try:
        return split_tables(sheet.records, Origin(kind, title=sheet.title), hints)
    except RefusedFile as why:
        if why.code not in _NO_LIST:
            raise
        return Split((), None, sheet.physical_lines)


def _file(splits: Sequence[Split], origin: Origin, physical_lines: int) -> RawFile:
    """The tables of one stream or several as one file; a file of one table has the counts of the file there too."""
    tables = tuple(table for split in splits for table in split.tables)
    ignored = sum(split.ignored_lines for split in splits)
    if len(tables) == 1:
        tables = (replace(tables[0], ignored_lines=ignored, physical_lines=physical_lines),)
    layout = next((split.layout for split in splits if split.layout is not None), None)
    return RawFile(
        tables,
        origin.kind,
        origin.encoding,
        origin.delimiter,
        layout,
        ignored,
        physical_lines,
        ignored_with_contacts=sum(split.ignored_with_contacts for split in splits),
    )


def _check_accounts(file: RawFile) -> None:
    """Every physical line is in a row, in a header, or ignored; anything else is a mistake of ours."""
    told = sum(table.row_lines + table.header_lines for table in file.tables) + file.ignored_lines
    if told != file.physical_lines:
        message = f"lines of a file are unaccounted for: {file.physical_lines} counted, {told} told apart"
        raise RuntimeError(message)


def as_one(file: RawFile) -> RawTable:
    """The largest table of a file, for files that should hold one: none of the others' contact points is lost.

    Tables under the very same header are put together. A row of any other table that holds a contact point becomes a
    damaged row, since it does not fit; the rest of those lines count as ignored.
    """
    if len(file.tables) == 1:
        return file.tables[0]
    largest = max(file.tables, key=lambda table: table.height)
    rows: list[pl.DataFrame] = []
    damaged: list[pl.DataFrame] = []
    offset = kept_lines = 0
    for table in file.tables:
        fits = table.headers == largest.headers
        loose = table.damaged if fits else _strays(table)
        rows += [_moved(table.rows, offset)] if fits else []
        damaged.append(_moved(loose, offset))
        kept_lines += table.row_lines if fits else loose.height
        offset += table.height
    return replace(
        largest,
        rows=pl.concat(rows),
        damaged=pl.concat(damaged).sort("row_number"),
        ignored_lines=file.physical_lines - largest.header_lines - kept_lines,
        physical_lines=file.physical_lines,
        row_lines=kept_lines,
    )


def _moved(rows: pl.DataFrame, offset: int) -> pl.DataFrame:
    return rows.with_columns((pl.col("row_number") + offset).cast(pl.UInt32))


def _strays(table: RawTable) -> pl.DataFrame:
    """The rows of another table that hold a contact point, as damaged ones."""
    cells = pl.concat_list(table.columns).alias("cells")
    fitting = table.rows.select(
        "row_number", pl.lit(_OTHER_TABLE).alias("code"), pl.lit(table.header_line, pl.UInt32).alias("line"), cells
    )
    every = pl.concat([fitting, table.damaged])
    return every.filter(pl.Series([has_contact(row) for row in every.get_column("cells")], dtype=pl.Boolean))
