"""The tables of a list: which of them hold people, what their columns mean, and their rows as cells of our fields.

A file may hold several: sections of an export, sheets of a workbook, tables one below the other. Rows are numbered
through all that hold people. A table is passed over only where nobody could be meant by it; one that names somebody and
cannot be understood refuses the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.errors import RefusedFile
from policies.sources import likely_columns, map_columns
from policies.sources.cell_values import bare_cells
from policies.sources.cells import cell_meanings, mapped_cells
from policies.sources.fields import CONTACT_FIELDS
from policies.sources.flags import unknown_cells
from policies.sources.layouts import header_key, marked_rows, prepared_rows
from policies.sources.records import damaged_cells, with_raw, with_section
from policies.sources.refusals import with_refusing_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.readers import RawFile, RawTable
    from policies.sources import ColumnMapping, FlagColumn, SourceContract
    from policies.sources.layouts import Layout

__all__ = [
    "TableReading",
    "cells_of",
    "guessed_tables",
    "main_table",
    "understood_tables",
    "unknown_words",
    "with_structure",
]

_CONTACT: Final = r"[^\s@]+@[^\s@]+\.[^\s@]+|\+\d[\d ().\-/]{6,}"


@dataclass(frozen=True)
class TableReading:
    """One table and what its columns mean; without a mapping it holds no people and is passed over.

    The rows of tables of people are numbered through the file.
    """

    table: RawTable
    mapping: ColumnMapping | None

    @property
    def people(self) -> bool:
        """Whether its rows are people."""
        return self.mapping is not None


def understood_tables(
    file: RawFile, contract: SourceContract | None, lists: Mapping[str, Any]
) -> tuple[TableReading, ...]:
    """Every table of a file, in its order.

    The columns a contract names must all stand in one of them. Raises ``RefusedFile`` where none of the tables is
    clear, or one that names somebody is not.
    """
    found: dict[int, ColumnMapping] = {}
    unclear: dict[int, RefusedFile] = {}
    for number, table in _of_people(file):
        try:
            found[number] = map_columns(table.headers, contract, lists, table.section, bare_cells(table.rows))
        except RefusedFile as why:
            unclear[number] = why
    if not found:
        raise unclear[_largest(file)]
    for number, doubt in unclear.items():
        mapping = _again(file.tables[number], contract, lists, doubt)
        if mapping is not None:
            found[number] = mapping
    return _numbered(file, found, lists)


def guessed_tables(
    file: RawFile, contract: SourceContract | None, lists: Mapping[str, Any]
) -> tuple[TableReading, ...]:
    """Every table under the best guess at its columns: good for the opt-outs of a refused file alone."""
    found = {
        number: likely_columns(table.headers, contract, lists, table.section) for number, table in _of_people(file)
    }
    return _numbered(file, found, lists)


def main_table(tables: Sequence[TableReading]) -> TableReading:
    """The table that a file is about: of those of people whose rows are not all ruled out the one with most rows."""

    def rank(reading: TableReading) -> tuple[bool, bool, int]:
        section = reading.table.section
        return reading.people, section is None or section.excluded is None, reading.table.height

    return max(tables, key=rank)


def with_structure(why: RefusedFile, file: RawFile) -> RefusedFile:
    """The refusal with what was found of the file's structure; nothing in it quotes the file."""
    table = file.tables[_largest(file)] if file.tables else None
    found: dict[str, object] = {
        "kind": file.kind,
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "layout": file.layout.id if file.layout else None,
        "header_line": table.header_line if table else None,
        "rows": sum(table.height for table in file.tables),
        "physical_lines": file.physical_lines,
    }
    return RefusedFile(why.code, why.message, why.fix, found | why.details)


def cells_of(
    reading: TableReading, layout: Layout | None, contract: SourceContract | None, lists: Mapping[str, Any]
) -> pl.DataFrame:
    """The rows of a table of people as ``CELLS``, damaged ones included, with what its section says of all of them."""
    table, section = reading.table, reading.table.section
    assert reading.mapping is not None  # noqa: S101  # of tables of people only
    mapping = reading.mapping
    rows = prepared_rows(table.rows, layout, section) if layout is not None and section is not None else table.rows
    rows = bare_cells(rows)
    cells = mapped_cells(rows, mapping, contract, lists, layout)
    if rows is not table.rows:
        cells = with_raw(cells, table.rows)
    found = pl.concat([cells, damaged_cells(table.damaged, mapping, lists)]).sort("row_number")
    found = found if section is None else with_section(found, section)
    return found.with_columns(_ruled_out(table))


