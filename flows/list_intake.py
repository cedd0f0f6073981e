"""One list from its file to records: read, mapped by its source contract, every row accounted for.

Nothing is stored here. A list that is refused although it could be read comes back with its opt-outs in hand, so that
they can be written down as tokens before the file goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.readers import read_table
from flows.readers.rejects import OWN_COLUMNS, check_of, laid_out, restored
from flows.reading_summary import reading_summary
from flows.refused_lists import Flagged, RefusedList, RefusedMembership, flagged
from policies.errors import RefusedFile
from policies.schema import RECORDS, conform
from policies.sources import ColumnMapping, likely_columns, map_columns, refused_membership, template
from policies.sources.cells import mapped_cells
from policies.sources.records import damaged_cells, with_record_values
from policies.sources.refusals import with_refusing_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flows.readers import RawTable
    from policies.sources import SourceContract

__all__ = [
    "PREVIEW_COLUMNS",
    "ListReading",
    "propose_contract",
    "read_list",
    "read_preview",
    "rejects_frame",
]

# The columns of `tactful read -o`.
PREVIEW_COLUMNS: Final = (
    "row_number",
    "full_name",
    "given_name",
    "family_name",
    "email",
    "phone",
    "phone_extension",
    "company",
    "job_title",
    "country",
    "region",
    "city",
    "postal_code",
    "email_opt_out",
    "phone_opt_out",
    "excluded_by_file",
    "code",
)
_BATCH: Final = 50_000  # rows whose messages stand in memory at once


@dataclass(frozen=True)
class ListReading:
    """A list as read: ``records`` (``RECORDS``, one for every data row), the table it came from and its mapping."""

    records: pl.DataFrame
    table: RawTable
    mapping: ColumnMapping

    @property
    def original(self) -> pl.DataFrame:
        """The rows as they came, with ``row_number``; damaged ones are in ``table.damaged``."""
        return self.table.rows

    @property
    def rows(self) -> int:
        """Data rows, rejected ones included."""
        return self.records.height

    @property
    def rejected(self) -> int:
        """Rows that cannot be used."""
        return self.records.height - self.records.get_column("reject_code").null_count()

    @property
    def accepted(self) -> int:
        """Rows that are records."""
        return self.rows - self.rejected

    @property
    def flagged(self) -> Flagged:
        """Those who said no in it, or something nobody understands."""
        return flagged(self.records, self.table)

    def summary(self) -> dict[str, object]:
        """Dialect, mapping and counts as JSON values; nothing in it identifies anybody."""
        return reading_summary(self.table, self.mapping, self.records)


def read_list(
    path: Path,
    contract: SourceContract | None,
    settings: Mapping[str, Any],
    make_record_id: Callable[[list[bytes]], list[str]],
    file_sha256: str,
) -> ListReading:
    """Read one list under its contract.

    ``settings`` are those of the rulebook. ``make_record_id`` turns messages (source, canonical raw row, occurrence)
    into record ids. Raises ``RefusedFile`` for a file that is no list, ``RefusedList`` for one whose columns are not
    clear, and ``RefusedMembership`` where its people may not be kept.
    """
    reading = _read(path, contract, settings, make_record_id, file_sha256)
    reveals = refused_membership(contract)
    if reveals is not None:
        raise RefusedMembership(reveals, reading.flagged)
    return reading


def read_preview(
    path: Path, contract: SourceContract | None, settings: Mapping[str, Any]
) -> tuple[pl.DataFrame, dict[str, object]]:
    """What intake would make of a file: one line a row under ``PREVIEW_COLUMNS``, and the summary of the reading.

    Needs no workspace and writes nothing. Raises ``RefusedFile`` like :func:`read_list`.
    """
    reading = _read(path, contract, settings, lambda messages: [""] * len(messages), "")
    lines = reading.records.rename({"reject_code": "code"}).select(PREVIEW_COLUMNS).sort("row_number")
    return lines, reading.summary()


def rejects_frame(reading: ListReading) -> pl.DataFrame:
    """The refused rows: original columns as they came, then ``_row, _code, _why, _fix``, in the order of the file.

    Corrected and dropped again they complete the import; what was damaged and not corrected is recognised and refused
    again.
    """
    table = reading.table
    refused = reading.records.filter(pl.col("reject_code").is_not_null()).select(
        "row_number",
        pl.col("row_number").cast(pl.String).alias("_row"),
        pl.col("reject_code").alias("_code"),
        pl.col("reject_why").alias("_why"),
        pl.col("reject_fix").alias("_fix"),
    )
    whole = table.rows.join(refused, on="row_number", how="inner", validate="1:1")
    damaged = _laid_out(table).join(refused, on="row_number", how="inner", validate="1:1")
    checked = damaged.with_columns(pl.concat_str("_why", "_check", separator=" ").alias("_why")).drop("_check")
    rows = pl.concat([whole, checked.select(whole.columns)]).sort("row_number").drop("row_number")
    return rows.select(*table.columns, *OWN_COLUMNS)


def propose_contract(path: Path, source: str, settings: Mapping[str, Any]) -> str:
    """The source contract to fill in for a list that came without one, its columns as far as they are recognised.

    Raises ``RefusedFile`` where the file cannot be read at all.
    """
    headers = read_table(path).headers
    try:
        columns = map_columns(headers, None, settings["lists"]).as_columns()
    except RefusedFile as unclear:
        found: Any = unclear.details.get("columns", {})
        columns = {field: tuple(names[:1]) for field, names in found.items()}
        return template(source, columns, note="The columns are not clear: check [columns] with care.")
    return template(source, columns)


def _read(
    path: Path,
    contract: SourceContract | None,
    settings: Mapping[str, Any],
    make_record_id: Callable[[list[bytes]], list[str]],
    file_sha256: str,
) -> ListReading:
    origin = _Origin(path.name, contract, file_sha256)
    table = None
    try:
        table = read_table(path)
        mapping = map_columns(table.headers, contract, settings["lists"])
    except RefusedFile as why:
        if table is None and why.code != "no_header":
            raise
        # Without a header, or with one that says too little, it is still a table of people, some of whom may say no.
        table = table or read_table(path, headerless=True)
        likely = likely_columns(table.headers, contract, settings["lists"])
        guessed = _laid_under(table, likely, origin, settings, make_record_id)
        raise RefusedList(why, flagged(guessed.records, table, everywhere=True)) from None
    return _laid_under(table, mapping, origin, settings, make_record_id)


@dataclass(frozen=True)
class _Origin:
    """Where a list comes from."""

    name: str
    contract: SourceContract | None
    sha256: str


def _laid_under(
    table: RawTable,
    by_header: ColumnMapping,
    origin: _Origin,
    settings: Mapping[str, Any],
    make_record_id: Callable[[list[bytes]], list[str]],
) -> ListReading:
    """The records of a table under a mapping, with what its other columns refuse."""
    contract, lists = origin.contract, settings["lists"]
    mapping = with_refusing_columns(by_header, table.rows, lists)
    cells = pl.concat(
        [mapped_cells(table.rows, mapping, contract, lists), damaged_cells(table.damaged, mapping, lists)]
    ).sort("row_number")
    source = contract.id if contract else ""
    obtained_on = contract.obtained(origin.name, origin.sha256) if contract else None
    records = with_record_values(cells, settings).with_columns(
        pl.lit(source).alias("source"),
        pl.lit(origin.sha256).alias("file_sha256"),
        pl.lit(obtained_on, dtype=pl.Date).alias("obtained_on"),
        _record_ids(cells, source, make_record_id),
    )
    return ListReading(conform(records, RECORDS), table, mapping)


def _record_ids(cells: pl.DataFrame, source: str, make: Callable[[list[bytes]], list[str]]) -> pl.Series:
    """The id of each row. Identical rows are numbered among themselves; no other row plays a part."""
    occurrence = pl.int_range(pl.len()).over("identity").cast(pl.String)
    numbered = cells.select("identity", occurrence.alias("occurrence"))
    message = pl.concat_str(pl.lit(source), "identity", "occurrence", separator="\x1f")
    ids: list[str] = []
    for batch in numbered.iter_slices(_BATCH):
        ids += make([text.encode() for text in batch.select(message).to_series()])
    return pl.Series("record_id", ids, dtype=pl.String)


def _laid_out(table: RawTable) -> pl.DataFrame:
    """Damaged rows under the header as well as it goes, with the check by which they are recognised unchanged."""
    width = len(table.columns)
    rows = [
        (number, *cells, check_of(restored(cells)))
        for number, cells in (
            (number, laid_out(cells, width, table.delimiter or ","))
            for number, cells in table.damaged.select("row_number", "cells").iter_rows()
        )
    ]
    schema = {"row_number": pl.UInt32} | dict.fromkeys((*table.columns, "_check"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")
