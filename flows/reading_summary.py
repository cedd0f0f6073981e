"""What reading a list came to, as JSON values: structure, mapping and counts. Nothing in it identifies anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.list_tables import main_table
from policies.errors import TactfulError
from policies.sources.fields import OPT_OUT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flows.list_tables import TableReading
    from flows.readers import RawFile
    from policies.sources import ColumnMapping

__all__ = ["line_counts", "reading_summary"]

_SHOWN_ROWS: Final = 5


def line_counts(file: RawFile, tables: Sequence[TableReading]) -> dict[str, int]:
    """The physical lines of a file by what they are; tables that were passed over count as ignored.

    Raises ``TactfulError`` where the lines told apart are not all the lines there are: a row may have been lost then,
    which is a fault of the program and never to be passed over.
    """
    people = [reading.table for reading in tables if reading.people]
    others = [reading.table for reading in tables if not reading.people]
    counts = {
        "header_lines": sum(table.header_lines for table in people),
        "ignored_lines": file.ignored_lines + sum(table.header_lines + table.row_lines for table in others),
        "row_lines": sum(table.row_lines for table in people),
        "physical_lines": file.physical_lines,
    }
    told = counts["header_lines"] + counts["ignored_lines"] + counts["row_lines"]
    if told != file.physical_lines:
        raise TactfulError(
            "lines_unaccounted",
            "The lines of the file do not add up: this is a fault of the program, and nothing of the file was taken.",
            "Keep the file and report the fault.",
            {**counts, "told": told},
        )
    return counts


def reading_summary(file: RawFile, tables: Sequence[TableReading], records: pl.DataFrame) -> dict[str, object]:
    """The summary of one reading; ``records`` are its ``RECORDS``.

    ``rows`` = accepted + rejected, and ``physical_lines`` = ``row_lines`` + ``header_lines`` + ``ignored_lines``. What
    is said of one mapping is said of the table with most people.
    """
    accepted = records.filter(pl.col("reject_code").is_null())
    main = main_table(tables)
    mappings = [reading.mapping for reading in tables if reading.mapping is not None]
    return {
        "kind": file.kind,
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "layout": file.layout.id if file.layout else None,
        "product": file.layout.product if file.layout else None,
        "header_line": main.table.header_line,
        **line_counts(file, tables),
        "hidden_sheets": len(file.hidden_sheets),
        "hidden_rows_with_contacts": file.hidden_contacts,
        "ignored_with_contacts": file.ignored_with_contacts,
        "tables": [_table(reading) for reading in tables],
        "mapping": _columns(main.mapping),
        "confidence": main.mapping.confidence if main.mapping else None,
        "basis": dict(main.mapping.basis) if main.mapping else {},
        "flags_by_wording": sorted({flag.column for mapping in mappings for flag in mapping.flags if flag.guessed}),
        "unmapped": list(main.mapping.unmapped) if main.mapping else [],
        "rows": records.height,
        "accepted": accepted.height,
        "rejected": records.height - accepted.height,
        "duplicate_rows": records.height - records.get_column("raw").n_unique(),
        "unknown_flags": _count(records, pl.col(OPT_OUT_FIELDS) == "unknown"),
        "unknown_countries": accepted.get_column("country").null_count(),
        "excluded": _excluded(records),
        "rejects": _by_code(records),
    }


def _table(reading: TableReading) -> dict[str, object]:
    table = reading.table
    return {
        "title": table.title,
        "section": table.section.id if table.section else None,
        "header_line": table.header_line,
        "rows": table.height,
        "people": reading.people,
        "mapping": _columns(reading.mapping),
    }


def _columns(mapping: ColumnMapping | None) -> dict[str, list[str]]:
    stated: Mapping[str, Iterable[str]] = mapping.as_columns() if mapping else {}
    return {field: list(columns) for field, columns in sorted(stated.items())}


def _count(records: pl.DataFrame, condition: pl.Expr) -> dict[str, int]:
    return records.select(condition).sum().row(0, named=True)


def _excluded(records: pl.DataFrame) -> dict[str, int]:
    """How many rows the file itself rules out, by its reason."""
    reasons = records.drop_nulls("excluded_by_file").group_by("excluded_by_file").len().sort("excluded_by_file")
    return dict(reasons.iter_rows())


def _by_code(records: pl.DataFrame) -> dict[str, object]:
    """Per code: how many rows, and the numbers of the first."""
    codes = (
        records.drop_nulls("reject_code")
        .group_by("reject_code")
        .agg(pl.len().alias("rows"), pl.col("row_number").sort().head(_SHOWN_ROWS).alias("first"))
        .sort("reject_code")
    )
    return {code: {"rows": rows, "first": first} for code, rows, first in codes.iter_rows()}