def _ruled_out(table: RawTable) -> pl.Expr:
    """The reasons why a mark in its row, or the original of a rejects file, rules rows out, over those of its cells."""
    reasons = {number: reason for reason, numbers in table.ruled_out.items() for number in numbers}
    if table.section is not None and table.section.marked:
        reasons |= dict(marked_rows(table.rows, table.section).iter_rows())
    if not reasons:
        return pl.col("excluded_by_file")
    stated = pl.col("row_number").replace_strict(reasons, default=None, return_dtype=pl.String)
    return pl.coalesce(stated, "excluded_by_file").alias("excluded_by_file")


def unknown_words(
    reading: TableReading, layout: Layout | None, contract: SourceContract | None, lists: Mapping[str, Any]
) -> dict[str, int]:
    """How many cells of each flag column of a table hold a word nobody understands; never the words."""

    def means(flag: FlagColumn) -> dict[str, str]:
        return cell_meanings(contract, layout, flag.field, flag.column)

    return unknown_cells(bare_cells(reading.table.rows), reading.mapping.flags, lists, means) if reading.mapping else {}


def _of_people(file: RawFile) -> list[tuple[int, RawTable]]:
    """The tables that may hold people, by number: all but those of sections that hold none, if there are others."""
    tables = list(enumerate(file.tables))
    return [(number, table) for number, table in tables if table.section is None or table.section.people] or tables


def _largest(file: RawFile) -> int:
    return max(_of_people(file), key=lambda pair: pair[1].height)[0]


def _again(
    table: RawTable, contract: SourceContract | None, lists: Mapping[str, Any], why: RefusedFile
) -> ColumnMapping | None:
    """The mapping of a table beside one that is clear: under those columns of the contract that it has.

    None where it names nobody. A section of a layout holds people whatever it lacks. Raises ``why`` for any other.
    """
    own = _columns_there(contract, table)
    try:
        return map_columns(table.headers, own, lists, table.section, bare_cells(table.rows))
    except RefusedFile:
        likely = likely_columns(table.headers, own, lists, table.section)
    if table.section is not None:
        return likely
    if any(field in likely.fields for field in CONTACT_FIELDS) or _names_somebody(table):
        raise why
    return None


def _columns_there(contract: SourceContract | None, table: RawTable) -> SourceContract | None:
    if contract is None:
        return None
    keys = {header_key(header) for header in table.headers}
    stated = {field: tuple(n for n in names if header_key(n) in keys) for field, names in contract.columns.items()}
    return replace(contract, columns={field: names for field, names in stated.items() if names})


def _names_somebody(table: RawTable) -> bool:
    cells = table.damaged.get_column("cells").explode().cast(pl.String)
    columns = [table.rows.get_column(name) for name in table.columns]
    return any(column.str.contains(_CONTACT).any() for column in (cells, *columns))


def _numbered(file: RawFile, found: Mapping[int, ColumnMapping], lists: Mapping[str, Any]) -> tuple[TableReading, ...]:
    """The readings of all tables, with a flag for each further column in which somebody refuses."""
    readings: list[TableReading] = []
    rows = 0
    for number, table in enumerate(file.tables):
        if number not in found:
            readings.append(TableReading(table, None))
            continue
        no_flag = table.section.no_flag if table.section else ()
        mapping = with_refusing_columns(found[number], table.rows, lists, no_flag)
        readings.append(TableReading(_counted_from(table, rows), mapping))
        rows += table.height
    return tuple(readings)


def _counted_from(table: RawTable, rows: int) -> RawTable:
    """The table with its row numbers counted on from ``rows``."""
    number = (pl.col("row_number") + rows).cast(pl.UInt32)
    return replace(
        table,
        rows=table.rows.with_columns(number),
        damaged=table.damaged.with_columns(number),
        ruled_out={reason: tuple(one + rows for one in numbers) for reason, numbers in table.ruled_out.items()},
    )
