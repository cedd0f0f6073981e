"""A table of people as its file has it: every row, every column, in order; Parquet keeps its types, all else is text.

Unlike intake this refuses no row: whoever asks which rows are one person wants every row back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl
from polars.exceptions import PolarsError

from flows.readers import read_file
from flows.readers.detect import PARQUET, file_kind
from flows.readers.limits import MAX_COLUMNS, MAX_ROWS
from flows.readers.reading import as_one
from flows.readers.refusals import refuse
from policies.errors import TactfulError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from flows.readers import RawTable

__all__ = ["PeopleTable", "file_changed", "listed", "read_people_table"]

_SHOWN: Final = 5
# Rows that fit the header once the cells they lack are taken as blank; the others cannot be laid under it.
_MENDED: Final = ("cell_count", "nul_byte", "bad_encoding")


@dataclass(frozen=True)
class PeopleTable:
    """The rows of a file under its own columns; blank cells are null.

    ``mended`` counts rows whose missing cells were taken as blank, ``ignored_lines`` lines that hold no row: blank
    ones, titles, footers, repeated headers.
    """

    rows: pl.DataFrame
    mended: int = 0
    ignored_lines: int = 0
    parquet: Path | None = None  # where the rows can be read again, quickly and all the same

    def let_go(self) -> PeopleTable:
        """The table without its rows, if they can be read again: while people are compared, memory is short."""
        return self if self.parquet is None else replace(self, rows=self.rows.clear())

    def at_hand(self, height: int) -> PeopleTable:
        """The table with its rows; raises ``TactfulError`` (``file_changed``) where they are not as many any more."""
        if self.parquet is None or self.rows.height == height:
            return self
        rows = _parquet(self.parquet)
        if rows.height != height:
            raise file_changed()
        return replace(self, rows=rows)


def read_people_table(path: Path, header_words: Collection[str] = ()) -> PeopleTable:
    """Read a file of people: CSV, TSV and their like, workbooks, JSON lines, Parquet.

    ``header_words`` are names of columns by which a header line is told. Raises ``RefusedFile`` as the readers do, and
    ``TactfulError`` (``rows_damaged``) naming rows that cannot be laid under the header.
    """
    if file_kind(path) == PARQUET:
        return PeopleTable(_parquet(path), parquet=path)
    table = as_one(read_file(path, header_words=header_words))
    whole = _laid(table)
    if whole.is_empty():
        raise refuse("no_rows")
    blank = pl.when(pl.all().str.strip_chars() != "").then(pl.all())
    return PeopleTable(whole.select(blank), table.damaged.height, table.ignored_lines)


def _parquet(path: Path) -> pl.DataFrame:
    try:
        scanned = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        columns = len(scanned.collect_schema())
        rows = scanned.select(pl.len()).collect().item()
        if columns > MAX_COLUMNS:
            raise refuse("too_many_columns", columns=columns, limit=MAX_COLUMNS)
        if rows > MAX_ROWS:
            raise refuse("file_too_large", rows_limit=MAX_ROWS)
        if rows == 0:
            raise refuse("no_rows")
        return pl.read_parquet(path, glob=False, hive_partitioning=False)
    except (PolarsError, pl.exceptions.PanicException) as error:
        raise refuse("unreadable_file") from error


def _laid(table: RawTable) -> pl.DataFrame:
    """All rows of a table in order, damaged ones with the cells they lack as blanks."""
    names = list(table.columns)
    if table.damaged.is_empty():
        return table.rows.select(names)
    cells = pl.col("cells").list
    blank_beyond = cells.slice(len(names)).list.eval(pl.element().str.strip_chars() == "").list.all()
    fits = pl.col("code").is_in(_MENDED) & blank_beyond
    astray = table.damaged.filter(~fits)
    if not astray.is_empty():
        raise _damaged_rows(astray.get_column("row_number"))
    filled = table.damaged.select(
        "row_number",
        *(cells.get(place, null_on_oob=True).fill_null("").alias(name) for place, name in enumerate(names)),
    )
    return pl.concat([table.rows, filled.select(table.rows.columns)]).sort("row_number").select(names)


def _damaged_rows(numbers: pl.Series) -> TactfulError:
    return TactfulError(
        "rows_damaged",
        f"{numbers.len():,} row(s) of the file have more cells than the header, or a quote that never ends: "
        f"row {listed(numbers)}.",
        "Mend them, or open the file in a spreadsheet program and save it again; `tactful read` shows every row.",
        {"rows": numbers.head(_SHOWN).to_list(), "count": numbers.len()},
    )


def file_changed() -> TactfulError:
    """What is said when a file is not the same when it is read a second time."""
    return TactfulError(
        "file_changed",
        "The file was changed while it was matched. Nothing was written.",
        "Run the command again when nobody writes to the file.",
    )


def listed(numbers: pl.Series) -> str:
    """The first few numbers of rows, in words."""
    more = " and others" if numbers.len() > _SHOWN else ""
    return f"{', '.join(map(str, numbers.head(_SHOWN)))}{more}"
