"""What reading a list came to, as JSON values: dialect, mapping and counts. Nothing in it identifies anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from flows.readers import RawTable
    from policies.sources import ColumnMapping

__all__ = ["reading_summary"]

_SHOWN_ROWS: Final = 5


def reading_summary(table: RawTable, mapping: ColumnMapping, records: pl.DataFrame) -> dict[str, object]:
    """The summary of one reading; ``records`` are its ``RECORDS``.

    ``rows`` = accepted + rejected, and ``physical_lines`` = lines spanned by rows + ``header_lines`` +
    ``ignored_lines``.
    """
    usable = pl.col("reject_code").is_null()
    accepted = records.filter(usable)
    return {
        "kind": table.kind,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "header_line": table.header_line,
        "header_lines": table.header_lines,
        "ignored_lines": table.ignored_lines,
        "physical_lines": table.physical_lines,
        "mapping": {field: list(columns) for field, columns in sorted(mapping.as_columns().items())},
        "flags_by_wording": sorted({flag.column for flag in mapping.flags if flag.guessed}),
        "unmapped": list(mapping.unmapped),
        "rows": records.height,
        "accepted": accepted.height,
        "rejected": records.height - accepted.height,
        "duplicate_rows": records.height - records.get_column("raw").n_unique(),
        "unknown_flags": records.select(pl.col("email_opt_out", "phone_opt_out") == "unknown").sum().row(0, named=True),
        "unknown_countries": accepted.get_column("country").null_count(),
        "rejects": _by_code(records),
    }


def _by_code(records: pl.DataFrame) -> dict[str, object]:
    """Per code: how many rows, and the numbers of the first."""
    codes = (
        records.drop_nulls("reject_code")
        .group_by("reject_code")
        .agg(pl.len().alias("rows"), pl.col("row_number").sort().head(_SHOWN_ROWS).alias("first"))
        .sort("reject_code")
    )
    return {code: {"rows": rows, "first": first} for code, rows, first in codes.iter_rows()}
