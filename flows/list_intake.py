"""One list from its file to records: read, mapped by its source contract, every row accounted for.

Nothing is stored here. A list that is refused although it could be read comes back with its opt-outs in hand, so that
they can be written down as tokens before the file goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.list_file import layout_of, read_list_file
from flows.list_ids import record_ids
from flows.list_rejects import rejects_of
from flows.list_tables import (
    cells_of,
    guessed_tables,
    main_table,
    understood_tables,
    unknown_words,
    with_structure,
)
from flows.reading_summary import line_counts, reading_summary
from flows.refused_lists import Flagged, RefusedList, RefusedMembership, everybody, flagged
from policies.errors import RefusedFile
from policies.schema import RECORDS, conform
from policies.sources import refused_membership, template
from policies.sources.fields import OPT_OUT_FIELDS
from policies.sources.records import with_record_values
from policies.sources.refusals import held_by_file_name, with_held_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flows.list_tables import TableReading
    from flows.readers import RawFile
    from policies.sources import ColumnMapping, SourceContract

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


_FILE_NAME: Final = "(name of the file)"  # stands among flag columns where the name says no and the rows do not


@dataclass(frozen=True)
class ListReading:
    """A list as read: ``records`` (``RECORDS``, one for every data row), the file they came from and its tables."""

    records: pl.DataFrame
    file: RawFile
    tables: tuple[TableReading, ...]
    unknown_words: Mapping[str, int]  # flag column: how many of its cells nobody understands

    @property
    def mapping(self) -> ColumnMapping:
        """The mapping of the table with most people."""
        found = main_table(self.tables).mapping
        assert found is not None  # noqa: S101  # a reading without people is refused
        return found

    @property
    def ignored_lines(self) -> int:
        """Physical lines that are neither rows nor headers of people."""
        return line_counts(self.file, self.tables)["ignored_lines"]

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

    @cached_property
    def flagged(self) -> Flagged:
        """Those who said no in it, or something nobody understands."""
        return flagged(self.records, self.tables)

    @property
    def everybody(self) -> Flagged:
        """All whom it names, whatever they say: while it waits for somebody's word, they are held."""
        return everybody(self.records, self.tables)

    def summary(self) -> dict[str, object]:
        """Structure, mapping and counts as JSON values; nothing in it identifies anybody."""
        return {**reading_summary(self.file, self.tables, self.records), "unknown_words": dict(self.unknown_words)}


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

    A flag that says nothing is an empty cell; a row whose only contact point is a dead address is ruled out by the
    file. Needs no workspace and writes nothing. Raises ``RefusedFile`` like :func:`read_list`.
    """
    reading = _read(path, contract, settings, None, "")
    unreachable = (pl.col("email_bounced") == "yes") & pl.col("phone").is_null()
    dead = pl.when(unreachable).then(pl.lit("bounced"))
    said = [pl.when(pl.col(name) != "blank").then(pl.col(name)).alias(name) for name in OPT_OUT_FIELDS]
    lines = reading.records.rename({"reject_code": "code"}).with_columns(
        *said, pl.coalesce("excluded_by_file", dead).alias("excluded_by_file")
    )
    return lines.select(PREVIEW_COLUMNS).sort("row_number"), reading.summary()


def rejects_frame(reading: ListReading) -> pl.DataFrame:
    """The refused rows: original columns as they came, then ``_row, _code, _why, _fix``, in the order of the file.

    Corrected and dropped again they complete the import; what was damaged and not corrected is recognised and refused
    again.
    """
    return rejects_of(reading.tables, reading.records)


def propose_contract(path: Path, source: str, settings: Mapping[str, Any]) -> str:
    """The source contract to fill in for a list that came without one, its columns as far as they are recognised.

    Raises ``RefusedFile`` where the file cannot be read at all.
    """
    file = read_list_file(path, settings)
    try:
        columns = main_table(understood_tables(file, None, settings["lists"])).mapping
    except RefusedFile as unclear:
        found: Any = unclear.details.get("columns", {})
        likely = {field: tuple(names[:1]) for field, names in found.items()}
        return template(source, likely, note="The columns are not clear: check [columns] with care.")
    return template(source, columns.as_columns() if columns else {})


def _read(
    path: Path,
    contract: SourceContract | None,
    settings: Mapping[str, Any],
    make_record_id: Callable[[list[bytes]], list[str]] | None,
    file_sha256: str,
) -> ListReading:
    origin = _Origin(path.name, contract, file_sha256)
    file = None
    try:
        file = read_list_file(path, settings)
        _require_usable(file)
        tables = understood_tables(file, contract, settings["lists"])
    except RefusedFile as why:
        if file is None and why.code != "no_header":
            raise
        # Without a header, or with one that says too little, it is still a table of people, some of whom may say no.
        file = file or read_list_file(path, settings, headerless=True)
        tables = guessed_tables(file, contract, settings["lists"])
        guessed = _laid_under(file, tables, origin, settings, make_record_id)
        raise RefusedList(with_structure(why, file), flagged(guessed.records, tables, everywhere=True)) from None
    return _laid_under(file, tables, origin, settings, make_record_id)


@dataclass(frozen=True)
class _Origin:
    """Where a list comes from."""

    name: str
    contract: SourceContract | None
    sha256: str


def _require_usable(file: RawFile) -> None:
    """Raise ``RefusedFile`` for an export that is known to name nobody who can be reached."""
    layout = file.layout
    if layout is not None and layout.refuse is not None:
        raise RefusedFile("no_contact_columns", layout.refuse, layout.refuse_fix, {"product": layout.product})


def _laid_under(
    file: RawFile,
    tables: tuple[TableReading, ...],
    origin: _Origin,
    settings: Mapping[str, Any],
    make_record_id: Callable[[list[bytes]], list[str]] | None,
) -> ListReading:
    """The records of a file under the mappings of its tables, with what their other columns refuse."""
    contract = origin.contract
    line_counts(file, tables)  # before anything is made of them: no line may be missing
    of_people = [reading for reading in tables if reading.people]
    source = contract.id if contract else ""
    ids = record_ids(of_people, source, make_record_id)
    cells = pl.concat(
        [cells_of(each, layout_of(each.table, file, settings), contract, settings["lists"]) for each in of_people]
    )
    held = held_by_file_name(origin.name, settings["lists"])
    silent = cells.filter(pl.all_horizontal(pl.col(OPT_OUT_FIELDS) == "blank")).height if held else 0
    cells = with_held_rows(cells) if silent else cells
    obtained_on = contract.obtained(origin.name, origin.sha256) if contract else None
    records = with_record_values(cells, settings).with_columns(
        pl.lit(source).alias("source"),
        pl.lit(origin.sha256).alias("file_sha256"),
        pl.lit(obtained_on, dtype=pl.Date).alias("obtained_on"),
    )
    named = records.join(ids, on="row_number", how="left", validate="1:1", maintain_order="left")
    doubt = (pl.col(OPT_OUT_FIELDS) == "unknown").any()
    unknown = {_FILE_NAME: silent} if silent else {}
    if any(records.select(doubt).row(0)):
        for each in of_people:
            unknown |= unknown_words(each, layout_of(each.table, file, settings), contract, settings["lists"])
    return ListReading(conform(named, RECORDS), file, tables, unknown)
